"""The nouns of crawling: what was found and fetched, what is known of sources and URLs. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Discovery(StrEnum):
    """The way an entry was found."""

    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    WORDPRESS = "wordpress"
    ARCHIVE = "archive"
    RECHECK = "recheck"
    BACKFILL = "backfill"
    IMPORT = "import"
    GIVEN = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What discovery found: a URL with hints. Not yet an article."""

    url: str
    found_by: Discovery
    #: The feed, sitemap or listing it was found in.
    found_in: str | None = None
    title: str | None = None
    summary: str | None = None
    #: Aware UTC. A hint: the page itself is asked first.
    published_at: datetime | None = None
    #: When it last changed, as a sitemap tells: never its publication.
    changed_at: datetime | None = None

    @property
    def not_after(self) -> datetime | None:
        """The latest it can have been published, as far as the list tells."""
        return self.published_at or self.changed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One HTTP response for one URL at one moment: the evidence."""

    #: The URL asked for.
    url: str
    #: The URL that answered, after redirects.
    final_url: str
    #: URLs on the way from `url` to `final_url`, both left out.
    redirects: tuple[str, ...] = ()
    status: int
    #: Names lower-case, in the order received; a name may repeat.
    headers: tuple[tuple[str, str], ...] = ()
    #: As served, after content decoding, before charset decoding.
    body: bytes
    fetched_at: datetime

    @property
    def body_hash(self) -> str:
        """The SHA-256 of the body, in hex."""
        return hashlib.sha256(self.body).hexdigest()

    def header(self, name: str) -> str | None:
        """Return the last value of header *name* (any case), or None."""
        wanted = name.lower()
        found = [value for key, value in self.headers if key == wanted]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """Conditional GET: what a URL's last good, *stored* answer lets us ask next time."""

    url: str
    source_id: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    checked_at: datetime
    #: When the body was last fetched in full, because some servers lie with 304.
    full_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What we hold under a URL, so that discovery need not fetch it again."""

    #: The URL asked about, as it was given.
    url: str
    #: None when it was refused.
    article_id: int | None
    last_seen_at: datetime
    title: str | None = None
    #: live, missing, withdrawn; None when refused.
    status: str | None = None
    #: Why it is not an article; None when it is one.
    refused: str | None = None
    #: How often it was refused; a page refused often need not be tried often.
    refusals: int = 0
    #: What the publisher claims, of the newest revision.
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What we know of a source beyond its configuration: schedule, lease, health."""

    source_id: str
    interval: timedelta
    #: None when the source is no longer configured.
    next_due_at: datetime | None
    lease_owner: str | None = None
    lease_until: datetime | None = None
    last_started_at: datetime | None = None
    last_ok_at: datetime | None = None
    #: When a pass last brought a new article.
    last_new_at: datetime | None = None
    #: The end of the first good pass; None means that the next pass is the baseline.
    baseline_at: datetime | None = None
    #: Successive failed passes.
    failures: float = 0.0
    last_error: str | None = None
    #: healthy, quiet, degraded, failing.
    health: str = "healthy"
    health_reason: str | None = None
    health_since: datetime | None = None
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """An article that is due to be visited again, whether or not it is still listed."""

    article_id: int
    source_id: str
    #: The identity it is filed under.
    url: str
    title: str
    #: live, missing, withdrawn.
    status: str
    last_seen_at: datetime
    validator: Validator | None = None
    #: The URL that answered with the newest revision; None when no capture proves it. It is the one
    #: to ask: a server may know `/a/` and not the canonical `/a`, and 404 would pass for a removal.
    served_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalPolicy:
    """How sure we must be before we say that a publisher took an article away."""

    #: Answers that say "gone", one after another.
    confirmations: int = 3
    #: The least time between the first and the last of them: an outage is not a withdrawal.
    spread: timedelta = timedelta(hours=24)
