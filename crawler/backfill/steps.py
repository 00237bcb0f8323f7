"""What a way in yields: a page's worth of wanted pages, and where to go on after them. Pure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler.backfill.span import Span
from spiders.discovery import Answer
from spiders.items import Failed
from spiders.sources import Channel, Source
from storage.types import Capture, Entry
from storage.units import Unit


class WayFailed(Exception):
    """A way ends here; the message says why. What was stored stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A page to be fetched."""

    entry: Entry
    #: Where it is asked for, if not at its own URL: an archive.
    ask: str | None = None
    #: When it was captured there.
    captured_at: datetime | None = None
    #: Whose turns it takes (crawler.backfill.services.EVERY).
    service: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One document read: what it brought, and the cursor that is saved once all of it is stored."""

    wanted: tuple[Wanted, ...] = ()
    #: Pages that came with the document itself.
    captures: tuple[Capture, ...] = ()
    #: Further units that the document names.
    units: tuple[Unit, ...] = ()
    cursor: Mapping[str, Any] = field(default_factory=dict)
    #: Entries that lie outside of the span, and were not asked for.
    outside: int = 0
    #: Articles the unit is said to hold.
    expected: int | None = None
    #: Worth telling: what was left out, and why.
    notes: tuple[str, ...] = ()


#: Fetches one document; the failure says what its class is.
Get = Callable[..., Awaitable[Answer | Failed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a way works on."""

    unit: Unit
    source: Source
    get: Get
    now: datetime
    #: The channel the unit belongs to; None for the archives of others.
    channel: Channel | None = None
    #: Whether a URL is on the source's site.
    owns: Callable[[str], bool] = lambda _: True
    #: Base addresses of services, by name: tests have their own.
    services: Mapping[str, str] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        return Span(self.unit.begins_at, self.unit.ends_at)

    async def document(self, url: str, **options: Any) -> Answer:
        """Return the document at *url*.

        Raises:
            WayFailed: it did not come.
        """
        answer = await self.get(url, **options)
        if isinstance(answer, Failed):
            raise WayFailed(f"{answer.url[:200]}: {answer.error_class}: {answer.detail}")
        return answer


Way = Callable[[Job], AsyncIterator[Step]]
