"""Tables of the backfill: its units of work, and the turns that all its workers share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Id


class BackfillUnitRow(Base):
    """One piece of history to bring in: a month, a day, a file, a section."""

    __tablename__ = "backfill_unit"
    __table_args__ = (
        UniqueConstraint("source_id", "way", "key"),
        Index("ix_backfill_unit_next", "state", "source_id", "place"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source_id: Mapped[str] = mapped_column(String(64))
    #: archive, sitemap, section, wordpress, feed, wayback, commoncrawl.
    way: Mapped[str] = mapped_column(String(16))
    #: What of it: "2021-03", "2021-03-05", a URL.
    key: Mapped[str] = mapped_column(Text)
    #: Lower comes first: the better way, then the newer history.
    place: Mapped[int] = mapped_column(default=0)
    #: Publication times wanted of it: begin included, end excluded.
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: pending, leased, done, failed, cancelled.
    state: Mapped[str] = mapped_column(String(12), default="pending")
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    #: Where to go on, JSON; what it means is the way's business.
    cursor: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Articles expected, where something told.
    expected: Mapped[int | None]
    #: Why it failed.
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ThrottleRow(Base):
    """When the next request to a shared service may be made, whoever makes it."""

    __tablename__ = "throttle"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    next_at: Mapped[datetime]
