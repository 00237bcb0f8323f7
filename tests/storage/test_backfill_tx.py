"""Units of backfill: planned once, worked on by one, never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage_articles import DAY, HOUR, NOW, SECOND

from storage.archive import Archive
from storage.units import Unit

LEASE = timedelta(seconds=90)
MARCH = Unit(
    source_id="a", way="sitemap", key="2026-03", begins_at=NOW - 30 * DAY, ends_at=NOW, place=1
)
APRIL = replace(MARCH, key="2026-04")


def _plan(archive: Archive, *units: Unit) -> int:
    with archive.begin() as tx:
        return tx.plan_units(units, now=NOW)


def _next(archive: Archive, owner: str = "me", after: timedelta = 0 * SECOND, **options: object):
    with archive.begin() as tx:
        return tx.next_unit("a", owner, now=NOW + after, lease=LEASE, **options)


def _end(archive: Archive, unit: Unit, state: str = "done", owner: str = "me") -> bool:
    with archive.begin() as tx:
        return tx.end_unit(unit.id, owner, state=state, counts={"new": 3}, now=NOW)


def test_planning_again_adds_nothing_and_loses_nothing(archive: Archive) -> None:
    assert _plan(archive, MARCH, APRIL) == 2
    unit = _next(archive)
    assert unit.key == "2026-04"  # the newest of one way comes first
    assert _end(archive, unit)
    assert _plan(archive, MARCH, APRIL) == 1
    with archive.read() as reader:
        states = {unit.key: (unit.state, unit.counts) for unit in reader.units(["a"])}
    assert states == {"2026-04": ("done", {"new": 3}), "2026-03": ("pending", {})}


def test_a_wider_wish_opens_a_unit_again(archive: Archive) -> None:
    _plan(archive, MARCH)
    unit = _next(archive)
    with archive.begin() as tx:
        tx.checkpoint_unit(unit.id, "me", cursor={"page": 9}, counts={}, now=NOW, lease=LEASE)
    _end(archive, unit)
    assert _plan(archive, replace(MARCH, begins_at=NOW - 20 * DAY)) == 0  # covered
    assert _plan(archive, replace(MARCH, begins_at=NOW - 40 * DAY)) == 1
    again = _next(archive)
    assert (again.begins_at, again.ends_at) == (NOW - 40 * DAY, NOW)
    assert again.cursor == {}  # from the start: what was skipped before is wanted now


def test_one_owner_until_the_lease_ends(archive: Archive) -> None:
    _plan(archive, MARCH)
    unit = _next(archive, "one")
    assert _next(archive, "two") is None
    assert _next(archive, "two", after=HOUR).id == unit.id
    assert not _end(archive, unit, owner="one")  # it came back too late
    with archive.begin() as tx:
        kept = tx.checkpoint_unit(unit.id, "one", cursor={}, counts={}, now=NOW, lease=LEASE)
    assert not kept
    assert _end(archive, unit, owner="two")


def test_the_cursor_survives_a_stop(archive: Archive) -> None:
    _plan(archive, MARCH)
    unit = _next(archive)
    with archive.begin() as tx:
        assert tx.checkpoint_unit(
            unit.id,
            "me",
            cursor={"page": 3},
            counts={"new": 9},
            now=NOW,
            lease=LEASE,
            expected=40,
        )
    assert _end(archive, unit, "pending")
    again = _next(archive)
    assert (again.cursor, again.expected, again.attempts) == ({"page": 3}, 40, 2)


def test_failed_and_cancelled_are_tried_again_when_asked_for(archive: Archive) -> None:
    _plan(archive, MARCH, APRIL)
    _end(archive, _next(archive), "failed")
    with archive.begin() as tx:
        assert tx.cancel_units(["other"], now=NOW) == 0
        assert tx.cancel_units(["a"], now=NOW) == 2
    assert _next(archive) is None
    assert _plan(archive, MARCH, APRIL) == 2
    assert _next(archive, ways=["wordpress"]) is None
    assert _next(archive, ways=["sitemap"]) is not None


def test_what_an_index_named_is_tried_again_though_the_index_is_done(archive: Archive) -> None:
    """Failed goes on as it was; of what was given up, only what is wanted now."""
    index = replace(MARCH, key="index")
    _plan(archive, index, MARCH, APRIL)
    _end(archive, _next(archive), "done")
    _end(archive, _next(archive), "failed")
    with archive.begin() as tx:
        cut = {"begins_at": NOW - 9 * DAY, "ends_at": NOW + DAY, "now": NOW}
        assert tx.retry_units("a", ["wordpress"], **cut) == 0
        assert tx.retry_units("a", ["sitemap"], **cut | {"begins_at": NOW + HOUR}) == 0
        assert tx.retry_units("a", ["sitemap"], **cut) == 1
    again = _next(archive)
    assert (again.state, again.error, again.begins_at) == ("leased", None, MARCH.begins_at)
    with archive.begin() as tx:
        assert tx.cancel_units(["a"], now=NOW) == 2
        assert tx.retry_units("a", ["sitemap"], **cut) == 2
        spans = {(unit.begins_at, unit.ends_at) for unit in tx.units(["a"])} - {
            (index.begins_at, index.ends_at)
        }
    assert spans == {(NOW - 9 * DAY, NOW)}


def test_given_up_and_asked_for_again_only_what_is_asked_for_counts(archive: Archive) -> None:
    _plan(archive, MARCH)
    with archive.begin() as tx:
        tx.cancel_units(["a"], now=NOW)
    assert _plan(archive, replace(MARCH, begins_at=NOW - 2 * DAY)) == 1
    assert _next(archive).begins_at == NOW - 2 * DAY


def test_turns_are_shared_and_a_pause_holds_for_all(archive: Archive) -> None:
    every = timedelta(seconds=2)

    def turn(after: timedelta, name: str = "wayback") -> timedelta:
        with archive.begin() as tx:
            return tx.take_turn(name, every=every, now=NOW + after) - NOW

    assert turn(0 * SECOND) == 0 * SECOND
    assert turn(SECOND) == every  # too early: not taken
    assert turn(every) == every
    assert turn(10 * SECOND) == 10 * SECOND
    with archive.begin() as tx:
        tx.pause_turns("wayback", until=NOW + HOUR)
        tx.pause_turns("wayback", until=NOW + SECOND)  # a shorter one changes nothing
    assert turn(DAY / 48) == HOUR
    assert turn(DAY / 48, "other") == DAY / 48
    assert turn(-DAY) == -DAY  # the clock was stepped back: nobody waits for a day


def test_a_source_is_handed_back_as_it_was(archive: Archive) -> None:
    with archive.begin() as tx:
        (state,) = tx.claim_sources(["a"], "me", now=NOW, lease=LEASE)
        tx.hand_back_source("a", "somebody else")
        assert tx.source_state("a").lease_owner == "me"
        tx.hand_back_source("a", "me")
        after = tx.source_state("a")
    assert after.lease_owner is None
    assert after.baseline_at is None  # the first crawl is still to come
    assert (after.failures, after.memory) == (state.failures, state.memory)
