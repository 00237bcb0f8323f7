"""Delivery rules of a watchlist: what rings, when, and what waits for a digest. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from storage.mutes import Mute
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
    #: Rules of single themes, each complete: what it does not set, it has from the watchlist.
    themes: tuple[tuple[str, Delivery], ...] = ()

    def of(self, theme: str) -> Delivery:
        """Return the rules for one theme."""
        return next((rules for id_, rules in self.themes if id_ == theme), self)

    @property
    def silent(self) -> bool:
        """True when nothing of the watchlist is ever told."""
        rules = (self, *(rules for _, rules in self.themes))
        return all(each.mode is Mode.OFF for each in rules)


def in_digests(delivery: Delivery) -> Delivery:
    """Return *delivery* with digests in place of what is instant; what is off stays off."""
    mode = Mode.DIGEST if delivery.mode is Mode.INSTANT else delivery.mode
    themes = tuple((id_, in_digests(rules)) for id_, rules in delivery.themes)
    return replace(delivery, mode=mode, themes=themes)


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
