"""The nouns of Windcatch: frozen values that cross package borders. Pure, standard library only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class ChangeClass(StrEnum):
    """What separates two successive revisions of an article."""

    #: The first revision.
    NEW = "new"
    #: A reader would act differently: a number, date, name, negation or passage changed.
    SUBSTANTIVE = "substantive"
    #: Words changed, meaning did not.
    MINOR = "minor"
    #: Nothing a reader would notice (white space, quotes, markup).
    COSMETIC = "cosmetic"
    #: The publisher took it away; confirmed over time.
    WITHDRAWN = "withdrawn"
    #: It came back after having been withdrawn.
    RESTORED = "restored"
    #: Same article, another canonical URL.
    MOVED = "moved"


class CopyKind(StrEnum):
    """How an article relates to the origin of its story."""

    ORIGIN = "origin"
    EXACT = "exact"
    EDITED = "edited"
    #: The origin's text stands inside a longer report.
    CONTAINED = "contained"
    #: Machine-reworded.
    SPUN = "spun"
    TRANSLATED = "translated"


class Precision(StrEnum):
    """How much of a published time was stated."""

    DAY = "day"
    MINUTE = "minute"


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
class Wire:
    """The agency behind a text, as the text itself states it."""

    #: Canonical name: "Xinhua", "Reuters", "AP", "AFP", "Yonhap", "CNS"...
    agency: str | None = None
    #: As printed: "BEIJING", "TAIYUAN, Feb. 17 (Xinhua)", "新华社北京1月27日电".
    dateline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Where a republished text says it comes from ("Source: ... Author: ... Editor: ...")."""

    source: str | None = None
    author: str | None = None
    editor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as extraction saw it, in one capture."""

    source_id: str
    #: The URL it was read from, after redirects.
    url: str
    #: The identity under which it is filed; see storage/urls.py.
    canonical_url: str
    title: str
    #: Plain text; paragraphs separated by one blank line.
    text: str
    fetched_at: datetime
    #: What the publisher claims, aware UTC. Never used for ordering of revisions; publishers lie.
    published_at: datetime | None = None
    published_precision: Precision | None = None
    #: The signal it was read from: jsonld, meta, time, url, text, feed, guess.
    published_from: str | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    #: ISO 639-1, lower case; "zh-hans" and "zh-hant" are told apart where known.
    language: str | None = None
    #: The publisher's own name for itself.
    site: str | None = None
    wire: Wire = Wire()
    attribution: Attribution = Attribution()
    #: news, policy, opinion, press_release, live_blog.
    kind: str = "news"
    is_article: bool = True
    #: Why it is not an article (listing, login, block, error, empty...); None when it is one.
    refusal: str | None = None
    captions: tuple[str, ...] = ()
    #: 0..1, agreement between extractors; None when only one was asked.
    confidence: float | None = None
    warnings: tuple[str, ...] = ()
    #: Further stated facts, JSON-able: document_number, issuing_body, effective_date, zone, ...
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One piece of a word-level diff. `old` is empty for an insertion, `new` for a deletion."""

    #: equal, insert, delete, replace, move.
    op: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What separates two texts: the verdict and the evidence."""

    change_class: ChangeClass
    #: 0..1, how much it matters.
    score: float
    #: In words, the weightiest first: "number changed from 25 % to 45 %".
    reasons: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of an article's content."""

    article_id: int
    #: From 1, without gaps, in order of `seen_at`.
    number: int
    #: See storage/fingerprint.py; equal for two versions a reader could not tell apart.
    fingerprint: str
    title: str
    text: str
    #: When we first saw this version (for a backfilled capture: when it was captured).
    seen_at: datetime
    #: The capture that proves it; None only for imports without one.
    capture_id: int | None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to an article, as recorded."""

    id: int
    article_id: int
    change_class: ChangeClass
    score: float
    reasons: tuple[str, ...]
    seen_at: datetime
    #: None for `new`.
    before: Revision | None
    #: The newest revision; for `withdrawn` the last one held.
    after: Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """An article's place in its story."""

    story_id: int
    article_id: int
    source_id: str
    url: str
    title: str
    kind: CopyKind
    #: 0..1, share of text in common with the origin (or certainty, for spun and translated).
    score: float
    first_seen_at: datetime
    published_at: datetime | None = None
    #: What a `contained` or `edited` copy says beyond the origin.
    adds: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What `Transaction.record` did with one article: never None, so that every drop has a reason."""

    #: None when refused.
    article_id: int | None
    #: None when there was nothing to record (`reason` says why).
    change: Change | None
    #: One word for counters. These tell something: new, revised, withdrawn, restored, moved.
    #: These never ring: unchanged, refused, older (a capture older than the newest revision),
    #: flapping (it keeps changing back and forth), missing (gone, not yet confirmed), unknown.
    outcome: str
    reason: str | None = None
    #: The article's place in its story after recording.
    member: StoryMember | None = None
    #: All members of that story, origin first, then by first_seen_at.
    story: tuple[StoryMember, ...] = ()
    #: First crawl of its source: stored and matched, not alerted (DESIGN 4.10).
    baseline: bool = False
    #: How many articles of its source changed in the very same way within a day.
    repeats: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a term was found. Offsets are code points in the original field."""

    #: title or text (the body); lead is a part of text.
    field: str
    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A theme that holds for a revision, with its evidence."""

    watchlist: str
    theme: str
    theme_name: str
    score: float
    spans: tuple[Span, ...]
    priority: str = "normal"


class AlertKind(StrEnum):
    """What an alert tells."""

    #: A story matched for the first time.
    STORY = "story"
    #: One more outlet carries a story already told.
    COPY = "copy"
    #: An article of a told story changed.
    CHANGE = "change"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    #: Many rows folded into one message.
    DIGEST = "digest"
    #: For the operator: a source went quiet, a channel is broken...
    OPERATOR = "operator"


class OutboxOp(StrEnum):
    """What the message does at its destination."""

    POST = "post"
    UPDATE = "update"
    REPLY = "reply"


#: The error class of a row that waits because its channel had its share of messages.
RATE_CAP = "rate_cap"


class OutboxState(StrEnum):
    """Where a message stands; see docs/design.md, "Delivery"."""

    PENDING = "pending"
    SENDING = "sending"
    #: Outcome unknown: reconcile before any resend.
    CHECK = "check"
    SENT = "sent"
    #: Kept back: circuit open, muted, quiet hours.
    HELD = "held"
    #: Told by a digest instead.
    FOLDED = "folded"
    #: Given up, with its reason; a person decides.
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """What one watchlist must be told about one story or change, once."""

    #: Unique for ever: telling the same thing twice is a constraint violation, not a check.
    dedupe_key: str
    watchlist: str
    themes: tuple[str, ...]
    kind: AlertKind
    op: OutboxOp
    destination: str
    story_id: int | None
    article_id: int | None
    #: Number of the revision told.
    revision: int | None
    change_id: int | None
    priority: str = "normal"
    #: Destination-neutral message content, JSON-able; see alerts/message.py.
    payload: dict[str, Any] = field(default_factory=dict)
    #: Not before; None means now.
    due_at: datetime | None = None
    #: The alert whose message this one updates or replies to.
    parent_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One message to send, update or reply, as stored."""

    id: int
    alert_id: str
    dedupe_key: str
    watchlist: str
    kind: AlertKind
    op: OutboxOp
    state: OutboxState
    destination: str
    priority: str
    payload: dict[str, Any]
    story_id: int | None
    revision: int | None
    created_at: datetime
    next_at: datetime
    attempts: int
    #: A request may have reached the destination without our knowing.
    uncertain: bool
    first_attempt_at: datetime | None
    #: Where it went and what the destination calls it (Slack: channel id and ts).
    channel: str | None
    message_id: str | None
    #: The parent's outbox row, for updates and replies.
    parent_id: int | None
    parent_state: OutboxState | None
    parent_channel: str | None
    parent_message_id: str | None
    error_class: str | None
    error: str | None
    sent_at: datetime | None
    reconciled: bool


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
class Told:
    """The STORY message one watchlist already has for one story."""

    dedupe_key: str
    outbox_id: int
    state: OutboxState
    #: The number of the revision told.
    revision: int | None
    article_id: int | None
    channel: str | None
    message_id: str | None
    themes: tuple[str, ...]
    created_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


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
