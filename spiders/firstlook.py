"""The first look: may a source's pass begin, and perhaps end, with asking for what is known? Pure.

Most passes find nothing new: each channel's first document answers 304, or with the bytes we hold.
To see that takes a request for each, not a crawler of its own. Whatever else comes is no business of
the first look: the pass is made as ever, with the answers that came already in hand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from spiders.discovery import first_document
from spiders.items import FULL_EVERY
from spiders.sources import Source
from storage.types import Discovery, SourceState, Validator

if TYPE_CHECKING:
    from scrapy.http import Response

#: RFC 9309, 2.4: what robots.txt said holds for a day at most.
RULES_HOLD = timedelta(hours=24)
#: Where a source's memory keeps what robots.txt said of its documents.
KEY = "robots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document to ask for."""

    url: str
    kind: Discovery
    held: Validator


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An answer that came before the crawler that wants it: a response, or why there is none."""

    #: The conditions that were sent.
    sent: Mapping[str, str]
    response: Response | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What robots.txt said of a source's documents when it was last read."""

    at: datetime
    #: URLs it lets us ask for, and the pause it wants between requests, in seconds.
    allowed: frozenset[str] = frozenset()
    delay_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it as kept in a source's memory."""
        return {
            "at": self.at.isoformat(),
            "allowed": sorted(self.allowed),
            "delay_s": self.delay_s,
        }


def rules_of(memory: Mapping[str, Any]) -> Rules | None:
    """Return what a source's *memory* holds of robots.txt; None when nothing that can be read."""
    held = memory.get(KEY)
    try:
        return held and Rules(
            at=datetime.fromisoformat(held["at"]),
            allowed=frozenset(map(str, held["allowed"])),
            delay_s=float(held["delay_s"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def first_urls(source: Source) -> tuple[tuple[str, Discovery], ...]:
    """Return the first document of each live channel, each once."""
    first = (first_document(channel) for channel in source.channels)
    return tuple(dict.fromkeys(document for document in first if document is not None))


def documents(
    source: Source,
    state: SourceState,
    held: Mapping[str, Validator],
    *,
    awaiting: Collection[str],
    baseline: bool,
    now: datetime,
) -> tuple[Document, ...] | None:
    """Return what a first look at *source* asks for; None when its pass needs a crawler anyway.

    Args:
        held: The validators of its documents.
        awaiting: Sources of which articles are due to be visited again.
        baseline: What stood there before the first pass is still being taken in.
    """
    urls = first_urls(source)
    gap = state.memory.get("gap")
    if not urls or baseline or source.id in awaiting or (gap and gap.get("open")):
        return None
    if source.politeness.robots and not _allowed(rules_of(state.memory), urls, now):
        return None
    found = []
    for url, kind in urls:
        validator = held.get(url)
        # Never read whole, or due to be asked for in full because servers lie.
        if validator is None or not timedelta() <= now - validator.full_at < FULL_EVERY:
            return None
        if not (validator.etag or validator.last_modified or validator.body_hash):
            return None
        found.append(Document(url=url, kind=kind, held=validator))
    return tuple(found)


def pause_s(source: Source, memory: Mapping[str, Any]) -> float:
    """Return the pause between two requests to *source* that it and its robots.txt ask for."""
    rules = rules_of(memory) if source.politeness.robots else None
    return max(source.politeness.delay_s, rules.delay_s if rules else 0.0)


def _allowed(rules: Rules | None, urls: Collection[tuple[str, Discovery]], now: datetime) -> bool:
    if rules is None or not timedelta() <= now - rules.at < RULES_HOLD:
        return False
    return rules.allowed.issuperset(url for url, _ in urls)
