"""The pure rules of storing: rechecks, withdrawal, cleaning, packing, failpoints."""

from __future__ import annotations

from dataclasses import astuple
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storage_articles import DAY, HOUR, NOW, OTHER, TEXT, article

from storage import failpoints
from storage.blobs import CODEC, pack, unpack
from storage.clean import MAX_TITLE, clean, clean_article, clean_json
from storage.decide import same_document
from storage.errors import StorageCorrupt
from storage.recheck import next_check, next_confirmation
from storage.types import WithdrawalPolicy
from storage.withdrawal import Absence, count_gone


def pause(*, age, changed=None, published=None):
    now = NOW + age
    due = next_check(
        url="https://example.com/a",
        first_seen_at=NOW,
        last_changed_at=NOW if changed is None else changed,
        published_at=published,
        now=now,
    )
    return None if due is None else (due - now) / HOUR


def test_rechecks_decay_and_end() -> None:
    pauses = [pause(age=age) for age in (HOUR, 7 * HOUR, 2 * DAY, 5 * DAY, 20 * DAY)]
    assert pauses == sorted(pauses)
    assert 0.9 <= pauses[0] <= 1.1
    assert 64 < pauses[-1] < 80
    assert pause(age=31 * DAY) is not None, "at least thirty days are promised"
    assert pause(age=33 * DAY) is None


def test_a_change_makes_an_article_young_again() -> None:
    assert pause(age=20 * DAY, changed=NOW + 20 * DAY - HOUR) < 1.2


def test_what_was_old_when_found_is_not_visited_every_hour() -> None:
    assert pause(age=HOUR, published=NOW - 1000 * DAY) is None
    assert pause(age=HOUR, published=NOW - 10 * DAY) > 60
    # A publication in the future is no reason to wait.
    assert pause(age=HOUR, published=NOW + 10 * DAY) < 1.2


@given(confirmations=st.integers(1, 6), hours=st.integers(0, 72))
def test_asking_when_told_confirms_in_as_many_answers(confirmations: int, hours: int) -> None:
    policy = WithdrawalPolicy(confirmations=confirmations, spread=timedelta(hours=hours))
    absence, now, confirmed, answers = Absence(), NOW, False, 0
    while not confirmed and answers < 20:
        absence, confirmed = count_gone(absence, now=now, policy=policy)
        answers += 1
        now = max(
            next_confirmation(url="https://example.com/a", now=now, policy=policy),
            now + timedelta(seconds=1),
        )
    least = 1 if confirmations == 1 and hours == 0 else max(confirmations, 2 if hours else 1)
    assert answers == least
    assert absence.count >= confirmations


def test_two_answers_of_one_moment_are_one() -> None:
    policy = WithdrawalPolicy(confirmations=2, spread=timedelta())
    once, _ = count_gone(Absence(), now=NOW, policy=policy)
    assert count_gone(once, now=NOW, policy=policy) == (once, False)


def test_a_clock_stepped_back_starts_anew() -> None:
    policy = WithdrawalPolicy()
    late = Absence(count=2, since=NOW)
    assert count_gone(late, now=NOW - DAY, policy=policy) == (
        Absence(count=1, since=NOW - DAY),
        False,
    )


@given(st.text(st.characters(codec=None)))
def test_cleaned_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned


@given(title=st.text(max_size=1200), text=st.text(max_size=200))
def test_a_cleaned_article_is_clean(title: str, text: str) -> None:
    once = clean_article(article(title=title, text=text))
    assert len(once.title) <= MAX_TITLE
    assert astuple(clean_article(once)) == astuple(once)


def test_json_is_cleaned_at_any_depth() -> None:
    assert clean_json({"a\x00": ["\x00b", {"c": ("\ud800", 1, None)}]}) == {
        "a": ["b", {"c": ["?", 1, None]}]
    }


@given(st.binary(max_size=5000))
def test_bodies_come_back(body: bytes) -> None:
    assert unpack(pack(body), codec=CODEC, size=len(body)) == body


def test_damaged_bodies_are_said_to_be() -> None:
    packed = pack(b"evidence" * 100)
    with pytest.raises(StorageCorrupt):
        unpack(packed[:-4] + b"\x00\x00\x00\x00", codec=CODEC, size=800)
    # A bomb unpacks to more than it says.
    with pytest.raises(StorageCorrupt):
        unpack(pack(b"\x00" * 10_000_000), codec=CODEC, size=800)
    with pytest.raises(StorageCorrupt, match="rot13"):
        unpack(packed, codec="rot13", size=800)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (("Title", TEXT), ("Another", TEXT + " More."), True),
        (("Title", TEXT), ("  title ", OTHER), True),
        (("Title", TEXT), ("Another", OTHER), False),
        (("", ""), ("", ""), False),
        (("一", "财政部今天发布政策通知内容"), ("二", "财政部今天发布政策通知全文"), True),
        (("一", "财政部今天发布政策通知内容"), ("二", "渔民昨晚在港口打捞鲱鱼数吨"), False),
    ],
)
def test_same_document(old: tuple[str, str], new: tuple[str, str], same: bool) -> None:
    assert same_document(old, new) is same
    assert same_document(new, old) is same


def test_a_failpoint_acts_at_its_nth_passing(monkeypatch: pytest.MonkeyPatch) -> None:
    failpoints.failpoint("outbox.claimed")
    monkeypatch.setenv(failpoints.VARIABLE, "outbox.claimed:2:exc")
    monkeypatch.setattr(failpoints, "_reached", {})
    failpoints.failpoint("outbox.claimed")
    failpoints.failpoint("outbox.marked")
    with pytest.raises(failpoints.FailpointError):
        failpoints.failpoint("outbox.claimed")
    failpoints.failpoint("outbox.claimed")


@pytest.mark.parametrize("armed", ["nowhere", "outbox.claimed:1:explode"])
def test_a_misspelt_failpoint_is_not_silently_nothing(
    monkeypatch: pytest.MonkeyPatch, armed: str
) -> None:
    monkeypatch.setenv(failpoints.VARIABLE, armed)
    with pytest.raises(ValueError, match="no such failpoint"):
        failpoints.failpoint("outbox.claimed")
