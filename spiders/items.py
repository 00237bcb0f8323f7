"""What a spider hands to the pipeline, and what it asks of the archive. Frozen values only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from storage.types import Capture, Discovery, Entry, Recheck, Validator


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer for one entry, to be extracted and ingested (or judged, when it is a recheck)."""

    source_id: str
    entry: Entry
    capture: Capture

    @property
    def recheck(self) -> bool:
        """True for an article already held, asked for again."""
        return self.entry.found_by is Discovery.RECHECK


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """An article that answered 304, or with the very bytes we hold."""

    source_id: str
    url: str
    #: 304, or 200 for equal bytes.
    status: int
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one discovery document brought.

    Its validators may be saved once all of `wanted` are stored or refused for good: sooner, and a
    304 would hide what was lost in between.
    """

    source_id: str
    #: The document's URL, as asked for.
    url: str
    kind: Discovery
    #: Entries in it that belong to the source.
    count: int = 0
    known: int = 0
    #: Entries among them that were not known: canonical requests of this pass.
    wanted: tuple[str, ...] = ()
    #: Unknown entries left for the next pass by `max_articles`.
    left: int = 0
    #: True when the document was read as a whole.
    whole: bool = False
    #: 304, or the bytes we hold.
    unchanged: bool = False
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    #: True when it was asked for without conditions.
    full: bool = True
    #: Why other entries in it do not belong to the source, with how often.
    refused: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    #: The URL that answered, after redirects.
    final_url: str | None = None
    #: How long the document says it stays as it is, in seconds; 0 when it does not say.
    hint_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Something that did not come. `error_class` is one of spiders.failures.CLASSES."""

    source_id: str
    url: str
    error_class: str
    detail: str = ""
    #: None for a discovery document.
    entry: Entry | None = None
    #: True when asking again cannot help: remembered as a refusal.
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What was done about a document that had rolled over: nothing in it was known any more."""

    source_id: str
    #: The document.
    url: str
    #: The last look before, and the oldest date the document itself still lists.
    since: datetime
    until: datetime | None
    #: True when something met what we hold, or what is older than the last look.
    reached: bool
    #: New entries found, those left for the next pass, documents asked for.
    found: int = 0
    left: int = 0
    documents: int = 0


Item = Page | Unchanged | Found | Failed | Searched


class Memory(Protocol):
    """What a spider may ask of the archive while it runs."""

    async def known(self, urls: Collection[str]) -> Collection[str]:
        """Return those of *urls* that need not be fetched: stored, or refused before."""
        ...

    async def held(self, url: str) -> Validator | None:
        """Return what the last good, stored answer of a discovery document let us ask."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the archive knows before a pass begins."""

    started_at: datetime
    rechecks: tuple[Recheck, ...] = ()
    #: From when on nothing may be missing: the last good pass, or before a gap that is still open.
    looked_at: datetime | None = None
    #: No search for a gap in this pass: the last one found no way, a short while ago.
    spare: bool = False


#: However faithful a server looks, it is asked for the whole document once a day.
FULL_EVERY = timedelta(hours=24)


def conditions(held: Validator | None, *, now: datetime) -> dict[str, str]:
    """Return the request headers that let a server answer 304; none when a full GET is due."""
    if held is None or now - held.full_at >= FULL_EVERY:
        return {}
    headers = {}
    if held.etag:
        headers["If-None-Match"] = held.etag
    if held.last_modified:
        headers["If-Modified-Since"] = held.last_modified
    return headers
