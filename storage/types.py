"""The nouns of Windcatch: frozen values that cross package borders. Pure, standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.alert_types import (
    RATE_CAP,
    AlertDraft,
    AlertKind,
    Match,
    OutboxOp,
    OutboxRow,
    OutboxState,
    Span,
    Told,
)
from storage.crawl_types import (
    Capture,
    Discovery,
    Entry,
    Known,
    Recheck,
    SourceState,
    Validator,
    WithdrawalPolicy,
)

__all__ = [
    "RATE_CAP",
    "AlertDraft",
    "AlertKind",
    "Article",
    "Attribution",
    "Capture",
    "Change",
    "ChangeClass",
    "CopyKind",
    "Difference",
    "Discovery",
    "Entry",
    "Known",
    "Match",
    "OutboxOp",
    "OutboxRow",
    "OutboxState",
    "Precision",
    "Recheck",
    "Recorded",
    "Revision",
    "Segment",
    "SourceState",
    "Span",
    "StoryMember",
    "Told",
    "Validator",
    "Wire",
    "WithdrawalPolicy",
]


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
    #: Which extractor read it; None when nobody said. See spiders/edition.py.
    extractor: str | None = None
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
