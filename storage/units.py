"""A unit of backfill as a value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One piece of history, as planned and as it stands."""

    source_id: str
    way: str
    key: str
    begins_at: datetime
    ends_at: datetime
    place: int = 0
    expected: int | None = None
    #: 0 before it is stored.
    id: int = 0
    state: str = "pending"
    cursor: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None
    attempts: int = 0
    updated_at: datetime | None = None
