"""One spider for every source: walk its channels, fetch what is new, look again at what is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure

from spiders.arrivals import lost, no_article, refused, unchanged
from spiders.asking import answer_of, document_request, found_in, request_for
from spiders.catchup import CatchUp
from spiders.discovery import Answer, Reading, discover
from spiders.failures import classify
from spiders.firstlook import Held
from spiders.gate import GatePolicy, Refused, without_secrets
from spiders.items import Failed, Found, Item, Memory, Page, Plan, Searched, conditions
from spiders.page_turner import PageTurner
from spiders.responses import capture_of
from spiders.select import Selector
from spiders.sources import ChannelKind, Source
from storage.types import Discovery, Entry, Recheck, Validator

logger = logging.getLogger(__name__)

#: Rechecks come before new articles of any age: an edit is worth more the sooner it is seen.
_RECHECK_PRIORITY = 10
#: How often, and how many seconds apart, the end of the last items is looked for.
_ITEM_TURNS, _ITEM_TURN_S = 100, 0.01


class SourceSpider(scrapy.Spider):
    """Crawls one source once. Yields only `spiders.items` values; knows no database."""

    name = "source"

    def __init__(
        self,
        *,
        source: Source,
        plan: Plan,
        memory: Memory,
        gate: GatePolicy,
        clock: Callable[[], datetime],
        proxy: str | None = None,
        in_hand: Mapping[str, Held] | None = None,
        **kwargs: Any,
    ) -> None:
        """Prepare a pass over *source*.

        Args:
            proxy: Every request goes through it; environment variables are not asked.
            in_hand: Answers that a first look has had already, by URL.
        """
        super().__init__(name=f"source:{source.id}", **kwargs)
        self.source = source
        self.plan = plan
        self.memory = memory
        self.gate = gate
        self.proxy = proxy
        self.clock = clock
        #: Handed out, once each, by crawler.middlewares.InHand.
        self.in_hand = dict(in_hand or {})
        self.selector = Selector(source, gate)
        self._turner = PageTurner(
            source_id=source.id, request=self._request, owns=self.selector.owns, clock=clock
        )
        #: The longest pause a host of this source asked for, in seconds; the schedule honours it.
        self.asked_pause_s = 0.0
        self._asked: set[str] = set()
        self._catchup = CatchUp(source, plan, self.selector, memory.known, self._asked)

    async def start(self) -> AsyncIterator[Any]:
        """Yield rechecks, then what each channel brings."""
        due = {recheck.url: recheck for recheck in self.plan.rechecks}
        for recheck in due.values():
            yield self._recheck(recheck)
        room = self.source.max_articles
        for channel in self.source.channels:
            if channel.kind is ChannelKind.ARCHIVE:
                continue
            async for reading in discover(
                channel, source=self.source, now=self.plan.started_at, get=self._get
            ):
                found, failure, entries = await self._sift(reading, room)
                room -= len(entries)
                if failure is not None:
                    yield failure
                if found is not None:
                    yield found
                    if self._catchup.keep(channel.url, reading, found, entries):
                        continue
                for place, entry in enumerate(entries):
                    yield self._article(entry, place)
        place = 0
        async for part in self._catchup.search(self._get_anew):
            if isinstance(part, Searched):
                yield part
                continue
            for entry in part:
                # In this order, one after another: see spiders/catchup.py.
                place += 1
                yield self._article(entry, place)
        await self._items_done()

    async def _items_done(self) -> None:
        """Wait until what `start` yielded last has been taken.

        Scrapy looks whether a spider is idle when `start` ends, then when a request ends, then
        every 5 s: an item still under way at the first of these made a pass without news take
        5 s (measured with Scrapy 2.19).
        """
        engine = self.crawler.engine
        for _ in range(_ITEM_TURNS):
            slot = engine.scraper.slot if engine is not None else None
            if slot is None or slot.itemproc_size == 0:
                return
            await asyncio.sleep(_ITEM_TURN_S)

    async def _sift(
        self, reading: Reading, room: int
    ) -> tuple[Found | None, Failed | None, tuple[Entry, ...]]:
        """Return what to say of a document, and its new entries, newest first, at most *room*."""
        answer = reading.answer
        if answer is None:
            return None, reading.failure, ()
        chosen = self.selector.select(reading.entries, now=self.plan.started_at)
        if chosen.refused:
            logger.info(
                "%s: left out of %s: %s",
                self.source.id,
                without_secrets(reading.url),
                dict(chosen.refused),
            )
        urls = [entry.url for entry in chosen.entries]
        known: Collection[str] = await self.memory.known(urls) if urls else ()
        fresh = [entry for entry in chosen.entries if entry.url not in known]
        # Asked for already through another channel: still wanted here, fetched once.
        unasked = [entry for entry in fresh if entry.url not in self._asked]
        taken = unasked[: max(room, 0)]
        self._asked.update(entry.url for entry in taken)
        wanted = tuple(entry.url for entry in fresh if entry.url in self._asked)
        found = found_in(
            self.source.id,
            reading,
            answer,
            count=len(chosen.entries),
            known=len(chosen.entries) - len(fresh),
            wanted=wanted,
            left=len(fresh) - len(wanted),
            refused=dict(chosen.refused),
        )
        return found, reading.failure, tuple(taken)

    async def _get_anew(self, url: str) -> Answer | Failed:
        """Fetch one document as if it had never been read; never raises."""
        return await self._get(url, anew=True)

    async def _get(self, url: str, *, anew: bool = False) -> Answer | Failed:
        """Fetch one discovery document; never raises."""
        held = None if anew else await self.memory.held(url)
        sent = conditions(held, now=self.plan.started_at)
        try:
            request = document_request(self.source, url, sent, gate=self.gate)
            assert self.crawler.engine is not None
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever it was, it has a class and is counted
            word, detail = classify(error)
            return Failed(source_id=self.source.id, url=url, error_class=word, detail=detail)
        return answer_of(response, self.source.id, url, sent=sent, held=held)

    def _recheck(self, recheck: Recheck) -> scrapy.Request | Failed:
        entry = Entry(url=recheck.url, found_by=Discovery.RECHECK, title=recheck.title)
        sent = conditions(recheck.validator, now=self.plan.started_at)
        self._asked.add(recheck.url)
        try:
            return self._request(
                recheck.served_at or recheck.url,
                sent,
                priority=_RECHECK_PRIORITY,
                callback=self._received,
                errback=self._lost,
                cb_kwargs={"entry": entry, "held": recheck.validator},
            )
        except Refused as error:
            return refused(entry, error, source_id=self.source.id)

    def _article(self, entry: Entry, place: int) -> scrapy.Request | Failed:
        try:
            return self._request(
                entry.url,
                {},
                scope="own",
                priority=-place,
                callback=self._received,
                errback=self._lost,
                cb_kwargs={"entry": entry, "held": None},
            )
        except Refused as error:
            return refused(entry, error, source_id=self.source.id)

    def _request(self, url: str, headers: dict[str, str], **kwargs: Any) -> scrapy.Request:
        return request_for(self.source, url, headers, gate=self.gate, **kwargs)

    def _received(
        self, response: Response, entry: Entry, held: Validator | None
    ) -> Iterator[Item | scrapy.Request]:
        if (same := unchanged(response, entry, held, source_id=self.source.id)) is not None:
            yield same
            return
        capture = capture_of(response, entry.url, now=self.clock())
        if response.status == 200:
            yield from self._turner.follow(entry, (capture,))
        elif entry.found_by is Discovery.RECHECK:
            yield Page(source_id=self.source.id, entry=entry, capture=capture)
        else:
            yield no_article(response, entry, source_id=self.source.id)

    def _lost(self, failure: Failure) -> Iterator[Item]:
        yield lost(failure, source_id=self.source.id)
