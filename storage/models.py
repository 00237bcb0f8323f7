"""SQLAlchemy tables. Unique constraints carry the promises (DESIGN 6); the code only explains them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Float,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.backfill_models import BackfillUnitRow, ThrottleRow
from storage.columns import Base, Id, UtcDateTime
from storage.crawl_models import RefusalRow, RunRow, SiteLinesRow, SourceRow, ValidatorRow
from storage.rematch_models import RematchRow

__all__ = [
    "AlertRow",
    "AliasRow",
    "ArticleRow",
    "BackfillUnitRow",
    "Base",
    "BlobRow",
    "CaptureRow",
    "ChangeRow",
    "MatchRow",
    "OutboxRecord",
    "RefusalRow",
    "RematchRow",
    "RevisionRow",
    "RunRow",
    "ShingleRow",
    "SiteLinesRow",
    "SourceRow",
    "StoryRow",
    "ThrottleRow",
    "UtcDateTime",
    "ValidatorRow",
]


class BlobRow(Base):
    """A body, kept once however often it was served."""

    __tablename__ = "blob"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: zstd.
    codec: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    data: Mapped[bytes]


class CaptureRow(Base):
    """One HTTP response: the evidence."""

    __tablename__ = "capture"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source_id: Mapped[str] = mapped_column(String(64))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)
    url: Mapped[str] = mapped_column(Text, index=True)
    final_url: Mapped[str] = mapped_column(Text)
    redirects: Mapped[list[Any]] = mapped_column(default=list)
    status: Mapped[int]
    headers: Mapped[list[Any]] = mapped_column(default=list)
    body_hash: Mapped[str | None] = mapped_column(ForeignKey("blob.hash"), index=True)
    fetched_at: Mapped[datetime]


class StoryRow(Base):
    """The articles that carry one text."""

    __tablename__ = "story"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: The member the others are copies of. No foreign key: it would be a cycle with article.
    origin_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime]
    #: Kept apart or together by a person; never undone by a rule.
    pinned: Mapped[bool] = mapped_column(default=False)


class ArticleRow(Base):
    """One document of one publisher, under one canonical URL."""

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_source_first", "source_id", "first_seen_at"),
        Index("ix_article_due", "next_check_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source_id: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(Text, unique=True)
    #: Second, weaker key: http and https, www, m and amp folded; see storage/urls.py.
    twin: Mapped[str] = mapped_column(Text, index=True)
    #: live, missing (unconfirmed), withdrawn.
    status: Mapped[str] = mapped_column(String(16), default="live")
    #: Of the newest revision, for lists.
    title: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    published_precision: Mapped[str | None] = mapped_column(String(8))
    published_from: Mapped[str | None] = mapped_column(String(16))
    updated_at: Mapped[datetime | None]
    language: Mapped[str | None] = mapped_column(String(16))
    site: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16), default="news")
    #: authors, wire, attribution, facts, captions, warnings, confidence: JSON of the newest revision.
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found_by: Mapped[str] = mapped_column(String(16))
    first_seen_at: Mapped[datetime]
    #: When we last saw it unchanged or changed.
    last_seen_at: Mapped[datetime]
    #: When the newest revision was first seen.
    last_changed_at: Mapped[datetime]
    #: The next recheck; None when it has decayed for good.
    next_check_at: Mapped[datetime | None]
    checks: Mapped[int] = mapped_column(default=0)
    #: Successive answers that say "gone", with the first one's time: withdrawn needs both.
    gone_count: Mapped[int] = mapped_column(default=0)
    gone_since: Mapped[datetime | None]
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id"), index=True)
    copy_kind: Mapped[str] = mapped_column(String(12))
    copy_score: Mapped[float] = mapped_column(default=1.0)
    copy_adds: Mapped[str | None] = mapped_column(Text)
    baseline: Mapped[bool] = mapped_column(default=False)
    #: What flapping, volatile parts and damping remember, JSON.
    memory: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AliasRow(Base):
    """Another URL of an article: redirects, moves, AMP twins, rel=canonical."""

    __tablename__ = "alias"

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    seen_at: Mapped[datetime]


class RevisionRow(Base):
    """One version of an article's content; immutable once written."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        Index("ix_revision_fingerprint", "fingerprint"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    number: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(16))
    seen_at: Mapped[datetime]
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("capture.id"), index=True)
    #: Packed signature for story search and verification; see storage/stories.py.
    signature: Mapped[bytes | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ChangeRow(Base):
    """What happened to an article, once per event."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_article", "article_id", "seen_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    change_class: Mapped[str] = mapped_column(String(12))
    score: Mapped[float] = mapped_column(Float)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))
    after_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    seen_at: Mapped[datetime] = mapped_column(index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)


class ShingleRow(Base):
    """The story index: sampled hashes of each article's newest revision."""

    __tablename__ = "shingle"
    __table_args__ = ({"sqlite_with_rowid": False},)

    #: Salted by kind (sentence, character winnow, facts); signed 64 bit.
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)


class MatchRow(Base):
    """A theme that holds for a revision."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("revision_id", "watchlist", "theme"),
        Index("ix_match_theme", "watchlist", "theme"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    watchlist: Mapped[str] = mapped_column(String(64))
    theme: Mapped[str] = mapped_column(String(64))
    score: Mapped[float]
    spans: Mapped[list[Any]] = mapped_column(default=list)


class AlertRow(Base):
    """What one watchlist must be told, once: `dedupe_key` is the promise."""

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_story", "watchlist", "story_id"),
        Index("ix_alert_article", "article_id"),
    )

    #: UUID.
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    watchlist: Mapped[str] = mapped_column(String(64))
    themes: Mapped[list[Any]] = mapped_column(default=list)
    kind: Mapped[str] = mapped_column(String(12))
    priority: Mapped[str] = mapped_column(String(8), default="normal")
    destination: Mapped[str] = mapped_column(String(64))
    story_id: Mapped[int | None] = mapped_column(ForeignKey("story.id"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))
    change_id: Mapped[int | None] = mapped_column(ForeignKey("change.id"))
    revision: Mapped[int | None]
    created_at: Mapped[datetime]


class OutboxRecord(Base):
    """One message on its way out; rows are never deleted while they are the memory of a send."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("alert_id", "op"),
        Index("ix_outbox_due", "state", "next_at"),
        Index("ix_outbox_parent", "parent_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"))
    op: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default="pending")
    destination: Mapped[str] = mapped_column(String(64))
    priority: Mapped[str] = mapped_column(String(8), default="normal")
    story_id: Mapped[int | None] = mapped_column(index=True)
    revision: Mapped[int | None]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    #: The digest this row was folded into.
    folded_into: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    uncertain: Mapped[bool] = mapped_column(default=False)
    first_attempt_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    channel: Mapped[str | None] = mapped_column(String(200))
    message_id: Mapped[str | None] = mapped_column(String(200))
    error_class: Mapped[str | None] = mapped_column(String(24))
    error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    reconciled: Mapped[bool] = mapped_column(default=False)


class MuteRow(Base):
    """Silence for one theme, source or story, ordered while the service runs."""

    __tablename__ = "mute"
    __table_args__ = (UniqueConstraint("watchlist", "what", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Empty means all.
    watchlist: Mapped[str] = mapped_column(String(64), default="")
    what: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime | None]
    created_at: Mapped[datetime]
