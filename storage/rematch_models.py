"""Table of the rematch: how far matches are up to date with the watchlists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Id


class RematchRow(Base):
    """The last rematch; one row, for the stored matches are those of one set of themes."""

    __tablename__ = "rematch"

    #: A digest of the themes it is about.
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: The last revision done.
    cursor: Mapped[int] = mapped_column(Id, default=0)
    #: added, removed, changed, revisions.
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
