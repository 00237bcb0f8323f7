"""What is remembered of a document that rolled over between two passes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crawler.health import HEALTHY, Health, judge
from crawler.record import Record
from crawler.rhythm import Rhythm
from spiders.items import Searched

#: So long a loss is shown; and so long a source that offers no way back is not searched again.
SHOWN = timedelta(hours=24)
SPARED = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The last gap of a source."""

    #: The last look before it, and the oldest date that was listed after it.
    since: datetime
    until: datetime
    #: When it was searched, and whether the search met what is held.
    at: datetime
    reached: bool
    #: Entries of it are left for the next pass.
    open: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as kept in a source's memory."""
        moments = {name: getattr(self, name).isoformat() for name in ("since", "until", "at")}
        return {**moments, "reached": self.reached, "open": self.open}


def gap_after(searched: Searched, *, now: datetime) -> Gap:
    """Return what is remembered of a search that ended *now*."""
    return Gap(
        since=searched.since,
        until=max(searched.until or now, searched.since),
        at=now,
        reached=searched.reached,
        open=searched.left > 0,
    )


def gap_of(memory: Mapping[str, Any]) -> Gap | None:
    """Return the gap in a source's *memory*; None when there is none that can be read."""
    held = memory.get("gap")
    try:
        return held and Gap(
            **{name: datetime.fromisoformat(held[name]) for name in ("since", "until", "at")},
            reached=bool(held["reached"]),
            open=bool(held["open"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def looked_at(gap: Gap | None, last_good: datetime | None) -> datetime | None:
    """Return from when on nothing may be missing."""
    return gap.since if gap is not None and gap.open else last_good


def spared(gap: Gap | None, *, now: datetime) -> bool:
    """Tell whether a search now would only repeat one that found no way back."""
    return gap is not None and not gap.reached and not gap.open and now - gap.at < SPARED


def judged(
    source_id: str,
    record: Record,
    rhythm: Rhythm,
    gap: Gap | None,
    *,
    before: str,
    now: datetime,
) -> Health:
    """Return how a source fares, a loss that is still shown included."""
    health = judge(source_id, record, rhythm, before=before, now=now)
    return (lost(source_id, gap, now=now) or health) if health == HEALTHY else health


def lost(source_id: str, gap: Gap | None, *, now: datetime) -> Health | None:
    """Return what to say of a gap that nothing reaches back over; None when there is none."""
    if gap is None or gap.reached or gap.open or now - gap.at >= SHOWN:
        return None
    return Health(
        "degraded",
        f"what it published between {gap.since:%Y-%m-%d %H:%M}Z and {gap.until:%Y-%m-%d %H:%M}Z "
        "may be missing: its list had rolled over, and no other channel reaches back",
        "add a sitemap, a listing with pages or an archive to the source, or run: "
        f"windcatch backfill {source_id} --since {gap.since:%Y-%m-%d} --via wayback",
    )
