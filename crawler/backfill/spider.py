"""The spider of a backfill: fetches what its worker asks for, with all the manners of a crawl."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from scrapy.http import Response, TextResponse

from spiders.discovery import Answer
from spiders.failures import Dropped, classify
from spiders.gate import Refused
from spiders.items import Failed
from spiders.responses import single_headers, status_failure
from spiders.source_spider import SourceSpider

logger = logging.getLogger(__name__)

#: Answers in a row that say "not you, not now": after these a source is left alone.
PATIENCE = 5
_UNWELCOME = frozenset({403, 429})


class Unwelcome(Exception):
    """The site does not want to be asked any more; the message says how it said so."""


class BackfillSpider(SourceSpider):
    """Does the work of one source from `start`; every request passes gate, robots and delay."""

    def __init__(self, *, work: Callable[[BackfillSpider], Awaitable[None]], **kwargs: Any) -> None:
        """Prepare.

        Args:
            work: what is done once the engine runs.
        """
        super().__init__(**kwargs)
        self._work = work
        self._refusals = 0

    async def start(self) -> AsyncIterator[Any]:
        """Do the work; nothing is left to the scheduler, so that a page is stored before the next."""
        await self._work(self)
        nothing: tuple[Any, ...] = ()
        for item in nothing:
            yield item

    async def fetch(
        self,
        url: str,
        *,
        own: bool = False,
        service: bool = False,
        max_bytes: int | None = None,
        **headers: str,
    ) -> Response | Failed:
        """Return what *url* answers, whatever its status; `final` is set when it will not change.

        Args:
            own: A redirect may not leave the source's site.
            service: Somebody else's archive: when it asks for a pause, all of us pause, which is
                the caller's business.

        Raises:
            Unwelcome: 403 or 429, again and again.
        """
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            request = self._request(url, named, scope="own" if own else "any")
            request.meta["dont_retry"] = service
            if max_bytes is not None:
                request.meta["download_maxsize"] = max_bytes
            assert self.crawler.engine is not None
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever it was, it has a class and is counted
            word, detail = ("gate", str(error)) if isinstance(error, Refused) else classify(error)
            final = isinstance(error, Refused) or (isinstance(error, Dropped) and error.final)
            if word == "retry_later":
                self._unwelcome(f"asks for a long pause ({detail})")
            return Failed(
                source_id=self.source.id, url=url, error_class=word, detail=detail, final=final
            )
        if response.status in _UNWELCOME:
            self._unwelcome(f"answers HTTP {response.status}")
        else:
            self._refusals = 0
        return response

    def _unwelcome(self, how: str) -> None:
        self._refusals += 1
        if self._refusals >= PATIENCE:
            raise Unwelcome(
                f"{self.source.name} {how}, {self._refusals} times in a row: stopped. Try again "
                "later, with a longer politeness.delay_s, or with less at a time"
            )

    def answer_of(self, url: str, response: Response | Failed) -> Answer | Failed:
        """Return *response* as a document; anything but 200 (206 for a part) is a failure."""
        if isinstance(response, Failed):
            return response
        if response.status not in (200, 206):
            word, detail = status_failure(response)
            return Failed(source_id=self.source.id, url=url, error_class=word, detail=detail)
        return Answer(
            url=url,
            final_url=response.url,
            status=response.status,
            headers=single_headers(response),
            body=response.body,
            encoding=response.encoding if isinstance(response, TextResponse) else None,
        )
