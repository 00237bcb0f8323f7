"""Which of the pages a document names are fetched: of the source, of the time, and not known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from crawler.backfill.dates import Reach, of_entry
from crawler.backfill.fetching import in_thread
from crawler.backfill.ledger import Ledger
from crawler.backfill.span import Span
from crawler.backfill.spider import BackfillSpider
from crawler.backfill.steps import Wanted
from crawler.backfill.tally import UnitCounts
from crawler.intake import Workshop
from spiders.listings import date_in_url
from storage.types import Entry
from storage.urls import canonical_url

#: A page to be fetched, and the month of which it was promised.
Due = tuple[Wanted, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Chooses for one source."""

    spider: BackfillSpider
    shop: Workshop
    ledger: Ledger
    #: Publication times wanted of the source, over all its units.
    whole: Span

    async def fresh(self, wanted: tuple[Wanted, ...], counts: UnitCounts) -> list[Due]:
        """Return the wanted pages that belong to the source and are not known."""
        if not wanted:
            return []
        chosen = self.spider.selector.select(
            [one.entry for one in wanted if one.captured_at is None], now=self.shop.clock()
        )
        for reason, number in chosen.refused.items():
            counts.add(f"left out: {reason}", number)
        ours: list[Due] = [(Wanted(entry=entry), self._month(entry)) for entry in chosen.entries]
        urls = [one.entry.url for one, _ in ours]
        known = (
            await in_thread(self.shop.database, lambda: self.ledger.known(urls))
            if urls
            else frozenset()
        )
        for one, month in ours:
            counts.promise(month, held=one.entry.url in known)
        counts.add("known", len(known))
        archived = [one for one in wanted if one.captured_at is not None]
        allowed = self.allowed(one.entry for one in archived)
        return [
            *((one, month) for one, month in ours if one.entry.url not in known),
            *((one, None) for one in archived if filed_under(one.entry) in allowed),
        ]

    def allowed(self, entries: Iterable[Entry]) -> frozenset[str]:
        """Return the canonical URLs of those *entries* that belong to the source and the time."""
        chosen = self.spider.selector.select(entries, now=self.shop.clock())
        zone = self.spider.source.zone
        return frozenset(
            filed_under(entry)
            for entry in chosen.entries
            if of_entry(replace(entry, published_at=None), self.whole, zone=zone, trusted=False)
            in (Reach.WITHIN, Reach.UNKNOWN)
        )

    def _month(self, entry: Entry) -> str | None:
        moment = date_in_url(entry.url, self.spider.source.zone)
        if moment is None:
            moment = entry.published_at
        return None if moment is None else moment.strftime("%Y-%m")


def filed_under(entry: Entry) -> str:
    """Return the canonical URL of *entry*; "" when it has none."""
    try:
        return canonical_url(entry.url)
    except ValueError:
        return ""
