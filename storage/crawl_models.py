"""Tables of the crawl: sources, validators, refusals, runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Id


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


class SiteLinesRow(Base):
    """Lines that recur over a source's pages: up to 200 KB, which no poll without news reads."""

    __tablename__ = "site_lines"

    source_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: As spiders/learned.py writes it.
    learned: Mapped[dict[str, Any]] = mapped_column(default=dict)


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


class RefusalRow(Base):
    """A page that was fetched and not stored as an article, and why."""

    __tablename__ = "refusal"

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    source_id: Mapped[str] = mapped_column(String(64), index=True)
    reason: Mapped[str] = mapped_column(Text)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=1)
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("capture.id"), index=True)


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
