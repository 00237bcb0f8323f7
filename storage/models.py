"""SQLAlchemy tables. Unique constraints carry the promises (DESIGN 6); the code only explains them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, naive UTC in the database. SQLite has no time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return *value* as naive UTC.

        Raises:
            ValueError: *value* is naive.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return *value* as aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


#: SQLite gives an INTEGER PRIMARY KEY its rowid only when the type is exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Every constraint is named, so that a migration can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


class SourceRow(Base):
    """What we know of a source beyond its configuration: schedule, lease, health."""

    __tablename__ = "source"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    interval_s: Mapped[float] = mapped_column(default=1800.0)
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    last_started_at: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    #: When a pass last brought a new article.
    last_new_at: Mapped[datetime | None]
    #: The end of the first good pass: what it brought is the baseline and does not ring.
    baseline_at: Mapped[datetime | None]
    failures: Mapped[float] = mapped_column(default=0.0)
    last_error: Mapped[str | None] = mapped_column(Text)
    #: healthy, quiet, degraded, failing.
    health: Mapped[str] = mapped_column(String(16), default="healthy")
    health_reason: Mapped[str | None] = mapped_column(Text)
    health_since: Mapped[datetime | None]
    #: Free working memory of schedule and health, JSON.
    memory: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ValidatorRow(Base):
    """Conditional GET: what a URL's last good, stored answer let us ask next time."""

    __tablename__ = "validator"

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    source_id: Mapped[str] = mapped_column(String(64), index=True)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    body_hash: Mapped[str | None] = mapped_column(String(64))
    checked_at: Mapped[datetime]
    #: When the body was last fetched in full, because some servers lie with 304.
    full_at: Mapped[datetime]


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
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    url: Mapped[str] = mapped_column(Text, index=True)
    final_url: Mapped[str] = mapped_column(Text)
    redirects: Mapped[list[Any]] = mapped_column(default=list)
    status: Mapped[int]
    headers: Mapped[list[Any]] = mapped_column(default=list)
    body_hash: Mapped[str | None] = mapped_column(ForeignKey("blob.hash"))
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
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("capture.id"))
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
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


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


class RefusalRow(Base):
    """A page that was fetched and not stored as an article, and why."""

    __tablename__ = "refusal"

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    source_id: Mapped[str] = mapped_column(String(64), index=True)
    reason: Mapped[str] = mapped_column(Text)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=1)
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("capture.id"))


class RunRow(Base):
    """One crawl of some sources, with its counts and outcome."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: crawl, service, backfill, import, demo.
    trigger: Mapped[str] = mapped_column(String(12))
    sources: Mapped[list[Any]] = mapped_column(default=list)
    pid: Mapped[int | None]
    config_hash: Mapped[str | None] = mapped_column(String(64))
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    #: finished, failed, interrupted, killed, abandoned; None while it runs.
    outcome: Mapped[str | None] = mapped_column(String(16))
    #: {source: {found, fetched, unchanged, new, revised, refused, errors, ...}}.
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str | None] = mapped_column(Text)
