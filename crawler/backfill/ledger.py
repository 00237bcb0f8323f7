"""The units of one source as its worker sees them: leased, checkpointed, ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from crawler.indexing import follow
from crawler.intake import Workshop
from storage.units import Unit

#: Outlives several heartbeats, each of which renews it.
LEASE = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Writes down how far the units of *source_id* are; blocking, for the database's thread."""

    shop: Workshop
    source_id: str
    owner: str

    def next(self, ways: Collection[str]) -> Unit | None:
        """Lease the next unit of these *ways*; None when none is left."""
        with self.shop.archive.begin() as tx:
            return tx.next_unit(
                self.source_id, self.owner, now=self.shop.clock(), lease=LEASE, ways=ways
            )

    def plan(self, units: tuple[Unit, ...]) -> int:
        """Add *units*; return how many are to be worked on."""
        with self.shop.archive.begin() as tx:
            return tx.plan_units(units, now=self.shop.clock())

    def left(self, ways: Collection[str]) -> int:
        """Return how many units of these *ways* are to be done, the one under way among them."""
        with self.shop.archive.begin() as tx:
            units = tx.units([self.source_id])
        return sum(unit.way in ways and unit.state in ("pending", "leased") for unit in units)

    def checkpoint(
        self,
        unit: Unit,
        cursor: Mapping[str, object],
        counts: Mapping[str, int],
        expected: int | None,
    ) -> bool:
        """Note how far *unit* is, and let search follow; False when it is ours no more."""
        with self.shop.archive.begin() as tx:
            held = tx.checkpoint_unit(
                unit.id,
                self.owner,
                cursor=cursor,
                counts=counts,
                now=self.shop.clock(),
                lease=LEASE,
                expected=expected,
            )
        follow(self.shop.archive)
        return held

    def end(self, unit: Unit, state: str, counts: Mapping[str, int], error: str | None) -> None:
        """End *unit*, and let full-text search follow."""
        with self.shop.archive.begin() as tx:
            tx.end_unit(
                unit.id,
                self.owner,
                state=state,
                counts=counts,
                now=self.shop.clock(),
                error=error,
            )
        follow(self.shop.archive)

    def known(self, urls: list[str]) -> frozenset[str]:
        """Return those of *urls* that are held, or were refused."""
        with self.shop.archive.begin() as tx:
            return frozenset(tx.known(urls))

    def refuse(self, url: str, reason: str) -> None:
        """Remember that nothing is to be had at *url*."""
        with self.shop.archive.begin() as tx:
            tx.record_refusal(
                url,
                source_id=self.source_id,
                reason=reason,
                capture_id=None,
                now=self.shop.clock(),
            )
