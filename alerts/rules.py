"""Delivery rules of a watchlist: what rings, when, and what waits for a digest. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from alerts.tables import TableReader
from storage.types import ChangeClass


class Mode(StrEnum):
    """How a watchlist is told."""

    INSTANT = "instant"
    DIGEST = "digest"
    OFF = "off"


class Every(StrEnum):
    """How often a digest goes out."""

    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

#: Changes that ring unless the watchlist says otherwise; the rest is recorded and shown on demand.
RINGING = frozenset({ChangeClass.SUBSTANTIVE, ChangeClass.WITHDRAWN, ChangeClass.RESTORED})

#: Instant messages an hour to one destination; more are folded into a digest that says so.
CAP_PER_HOUR = 20

HIGH = "high"

#: A digest is due a moment after its slot: what is being filed at that minute still gets in.
SETTLE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Silence for one theme, source or story, for a time or until lifted."""

    #: theme, source, story.
    what: str
    #: The theme's id, the source's id, or the story's number as text.
    id: str
    #: None means until somebody lifts it.
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Return True while the mute is in force."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The delivery rules of one watchlist."""

    mode: Mode = Mode.INSTANT
    every: Every = Every.DAILY
    #: Local time of a daily or weekly digest; of an hourly one only the minute counts.
    at: time = time(8, 0)
    #: 0 is Monday; for weekly digests.
    weekday: int = 0
    #: IANA name; slots, quiet hours and printed times are local to it.
    zone: str = "UTC"
    #: Local times; the second may be earlier than the first (over midnight).
    quiet: tuple[time, time] | None = None
    #: A theme of high priority rings in quiet hours and is never folded for the cap.
    high_passes: bool = True
    min_score: float = 0.0
    #: Lower-case language codes; empty means all. An unknown language always passes.
    languages: frozenset[str] = frozenset()
    changes: frozenset[ChangeClass] = RINGING
    #: None means no cap.
    cap_per_hour: int | None = CAP_PER_HOUR
    mutes: tuple[Mute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A moment at which a digest is due."""

    #: Aware UTC.
    at: datetime
    #: The local time it stands for; a local time that happens twice is one slot.
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a message may go, and whether it goes alone."""

    #: None means now.
    due_at: datetime | None = None
    #: The digest it waits for; None means it goes alone.
    fold: str | None = None


def decide_when(delivery: Delivery, *, now: datetime, priority: str = "normal") -> Timing:
    """Return when a message decided at *now* is due and which digest, if any, it belongs to."""
    if delivery.mode is Mode.DIGEST:
        slot = next_slot(delivery, now)
        return Timing(due_at=slot.at + SETTLE, fold=f"digest:{slot.label}")
    if priority == HIGH and delivery.high_passes:
        return Timing()
    end = quiet_until(delivery, now)
    if end is None:
        return Timing()
    return Timing(due_at=end.at + SETTLE, fold=f"quiet:{end.label}")


def next_slot(delivery: Delivery, now: datetime) -> Slot:
    """Return the first digest slot after *now*.

    A local time that a clock change repeats counts once, at its first occurrence; one that it
    skips counts at the instant the clock would have shown it (an hour "late" by the new time).
    """
    zone = ZoneInfo(delivery.zone)
    local = now.astimezone(zone).replace(tzinfo=None)
    if delivery.every is Every.HOURLY:
        step = timedelta(hours=1)
        # An hour back, because the repeated hour's label is behind the clock.
        first = local.replace(minute=delivery.at.minute, second=0, microsecond=0) - 2 * step
    else:
        step = timedelta(days=1)
        first = datetime.combine(local.date(), delivery.at) - step
    for number in range(12):
        label = first + number * step
        if delivery.every is Every.WEEKLY and label.weekday() != delivery.weekday:
            continue
        at = label.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if at > now:
            return Slot(at=at, label=label.isoformat(timespec="minutes"))
    raise AssertionError("a slot comes within a week")


def quiet_until(delivery: Delivery, now: datetime) -> Slot | None:
    """Return the end of the quiet hours in force at *now*, or None when they are not."""
    if delivery.quiet is None:
        return None
    zone = ZoneInfo(delivery.zone)
    local = now.astimezone(zone)
    start, end = delivery.quiet
    clock = local.time().replace(tzinfo=None)
    inside = start <= clock < end if start <= end else clock >= start or clock < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if clock >= end else 0)
    label = datetime.combine(day, end)
    at = label.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at <= now:
        # Inside the second run of a repeated hour: the end that lies ahead is that run's.
        at = label.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return Slot(at=at, label=label.isoformat(timespec="minutes"))


def parse_delivery(table: Mapping[str, Any]) -> Delivery:
    """Return the rules in the TOML table `[delivery]`.

    Raises:
        TableError: with every problem at once, each naming its key.
    """
    reader = TableReader(table)
    changes = reader.changes("changes")
    delivery = Delivery(
        mode=Mode(reader.choice("mode", [m.value for m in Mode], Mode.INSTANT)),
        every=Every(reader.choice("every", [e.value for e in Every], Every.DAILY)),
        at=reader.clock("at", time(8, 0)),
        weekday=DAYS.index(reader.choice("weekday", list(DAYS), DAYS[0])),
        zone=reader.zone("zone"),
        quiet=reader.quiet("quiet"),
        high_passes=reader.flag("high_passes", default=True),
        min_score=reader.number("min_score", 0.0),
        languages=frozenset(word.lower() for word in reader.words("languages")),
        changes=RINGING if changes is None else changes,
        cap_per_hour=reader.cap("cap_per_hour", CAP_PER_HOUR),
        mutes=_mutes(reader, "mute"),
    )
    reader.done()
    return delivery


def _mutes(reader: TableReader, key: str) -> tuple[Mute, ...]:
    found: list[Mute] = []
    for number, table in enumerate(reader.take(key, list, "tables [[delivery.mute]]", []), 1):
        place = f"{key} {number}"
        what = [w for w in ("theme", "source", "story") if isinstance(table, dict) and w in table]
        if len(what) != 1 or set(table) - {what[0], "until"}:
            reader.problems.append(
                f"{place}: must have one of theme, source, story, and may have until"
            )
            continue
        until = table.get("until")
        if until is not None and (not isinstance(until, datetime) or until.tzinfo is None):
            reader.problems.append(
                f"{place}.until: must be a time with offset: 2026-01-31T08:00:00Z"
            )
            continue
        found.append(Mute(what=what[0], id=str(table[what[0]]), until=until))
    return tuple(found)
