"""After an outage or a ban, a feed may have rolled over: what it no longer shows is looked for.

The sign is Media Cloud's overlap taken to its end: of a document that was read before, no entry is
known any more. Older documents are then followed until they meet what is held. Nothing of this is
written down before the pass is over: what was found is asked for oldest first, and the document's
own entries last, so that a pass cut short in the middle leaves the gap as visible as it was.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spiders.discovery import Get, Reading
from spiders.items import Found, Plan, Searched
from spiders.select import Selector
from spiders.sources import Source
from spiders.trails import trails
from storage.types import Discovery, Entry

#: Fewer entries than this are too few to tell a new window from a quiet feed.
LEAST = 5
#: Documents asked for in one search.
MAX_DOCUMENTS = 60
#: Clocks of publishers are off, and dates are rounded.
_SLACK = timedelta(hours=1)


@dataclass(slots=True)
class CatchUp:
    """Watches the documents of one pass, and searches when one has rolled over."""

    source: Source
    plan: Plan
    selector: Selector
    #: Returns those URLs that need not be fetched.
    known: Callable[[Collection[str]], Awaitable[Collection[str]]]
    #: URLs asked for in this pass.
    asked: set[str]
    #: The page's own entries, kept back until the search is over.
    _kept: list[Entry] = field(default_factory=list)
    #: Channels in which a document rolled over, and that document.
    _rolled: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)
    _covered: bool = False

    def keep(self, channel: str, reading: Reading, found: Found, entries: Sequence[Entry]) -> bool:
        """Tell whether *entries* of a document must wait for `search`, and keep them if so."""
        if found.known:
            self._met.add(channel)
            self._covered |= found.kind is Discovery.SITEMAP
        if not self._open(reading, found) or channel in self._met:
            return False
        dates = [entry.not_after for entry in entries if entry.not_after is not None]
        self._rolled.setdefault(channel, (found.url, min(dates, default=None)))
        self._kept.extend(entries)
        return True

    def _open(self, reading: Reading, found: Found) -> bool:
        return (
            not self.plan.spare
            and self.plan.looked_at is not None
            and reading.answer is not None
            and reading.answer.seen
            and not found.unchanged
            and found.count >= LEAST
            and found.known == 0
        )

    async def search(self, get: Get) -> AsyncIterator[tuple[Entry, ...] | Searched]:
        """Yield entries in the order in which to ask for them, and at the end what came of it."""
        # A page further on, or a sitemap of the whole site, may have met what is held.
        rolled = {c: what for c, what in self._rolled.items() if c not in self._met}
        if not rolled or self._covered or self.plan.looked_at is None:
            yield tuple(self._kept)
            return
        since = self.plan.looked_at
        deep: dict[str, Entry] = {}
        documents = 0
        reached = False
        for trail in trails(self.source, rolled, since=since, now=self.plan.started_at, get=get):
            async for reading in trail:
                documents += 1
                fresh, reached = await self._sift(reading, since)
                deep.update((entry.url, entry) for entry in fresh)
                if reached or documents >= MAX_DOCUMENTS:
                    break
            if reached or documents >= MAX_DOCUMENTS:
                break
        oldest_first = [*reversed(deep.values())]
        taken = tuple(oldest_first[: self.source.max_articles])
        self.asked.update(entry.url for entry in taken)
        left = len(oldest_first) - len(taken)
        yield taken
        if not left:
            yield tuple(self._kept)
        url, until = next(iter(rolled.values()))
        yield Searched(
            source_id=self.source.id,
            url=url,
            since=since,
            until=until,
            reached=reached,
            found=len(taken),
            left=left + (len(self._kept) if left else 0),
            documents=documents,
        )

    async def _sift(self, reading: Reading, since: datetime) -> tuple[list[Entry], bool]:
        """Return the entries of a document that are new, and whether it met what is held."""
        chosen = self.selector.select(reading.entries, now=self.plan.started_at).entries
        listed = [entry for entry in chosen if entry.url not in self.asked]
        held = await self.known([entry.url for entry in listed]) if listed else ()
        met = {e.url for e in listed if e.url in held or _before(e, since)}
        fresh = [entry for entry in listed if entry.url not in met]
        if reading.kind is Discovery.SITEMAP or not met:
            return fresh, bool(met)
        # A list may pin old articles above every page: alone they prove nothing. Its end does.
        place = {entry.url: number for number, entry in enumerate(reading.entries)}
        last = max(chosen, key=lambda entry: place.get(entry.url, 0))
        return fresh, last.url in met or 3 * len(met) > len(chosen)


def _before(entry: Entry, since: datetime) -> bool:
    return entry.not_after is not None and entry.not_after < since - _SLACK
