"""What happens to each request and response on the way: gate, retry, redirect."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Request, Response
from w3lib.url import safe_url_string

from spiders.failures import Dropped
from spiders.gate import Refused, check_url, without_secrets
from storage.failpoints import failpoint

logger = logging.getLogger(__name__)

#: A pause that a server asks for, in seconds.
MIN_PAUSE = 1.0
MAX_PAUSE = 3600.0
#: A longer pause ends the work on a host for this pass; the schedule takes it up again.
PATIENCE = 20.0

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class _Middleware:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        return cls(crawler)

    @property
    def spider(self) -> Any:
        """The running SourceSpider; Scrapy sets it before the first request."""
        return self.crawler.spider


class Gate(_Middleware):
    """Every request passes the gate here, whoever made it: spider, robots, redirect, retry."""

    def process_request(self, request: Request) -> None:
        """Route *request* through the proxy, or refuse it.

        Raises:
            Dropped: It must not be made.
        """
        try:
            check_url(request.url, policy=self.spider.gate)
        except Refused as error:
            word = "blocked_address" if error.reason == "private_address" else "gate"
            logger.warning("refused %s: %s", without_secrets(request.url), error)
            raise Dropped(word, str(error), final=True) from None
        # Set on each hop, None too: environment variables must not choose a route.
        request.meta["proxy"] = self.spider.proxy

    def process_response(self, request: Request, response: Response) -> Response:
        """Name the moment at which a process may be killed in tests."""
        failpoint("fetch.response_received")
        return response


class InHand(_Middleware):
    """Gives a document that a first look has had to the crawler that asks for it, once.

    Before robots.txt is asked: the look was made under its rules (spiders/firstlook.py).
    """

    def process_request(self, request: Request) -> Response | None:
        """Return the answer in hand to *request*, or raise what came in its place."""
        # Only a source's pass begins with a look: a probe and a backfill hold nothing.
        held = getattr(self.spider, "in_hand", {}).pop(request.url, None)
        if held is None or any(
            request.headers.get(name) != (held.sent[name].encode() if name in held.sent else None)
            for name in ("If-None-Match", "If-Modified-Since")
        ):
            return None
        if held.error is not None:
            raise held.error
        response: Response = held.response
        return response


class Retry(RetryMiddleware):
    """Scrapy's retries, with Retry-After honoured."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        #: By host: no request before this moment of the monotonic clock.
        self._paused: dict[str, float] = {}

    async def process_request(self, request: Request) -> None:
        """Wait until the host takes requests again.

        Raises:
            Dropped: It does not before our patience ends.
        """
        pause = self._paused.get(_host(request), 0.0) - monotonic()
        if pause > PATIENCE:
            raise Dropped("retry_later", f"the host asked for a pause of {pause:.0f} s")
        if pause > 0:
            await asyncio.sleep(pause)

    def process_response(  # type: ignore[override]  # the spider argument is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return *response*, or the request again when the server may do better next time."""
        if response.status in {429, 503} and (stated := response.headers.get("Retry-After")):
            pause = retry_after(stated.decode("latin-1"), now=datetime.now(UTC))
            if pause is not None:
                self._pause(request, pause)
                if pause > PATIENCE:
                    return response
        elif response.status == 429:
            self._pause(request, MIN_PAUSE * 2 ** request.meta.get("retry_times", 0))
        return super().process_response(request, response)

    def _pause(self, request: Request, seconds: float) -> None:
        until = monotonic() + seconds
        host = _host(request)
        self._paused[host] = max(until, self._paused.get(host, 0.0))
        spider: Any = self.crawler.spider
        spider.asked_pause_s = max(spider.asked_pause_s, seconds)
        logger.info("%s asks for a pause of %.0f s", host, seconds)


class Redirect(_Middleware):
    """Follows redirects through the gate, and makes an error of what leads nowhere."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the request for the next hop, or *response* when there is none to follow.

        Raises:
            Dropped: redirect_loop, gate or blocked_address; never silence (finding 10).
        """
        location = response.headers.get("Location")
        if response.status not in _REDIRECTS or location is None:
            return response
        way = [*request.meta.get("redirect_urls", []), request.url]
        try:
            target = urljoin(request.url, safe_url_string(location.decode("latin-1").strip()))
            # safe_url_string hides backslashes from the gate.
            if b"\\" in location:
                raise Refused("backslash")
            target = check_url(target, policy=self.spider.gate)
        except Refused as error:
            word = "blocked_address" if error.reason == "private_address" else "gate"
            raise Dropped(word, f"redirect refused: {error}", final=True) from None
        except ValueError:
            raise Dropped("gate", "redirect to an unreadable address") from None
        if target in way:
            raise Dropped("redirect_loop", f"comes back to {without_secrets(target)}")
        limit = self.crawler.settings.getint("REDIRECT_MAX_TIMES")
        if len(way) > limit:
            raise Dropped("redirect_loop", f"more than {limit} redirects")
        if request.meta.get("scope") == "own" and not self.spider.selector.owns(target):
            raise Dropped("gate", f"redirects off-site to {_host_of(target)}", final=True)
        return self._hop(request, target, way)

    @staticmethod
    def _hop(request: Request, target: str, way: list[str]) -> Request:
        hop = request.replace(url=target, dont_filter=True)
        hop.meta["redirect_urls"] = way
        hop.meta["redirect_times"] = len(way)
        # The next host has its own delay and pool.
        hop.meta.pop("download_slot", None)
        if urlsplit(target)[:2] != urlsplit(request.url)[:2]:
            for name in ("Authorization", "Cookie", "Proxy-Authorization"):
                hop.headers.pop(name, None)
        return hop


def retry_after(value: str, *, now: datetime) -> float | None:
    """Return the pause that a Retry-After *value* asks for, 1 s to 1 h; None when unreadable.

    RFC 9110, 10.2.3: seconds or an HTTP date. "1.5" and "-1" are met in the wild.
    """
    value = value.strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    if seconds != seconds:  # noqa: PLR0124 - "nan" is a float
        return None
    return min(max(seconds, MIN_PAUSE), MAX_PAUSE)


def _host(request: Request) -> str:
    return _host_of(request.url)


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or ""
