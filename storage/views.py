"""What reading the archive returns: frozen values for people and programs. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage.types import Capture, CopyKind, StoryMember


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """One article as it stands, with the text of its newest revision when asked for one."""

    id: int
    source_id: str
    url: str
    #: live, missing (unconfirmed), withdrawn.
    status: str
    title: str
    #: None in lists.
    text: str | None
    #: How many revisions there are.
    revision: int
    fingerprint: str | None
    published_at: datetime | None
    published_precision: str | None
    updated_at: datetime | None
    language: str | None
    site: str | None
    kind: str
    #: authors, wire, attribution, facts, captions, warnings, confidence, published_from.
    details: dict[str, Any]
    found_by: str
    first_seen_at: datetime
    last_seen_at: datetime
    last_changed_at: datetime
    next_check_at: datetime | None
    story_id: int
    copy_kind: CopyKind
    copy_score: float
    baseline: bool
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureView:
    """One HTTP response; `capture` holds the body too, when asked for one."""

    id: int
    source_id: str
    article_id: int | None
    run_id: int | None
    url: str
    final_url: str
    redirects: tuple[str, ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body_hash: str | None
    #: Bytes, before compression; None when the body was not kept.
    size: int | None
    fetched_at: datetime
    capture: Capture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """One text and the articles that carry it, origin first, then by first_seen_at."""

    id: int
    created_at: datetime
    pinned: bool
    members: tuple[StoryMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchView:
    """A theme that held for a revision."""

    article_id: int
    revision: int
    source_id: str
    url: str
    title: str
    watchlist: str
    theme: str
    score: float
    #: [field, start, end, term]
    spans: tuple[tuple[str, int, int, str], ...]
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One alert with where its message stands."""

    #: UUID.
    id: str
    outbox_id: int
    dedupe_key: str
    watchlist: str
    themes: tuple[str, ...]
    kind: str
    op: str
    state: str
    destination: str
    priority: str
    story_id: int | None
    article_id: int | None
    change_id: int | None
    revision: int | None
    payload: dict[str, Any]
    created_at: datetime
    next_at: datetime
    attempts: int
    uncertain: bool
    channel: str | None
    message_id: str | None
    parent_id: int | None
    folded_into: int | None
    error_class: str | None
    error: str | None
    sent_at: datetime | None
    reconciled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """One crawl of some sources, with its counts and outcome."""

    id: int
    trigger: str
    sources: tuple[str, ...]
    pid: int | None
    config_hash: str | None
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None
    #: finished, failed, interrupted, killed, abandoned; None while it runs.
    outcome: str | None
    counts: dict[str, Any]
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """A page that was fetched and not stored as an article, and why."""

    url: str
    source_id: str
    reason: str
    first_at: datetime
    last_at: datetime
    count: int
    capture_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """How much is stored."""

    #: Rows: source, article, revision, change, capture, story, match, alert, refusal, run.
    rows: dict[str, int] = field(default_factory=dict)
    #: Outbox rows by state.
    outbox: dict[str, int] = field(default_factory=dict)
    #: Articles by source.
    articles: dict[str, int] = field(default_factory=dict)
    #: Bodies before and after compression, in bytes.
    body_bytes: int = 0
    stored_bytes: int = 0
    #: The database file, or the database on the server, in bytes.
    database_bytes: int = 0
    #: SQLite's write-ahead log, in bytes; None on a server.
    wal_bytes: int | None = None
    #: The Alembic revision of the schema.
    schema: str | None = None
