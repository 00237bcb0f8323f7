"""What a person wants of history, how it is written down as a plan, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.backfill.plan import WayName, chosen, plan
from crawler.backfill.services import SERVICES
from crawler.backfill.span import Span
from crawler.backfill.tally import SourceTally
from spiders.sources import Source
from storage.archive import Archive, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be brought in."""

    span: Span
    #: The span ends now, because nobody said otherwise.
    up_to_now: bool = False
    #: None: all of a source's own ways.
    via: tuple[WayName, ...] | None = None
    #: Nobody is told.
    baseline: bool = True
    #: Read indexes only, to know the plan.
    plan_only: bool = False
    #: Base addresses of others' archives, by name.
    services: Mapping[str, str] = field(default_factory=lambda: dict(SERVICES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run came to."""

    run_id: int
    #: finished, interrupted, failed.
    outcome: str
    tallies: Mapping[str, SourceTally]
    error: str | None = None

    @property
    def ok(self) -> bool:
        """True when every unit of every source was done."""
        return self.outcome == "finished" and not any(
            tally.stopped or tally.units_failed for tally in self.tallies.values()
        )


def write_plan(
    archive: Archive, sources: Mapping[str, Source], wish: Wish, *, now: datetime
) -> int:
    """Write down the units of *wish*; return how many are to be worked on.

    What failed is tried again, the children of an index too. A wish up to now that was begun
    earlier and is not done goes on up to the end it had then: otherwise every cursor would start
    anew for the minutes between. The next one brings those.
    """
    with archive.begin() as tx:
        opened = 0
        for source in sources.values():
            ways = [way.value for way in chosen(source, wish.via)]
            span = _span(tx, source.id, ways, wish)
            opened += tx.plan_units(plan(source, span, wish.via), now=now)
            opened += tx.retry_units(
                source.id, ways, begins_at=span.begin, ends_at=span.end, now=now
            )
        return opened


def _span(tx: Transaction, source_id: str, ways: list[str], wish: Wish) -> Span:
    if not wish.up_to_now:
        return wish.span
    ends = [
        unit.ends_at
        for unit in tx.units([source_id])
        if unit.way in ways
        and unit.state in ("pending", "leased", "failed")
        and unit.begins_at <= wish.span.end
        and unit.ends_at > wish.span.begin
    ]
    return Span(wish.span.begin, min(max(ends, default=wish.span.end), wish.span.end))
