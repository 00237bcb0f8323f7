"""When things ring: slots, quiet hours, clock changes, and every mistake in a table."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from alerts_fakes import NOW
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import (
    DAYS,
    SETTLE,
    Delivery,
    Every,
    Mode,
    decide_when,
    in_digests,
    next_slot,
    quiet_until,
)
from alerts.rules_table import parse_delivery
from alerts.tables import TableError

PARIS = "Europe/Paris"
#: Without a zone: what strategies want, and what a TOML table may wrongly hold.
FROM, TO = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2028-01-01")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SLOTS = [
    # rules, now, the next slot in UTC, its label
    (Delivery(at=time(8)), "2026-11-21T07:59", "2026-11-21T08:00", "2026-11-21T08:00"),
    (Delivery(at=time(8)), "2026-11-21T08:00", "2026-11-22T08:00", "2026-11-22T08:00"),
    (Delivery(at=time(8), zone=PARIS), "2026-11-21T07:30", "2026-11-22T07:00", "2026-11-22T08:00"),
    (
        Delivery(every=Every.WEEKLY, weekday=0, at=time(9), zone=PARIS),
        "2026-11-21T12:00",
        "2026-11-23T08:00",
        "2026-11-23T09:00",
    ),
    (Delivery(every=Every.HOURLY, at=time(0, 15)), "2026-11-21T12:15", "2026-11-21T13:15", None),
    # Spring: 02:30 does not exist on 28 March 2027; the digest comes when the clock says 03:30.
    (
        Delivery(at=time(2, 30), zone=PARIS),
        "2027-03-28T00:00",
        "2027-03-28T01:30",
        "2027-03-28T02:30",
    ),
    # Autumn: 02:30 comes twice on 25 October 2026; the digest comes the first time only.
    (
        Delivery(at=time(2, 30), zone=PARIS),
        "2026-10-25T00:00",
        "2026-10-25T00:30",
        "2026-10-25T02:30",
    ),
    (
        Delivery(at=time(2, 30), zone=PARIS),
        "2026-10-25T00:30",
        "2026-10-26T01:30",
        "2026-10-26T02:30",
    ),
    # Hourly in the repeated hour: 02:00 once.
    (
        Delivery(every=Every.HOURLY, zone=PARIS),
        "2026-10-25T00:00",
        "2026-10-25T02:00",
        "2026-10-25T03:00",
    ),
]


@pytest.mark.parametrize(("rules", "now", "at", "label"), SLOTS)
def test_next_slot(rules: Delivery, now: str, at: str, label: str | None) -> None:
    rules = (
        rules
        if rules.every is not Every.HOURLY or rules.at.minute
        else Delivery(every=rules.every, zone=rules.zone, at=time(0))
    )
    slot = next_slot(rules, utc(now))
    assert slot.at == utc(at)
    assert label is None or slot.label == label


@given(
    st.datetimes(FROM, TO, timezones=st.just(UTC)),
    st.sampled_from(list(Every)),
    st.times(),
    st.sampled_from([PARIS, "UTC", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"]),
    st.integers(0, 6),
)
def test_a_slot_lies_ahead_and_each_label_is_one_moment(
    now: datetime, every: Every, at: time, zone: str, weekday: int
) -> None:
    rules = Delivery(
        every=every, at=at.replace(second=0, microsecond=0), zone=zone, weekday=weekday
    )
    slot = next_slot(rules, now)
    longest = {Every.HOURLY: 3, Every.DAILY: 26, Every.WEEKLY: 24 * 7 + 2}[every]
    assert timedelta() < slot.at - now <= timedelta(hours=longest)
    # Asked again before it comes, the answer is the same slot: one digest, also over a restart.
    later = now + (slot.at - now) / 2
    again = next_slot(rules, later)
    assert again == slot
    assert next_slot(rules, slot.at).label != slot.label


QUIET = Delivery(quiet=(time(22), time(7)), zone=PARIS)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-21T20:59", None),
        ("2026-11-21T21:00", "2026-11-22T06:00"),
        ("2026-11-22T05:59", "2026-11-22T06:00"),
        ("2026-11-22T06:00", None),
        # The night of the clock change ends at 07:00 by the new time.
        ("2026-10-24T21:00", "2026-10-25T06:00"),
        ("2027-03-27T22:00", "2027-03-28T05:00"),
    ],
)
def test_quiet_hours(now: str, end: str | None) -> None:
    slot = quiet_until(QUIET, utc(now))
    assert (slot.at if slot else None) == (utc(end) if end else None)


def test_quiet_hours_inside_a_day() -> None:
    siesta = Delivery(quiet=(time(13), time(15)))
    assert quiet_until(siesta, utc("2026-11-21T14:00")) is not None
    assert quiet_until(siesta, utc("2026-11-21T15:00")) is None


@given(
    st.datetimes(FROM, TO, timezones=st.just(UTC)),
    st.times(),
    st.times(),
    st.sampled_from([PARIS, "America/New_York", "Australia/Lord_Howe"]),
)
def test_quiet_hours_always_end(now: datetime, start: time, end: time, zone: str) -> None:
    slot = quiet_until(Delivery(quiet=(start, end), zone=zone), now)
    assert slot is None or timedelta() < slot.at - now < timedelta(hours=26)


def test_instant_goes_now_and_a_digest_waits() -> None:
    assert decide_when(Delivery(), now=NOW).due_at is None
    waiting = decide_when(Delivery(mode=Mode.DIGEST), now=NOW, priority="high")
    # A moment after the slot, so that what is being filed at its minute still gets in.
    assert waiting.due_at == utc("2026-11-22T08:00") + SETTLE
    assert waiting.fold == "digest:2026-11-22T08:00"


def test_parse() -> None:
    rules = parse_delivery(
        {
            "mode": "digest",
            "every": "weekly",
            "weekday": "friday",
            "at": time(7, 30),
            "zone": PARIS,
            "quiet": ["22:00", "07:00"],
            "min_score": 2,
            "languages": ["EN", "fr"],
            "changes": ["substantive", "minor"],
            "cap_per_hour": 0,
            "mute": [{"theme": "ports", "until": NOW}, {"story": 7}],
        }
    )
    assert (rules.mode, rules.every, DAYS[rules.weekday]) == (Mode.DIGEST, Every.WEEKLY, "friday")
    assert rules.quiet == (time(22), time(7))
    assert rules.languages == {"en", "fr"}
    assert rules.cap_per_hour is None
    assert [(m.what, m.id) for m in rules.mutes] == [("theme", "ports"), ("story", "7")]
    assert parse_delivery({}) == Delivery()


def test_a_theme_has_what_it_does_not_set_from_its_watchlist() -> None:
    rules = parse_delivery(
        {
            "mode": "digest",
            "at": "07:30",
            "zone": PARIS,
            "quiet": ["22:00", "07:00"],
            "languages": ["fr"],
            "themes": {
                "quota": {"mode": "instant", "quiet": [], "languages": []},
                "ports": {"every": "weekly", "min_score": 3},
            },
        }
    )
    quota, ports = rules.of("quota"), rules.of("ports")
    assert (quota.mode, quota.quiet, quota.languages) == (Mode.INSTANT, None, frozenset())
    assert (ports.mode, ports.every, ports.at) == (Mode.DIGEST, Every.WEEKLY, time(7, 30))
    assert (ports.zone, ports.quiet, ports.min_score) == (PARIS, (time(22), time(7)), 3)
    assert rules.of("another") == rules


def test_history_comes_in_digests_for_every_theme() -> None:
    off = Delivery(mode=Mode.OFF)
    rules = in_digests(Delivery(themes=(("quota", Delivery()), ("ports", off))))
    assert [rules.of(t).mode for t in ("any", "quota", "ports")] == ["digest", "digest", "off"]


MISTAKES = [
    ({"mode": "loud"}, "mode: must be one of instant, digest, off"),
    ({"mode": 1}, "mode: must be a word"),
    ({"at": "8 o'clock"}, "at: must be a time"),
    ({"zone": "Mars/Olympus"}, "zone: no such time zone"),
    ({"zone": "../../etc/passwd"}, "zone: no such time zone"),
    ({"quiet": ["22:00"]}, "quiet: must be two times"),
    ({"quiet": ["22:00", "22:00"]}, "quiet: begins when it ends"),
    ({"quiet": "night"}, "quiet: must be two times"),
    ({"min_score": -1}, "min_score: must be 0 or more"),
    ({"min_score": float("nan")}, "min_score: must be 0 or more"),
    ({"min_score": True}, "min_score: must be a number"),
    ({"languages": "en"}, "languages: must be a list of words"),
    ({"languages": [1]}, "languages: must be a list of words"),
    ({"changes": ["huge"]}, "changes: unknown"),
    ({"cap_per_hour": -1}, "cap_per_hour: must be 0 (no cap) or more"),
    ({"mute": [{"colour": "red"}]}, "mute 1: must have one of theme, source, story"),
    ({"mute": [{"theme": "a", "until": FROM}]}, "mute 1.until"),
    ({"mute": ["a"]}, "mute 1"),
    ({"qiuet": []}, "qiuet: unknown key"),
    ({"themes": []}, "themes: must be tables [delivery.themes.<id>]"),
    ({"themes": {"quota": 1}}, "themes.quota: must be a table"),
    ({"themes": {"quota": {"mode": "loud"}}}, "themes.quota.mode: must be one of"),
    ({"themes": {"quota": {"zone": PARIS}}}, "themes.quota.zone: unknown key"),
    ({"themes": {"quota": {"cap_per_hour": 3}}}, "themes.quota.cap_per_hour: unknown key"),
]


@pytest.mark.parametrize(("table", "problem"), MISTAKES)
def test_a_mistake_is_named(table: dict[str, object], problem: str) -> None:
    with pytest.raises(TableError) as caught:
        parse_delivery(table)
    assert any(each.startswith(problem) for each in caught.value.problems)


def test_all_mistakes_at_once() -> None:
    with pytest.raises(TableError) as caught:
        parse_delivery({"mode": "x", "at": "y", "zone": "z", "foo": 1})
    assert len(caught.value.problems) == 4
