"""What each watchlist is told: tables of events and the drafts they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from alerts_fakes import NOW, VIEW, Watchlist, match, member, recorded, revision, told

from alerts.plan import plan
from alerts.rules import Delivery, Mode
from storage.mutes import Mute
from storage.types import (
    AlertDraft,
    AlertKind,
    ChangeClass,
    CopyKind,
    Match,
    OutboxOp,
    OutboxState,
    Recorded,
    Told,
)

BEFORE = revision(1)
AFTER = revision(2, text=BEFORE.text.replace("2026", "2027"))


def drafts(
    event: Recorded,
    matches: Sequence[Match] = (match(),),
    *,
    parent: Told | None = None,
    delivery: Delivery | None = None,
    first: Sequence[Match] | None = None,
    view: dict[str, Any] = VIEW,
    now: datetime = NOW,
    mutes: Sequence[Mute] = (),
) -> tuple[AlertDraft, ...]:
    return plan(
        event,
        matches,
        [Watchlist(delivery=delivery or Delivery())],
        told=lambda _: parent,
        now=now,
        article_view=view,
        first=first,
        mutes=mutes,
    )


def posted() -> Told:
    return told(drafts(recorded())[0])


def changed(change_class: ChangeClass = ChangeClass.SUBSTANTIVE, **fields: Any) -> Recorded:
    made = {"before": BEFORE, "after": AFTER, "reasons": ("date changed",), "change_id": 5}
    return recorded(change_class, **{**made, **fields})


def copied(**fields: Any) -> Recorded:
    second = member(2, "eurlex", **fields)
    return recorded(article_id=2, story=(member(), second), after=revision(article_id=2))


def shape(made: Sequence[AlertDraft]) -> list[tuple[str, AlertKind, OutboxOp]]:
    return [(d.dedupe_key, d.kind, d.op) for d in made]


STORY = ("story:fisheries:7", AlertKind.STORY, OutboxOp.POST)
UPDATE_COPY = ("update:fisheries:7:copy:2", AlertKind.STORY, OutboxOp.UPDATE)
UPDATE = ("update:fisheries:7:change:5", AlertKind.STORY, OutboxOp.UPDATE)
CHANGE = ("change:fisheries:5", AlertKind.CHANGE, OutboxOp.REPLY)

UNTOLD = [
    ("a new article that matches", recorded(), [match()], None, [STORY]),
    ("one that does not", recorded(), [], None, []),
    ("another watchlist's match", recorded(), [match(watchlist="other")], None, []),
    # Old news for a comma: the theme held before, silently.
    ("a minor change of what never rang", changed(ChangeClass.MINOR), [match()], [], []),
    (
        "a theme that appears first in a minor edit",
        changed(ChangeClass.MINOR),
        [match()],
        None,
        [STORY],
    ),
    ("a change that rings, of a baseline article", changed(), [match()], [], [STORY]),
    ("a page that went before it was told", changed(ChangeClass.WITHDRAWN), [match()], None, []),
    ("the baseline", recorded(baseline=True), [match()], None, []),
    ("a flapping page", recorded(outcome="flapping"), [match()], None, []),
    (
        "nothing recorded",
        Recorded(article_id=1, change=None, outcome="unchanged"),
        [match()],
        None,
        [],
    ),
]


@pytest.mark.parametrize(
    ("event", "matches", "first", "wanted"), [c[1:] for c in UNTOLD], ids=[c[0] for c in UNTOLD]
)
def test_untold(
    event: Recorded, matches: list[Match], first: list[Match] | None, wanted: list[Any]
) -> None:
    assert shape(drafts(event, matches, first=first)) == wanted


COPY_REPLY = ("copy:fisheries:7:2", AlertKind.COPY, OutboxOp.REPLY)
GONE = ("change:fisheries:5", AlertKind.WITHDRAWN, OutboxOp.REPLY)
BACK = ("change:fisheries:5", AlertKind.RESTORED, OutboxOp.REPLY)
OF_COPY = {
    "article_id": 2,
    "story": (member(), member(2, "eurlex")),
    "before": revision(1, article_id=2),
    "after": revision(2, article_id=2, text=AFTER.text),
}

TOLD = [
    ("an exact copy raises the counter", copied(), [match()], [UPDATE_COPY]),
    ("also when it does not match", copied(), [], [UPDATE_COPY]),
    (
        "a copy that adds something is told",
        copied(kind=CopyKind.CONTAINED, adds="Fishermen protest."),
        [match()],
        [UPDATE_COPY, COPY_REPLY],
    ),
    (
        "a copy that brings a new theme is told",
        copied(),
        [match("ports")],
        [UPDATE_COPY, COPY_REPLY],
    ),
    (
        "a second article of the told outlet changes no counter",
        recorded(article_id=2, story=(member(), member(2, "mare")), after=revision(article_id=2)),
        [match()],
        [],
    ),
    ("a substantive edit", changed(), [match()], [UPDATE, CHANGE]),
    # The story was told: how it went on is told even when it no longer matches.
    ("an edit that ends the match", changed(), [], [UPDATE, CHANGE]),
    ("a minor edit is recorded only", changed(ChangeClass.MINOR), [match()], []),
    ("so is a cosmetic one", changed(ChangeClass.COSMETIC), [match()], []),
    ("a removal", changed(ChangeClass.WITHDRAWN), [match()], [UPDATE, GONE]),
    ("a return", changed(ChangeClass.RESTORED), [match()], [UPDATE, BACK]),
    # Outlets drop syndicated copies every day.
    ("the removal of a copy", changed(ChangeClass.WITHDRAWN, **OF_COPY), [match()], []),
    ("an edit of a copy that is its own", changed(**OF_COPY), [match()], [UPDATE, CHANGE]),
]


@pytest.mark.parametrize(
    ("event", "matches", "wanted"), [c[1:] for c in TOLD], ids=[c[0] for c in TOLD]
)
def test_told(event: Recorded, matches: list[Match], wanted: list[Any]) -> None:
    first = [m for m in matches if m.theme != "quota"]
    assert shape(drafts(event, matches, parent=posted(), first=first)) == wanted


def test_a_new_theme_in_a_minor_edit_of_a_told_story_is_told() -> None:
    made = drafts(
        changed(ChangeClass.MINOR),
        [match(), match("ports")],
        parent=posted(),
        first=[match("ports")],
    )
    assert shape(made) == [UPDATE, CHANGE]
    assert [theme["id"] for theme in made[0].payload["themes"]] == ["quota", "ports"]


def test_a_wire_story_in_twelve_outlets_is_one_parent_with_the_right_count() -> None:
    parent = posted()
    for number in range(2, 13):
        story = tuple(member(n, f"outlet{n}") for n in range(1, number + 1))
        event = recorded(article_id=number, story=story, after=revision(article_id=number))
        made = drafts(event, parent=parent)
        assert [d.op for d in made] == [OutboxOp.UPDATE]
        parent = replace(parent, payload=made[0].payload)
    assert parent.payload["copies"]["count"] == 11
    # The origin is corrected, then each copy follows: one reply.
    story = tuple(member(n, f"outlet{n}") for n in range(1, 13))
    made = drafts(changed(story=story), parent=parent)
    assert shape(made) == [UPDATE, CHANGE]
    parent = replace(parent, payload=made[0].payload)
    follower = changed(**{**OF_COPY, "story": story}, change_id=6)
    assert drafts(follower, parent=parent) == ()
    # Then it is taken away.
    assert shape(drafts(changed(ChangeClass.WITHDRAWN, story=story), parent=parent))[1][1] is (
        AlertKind.WITHDRAWN
    )


def test_the_parent_shows_the_newest_revision_and_its_change() -> None:
    update, reply = drafts(changed(), parent=posted())
    assert update.revision == 2
    assert update.payload["changed"] == 1
    assert update.parent_key == reply.parent_key == "story:fisheries:7"
    assert reply.payload["hunks"]
    assert reply.payload["reasons"] == ["date changed"]


def test_a_gone_page_does_not_replace_the_articles_address() -> None:
    home = {**VIEW, "url": "https://mare.example/"}
    update, reply = drafts(changed(ChangeClass.WITHDRAWN), parent=posted(), view=home)
    assert update.payload["url"] == reply.payload["url"] == "https://mare.example/1"
    assert update.payload["withdrawn"]


@pytest.mark.parametrize(
    ("delivery", "made"),
    [
        (Delivery(mode=Mode.OFF), 0),
        (Delivery(min_score=1.5), 0),
        (Delivery(languages=frozenset({"fr"})), 0),
        (Delivery(languages=frozenset({"en"})), 1),
    ],
)
def test_rules_keep_quiet(delivery: Delivery, made: int) -> None:
    assert len(drafts(recorded(), delivery=delivery)) == made


def test_a_language_takes_its_scripts_and_an_unknown_one_passes() -> None:
    chinese = Delivery(languages=frozenset({"zh"}))
    for language, made in (("zh-hans", 1), ("en", 0), (None, 1)):
        event = recorded(after=revision(language=language))
        assert len(drafts(event, delivery=chinese)) == made


@pytest.mark.parametrize(
    ("mute", "held"),
    [
        (Mute(what="theme", id="quota"), "theme quota is muted"),
        (Mute(what="source", id="mare"), "source mare is muted"),
        (Mute(what="story", id="7"), "story 7 is muted"),
        (Mute(what="theme", id="ports"), None),
        (Mute(what="theme", id="quota", until=NOW - timedelta(hours=1)), None),
        (Mute(what="theme", id="quota", until=NOW + timedelta(hours=1)), "theme quota is muted"),
    ],
)
def test_mutes_hold_and_never_drop(mute: Mute, held: str | None) -> None:
    assert drafts(recorded(), delivery=Delivery(mutes=(mute,)))[0].payload["held"] == held


def test_a_mute_ordered_meanwhile_is_one_watchlists_or_everybodys() -> None:
    for watchlist, held in (("", "source mare is muted"), ("fisheries", "source mare is muted")):
        ordered = Mute(what="source", id="mare", watchlist=watchlist)
        assert drafts(recorded(), mutes=[ordered])[0].payload["held"] == held
    other = Mute(what="source", id="mare", watchlist="ports")
    assert drafts(recorded(), mutes=[other])[0].payload["held"] is None


def rules(**themes: Delivery) -> Delivery:
    return Delivery(mode=Mode.DIGEST, themes=tuple(themes.items()))


def test_the_loudest_theme_of_a_message_decides() -> None:
    both = [match("quota"), match("ports")]
    loud = rules(quota=Delivery(), ports=Delivery(mode=Mode.OFF))
    assert drafts(recorded(), both, delivery=loud)[0].payload["fold"] is None
    assert drafts(recorded(), both, delivery=loud)[0].themes == ("quota",)
    assert drafts(recorded(), [match("ports")], delivery=loud) == ()
    (waits,) = drafts(recorded(), [match("fish")], delivery=loud)
    assert waits.payload["fold"].startswith("digest:")
    silent = Delivery(mode=Mode.OFF, themes=(("quota", Delivery(min_score=2)),))
    assert drafts(recorded(), both, delivery=silent) == ()
    assert len(drafts(recorded(), [match(score=3)], delivery=silent)) == 1


def test_a_theme_may_be_told_of_other_changes() -> None:
    minor = rules(quota=Delivery(changes=frozenset({ChangeClass.MINOR})))
    assert len(drafts(changed(ChangeClass.MINOR), parent=posted(), delivery=minor)) == 2
    assert drafts(changed(), parent=posted(), delivery=minor) == ()
    off = rules(quota=Delivery(mode=Mode.OFF))
    assert drafts(changed(), parent=posted(), delivery=off) == ()


@pytest.mark.parametrize(
    "parked",
    [Delivery(mode=Mode.DIGEST), Delivery(mutes=(Mute(what="theme", id="quota"),))],
)
def test_what_may_ring_does_not_wait_behind_what_may_not(parked: Delivery) -> None:
    (first,) = drafts(recorded(), delivery=parked)
    waits = told(first, state=OutboxState.PENDING)
    fresh = [match("quota"), match("ports")]
    loud = replace(parked, themes=(("ports", replace(parked, mode=Mode.INSTANT)),))
    update, alone = drafts(changed(), fresh, parent=waits, delivery=loud)
    assert (update.op, alone.op, alone.parent_key) == (OutboxOp.UPDATE, OutboxOp.POST, None)
    assert (alone.payload["fold"], alone.payload["held"]) == (None, None)
    # And the same once an update has taken the parent's place as the newest words.
    again = told(first, state=OutboxState.HELD, payload=update.payload)
    assert drafts(changed(), fresh, parent=again, delivery=loud)[1].op is OutboxOp.POST
    # What waits itself, and what has its parent in the channel, hangs on it.
    assert drafts(changed(), parent=waits, delivery=parked)[1].op is OutboxOp.REPLY
    there = told(first, state=OutboxState.SENT)
    assert drafts(changed(), fresh, parent=there, delivery=loud)[1].op is OutboxOp.REPLY


def test_quiet_hours_fold_but_not_what_is_urgent() -> None:
    night = Delivery(quiet=(time(22), time(7)), zone="Europe/Brussels")
    late = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    waits = drafts(recorded(), delivery=night, now=late)[0]
    assert waits.due_at == datetime(2026, 11, 22, 6, 0, 10, tzinfo=UTC)
    assert waits.payload["fold"] == "quiet:2026-11-22T07:00:policy:fisheries"
    urgent = drafts(recorded(), [match(priority="high")], delivery=night, now=late)[0]
    assert (urgent.due_at, urgent.payload["fold"], urgent.priority) == (None, None, "high")


def test_an_update_waits_for_no_digest() -> None:
    daily = Delivery(mode=Mode.DIGEST)
    update, reply = drafts(changed(), parent=posted(), delivery=daily)
    assert (update.due_at, update.payload["fold"]) == (None, None)
    assert reply.payload["fold"] == "digest:2026-11-22T08:00:policy:fisheries"


def test_planning_is_repeatable() -> None:
    assert drafts(recorded()) == drafts(recorded())
