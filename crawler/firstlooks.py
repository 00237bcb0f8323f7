"""The first looks of one run: which are made, and what comes of them is written down, many at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from datetime import datetime

from crawler.book import Book, Unchanged
from crawler.looking import Looked, Looker
from crawler.options import FetchOptions
from crawler.result import SourceResult, Tally, close
from spiders.firstlook import Document, pause_s
from spiders.items import Found
from spiders.sources import Source
from storage.errors import StorageError
from storage.types import SourceState

logger = logging.getLogger(__name__)

#: So long what is to be written down waits for more of its kind, in seconds.
_WAIT_S = 0.5


class FirstLooks:
    """Makes first looks, and gives back what they settle. Close it."""

    def __init__(
        self,
        book: Book,
        *,
        fetch: FetchOptions,
        database: Executor,
        clock: Callable[[], datetime],
    ) -> None:
        self._book = book
        self._documents: dict[str, tuple[Document, ...]] = {}
        self._database = database
        self._clock = clock
        self._fetch = fetch
        # Without anything to look at, not even a handler is made.
        self._looker: Looker | None = None
        self._unchanged: list[Unchanged] = []
        self._unvisited: list[str] = []
        self._writing: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    async def expect(self, sources: Mapping[str, Source], states: Collection[SourceState]) -> None:
        """Find out which of *sources*, in these *states*, may be looked at, and at what."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._database, lambda: self._book.first_looks(sources, states)
        )
        if found and self._looker is None:
            self._looker = Looker(self._fetch)
        self._documents.update(found)

    def may_look(self, source_id: str) -> bool:
        """Tell whether the pass over a source may begin with a first look."""
        return source_id in self._documents

    async def look(self, source: Source, state: SourceState) -> Looked:
        """Look at *source*; never raises."""
        documents = self._documents.get(source.id)
        if documents is None or self._looker is None:
            return Looked()
        pause = pause_s(source, state.memory)
        return await self._looker.look(source, documents, pause_s=pause, now=self._clock())

    def settle(self, source: Source, state: SourceState, found: tuple[Found, ...]) -> SourceResult:
        """Take down that all documents of *source* were unchanged; return what the pass came to."""
        tally = Tally(source.id)
        for document in found:
            tally.see(document)
        result = close(tally, channels=len(found), interrupted=False)
        held = {document.url: document.held for document in self._documents[source.id]}
        documents = tuple((document, held[document.url]) for document in found)
        self._unchanged.append(
            Unchanged(source=source, state=state, result=result, documents=documents)
        )
        self._write_soon()
        return result

    def give_back(self, source_id: str) -> None:
        """Let go of a source that was not visited."""
        self._unvisited.append(source_id)
        self._write_soon()

    def stop(self) -> None:
        """Break off what is under way."""
        if self._looker is not None:
            self._looker.stop()

    async def write(self) -> None:
        """Write down what waits."""
        self._hurry.set()
        if self._writing is not None:
            await self._writing
        await self._write()
        self._hurry.clear()

    async def close(self) -> None:
        """Write down what waits, and close the connections."""
        await self.write()
        if self._looker is not None:
            await self._looker.close()

    def _write_soon(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_later())

    async def _write_later(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), _WAIT_S)
        await self._write()

    async def _write(self) -> None:
        """Write in the database's thread; what cannot be is left to run out."""
        passes, self._unchanged = self._unchanged, []
        unvisited, self._unvisited = self._unvisited, []
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._database, lambda: self._into_book(passes, unvisited)
            )
        except StorageError as error:
            logger.error("%d passes could not be written down: %s", len(passes), error)

    def _into_book(self, passes: list[Unchanged], unvisited: list[str]) -> None:
        if unvisited:
            self._book.give_back(unvisited)
        if passes:
            self._book.release_unchanged(passes)
