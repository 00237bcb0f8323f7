"""The questions the outbox is asked again and again, put together once.

SQLAlchemy takes ten times as long to build these as SQLite to answer them: 20 of the 22 ms of
processor time for each alert delivered, before this module.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select, update
from sqlalchemy.orm import aliased

from storage.models import AlertRow, OutboxRecord, UtcDateTime
from storage.types import OutboxState

#: A row waits for the earlier ones of its thread in these states.
UNSETTLED = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.CHECK, OutboxState.HELD)

_PRIORITY = {"high": 0, "urgent": 0, "low": 2, "digest": 2}


#: What an OutboxRow takes from its own row.
_OWN = (
    *("id", "alert_id", "op", "state", "destination", "priority", "payload", "story_id"),
    *("revision", "created_at", "next_at", "attempts", "uncertain", "first_attempt_at"),
    *("channel", "message_id", "parent_id", "error_class", "error", "sent_at", "reconciled"),
)


def _priority() -> ColumnElement[int]:
    return case(_PRIORITY, value=OutboxRecord.priority, else_=1)


def _due(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Rows whose time has come, and those whose sender died."""
    resting = (OutboxState.PENDING, OutboxState.CHECK, OutboxState.HELD)
    return or_(
        and_(OutboxRecord.state.in_(resting), OutboxRecord.next_at <= now),
        and_(OutboxRecord.state == OutboxState.SENDING, OutboxRecord.lease_until < now),
    )


def _in_order() -> ColumnElement[bool]:
    """Rows that wait for nobody: no parent, or a sent one and no earlier sibling on its way."""
    parent, sibling = aliased(OutboxRecord), aliased(OutboxRecord)
    sent = select(parent.id).where(
        parent.id == OutboxRecord.parent_id, parent.state == OutboxState.SENT
    )
    earlier = select(sibling.id).where(
        sibling.parent_id == OutboxRecord.parent_id,
        sibling.id < OutboxRecord.id,
        sibling.state.in_(UNSETTLED),
    )
    return or_(OutboxRecord.parent_id.is_(None), and_(sent.exists(), ~earlier.exists()))


def _free(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Rows whose destination has no other row on its way."""
    other = aliased(OutboxRecord)
    on_its_way = select(other.id).where(
        other.destination == OutboxRecord.destination,
        other.state == OutboxState.SENDING,
        other.lease_until >= now,
    )
    return ~on_its_way.exists()


def _selected() -> Select[Any]:
    parent = aliased(OutboxRecord)
    return (
        select(OutboxRecord, AlertRow)
        .join(AlertRow, AlertRow.id == OutboxRecord.alert_id)
        .join(parent, parent.id == OutboxRecord.parent_id, isouter=True)
        .with_only_columns(
            *(getattr(OutboxRecord, name) for name in _OWN),
            AlertRow.dedupe_key,
            AlertRow.watchlist,
            AlertRow.kind,
            parent.state.label("parent_state"),
            parent.channel.label("parent_channel"),
            parent.message_id.label("parent_message_id"),
        )
    )


_at = bindparam("now", type_=UtcDateTime())
ROWS = (
    _selected()
    .where(OutboxRecord.id.in_(bindparam("ids", expanding=True)))
    .order_by(OutboxRecord.id)
)
WAITED_FOR = select(OutboxRecord.destination).where(_due(_at), _in_order()).distinct()
NEXT = (
    select(OutboxRecord.id)
    .where(OutboxRecord.destination == bindparam("destination"), _due(_at), _in_order(), _free(_at))
    .order_by(_priority(), OutboxRecord.next_at, OutboxRecord.id)
    .limit(bindparam("limit"))
)
#: One row, if its turn is still now: what `NEXT` found a moment ago may have been overtaken.
TURN = _selected().where(OutboxRecord.id == bindparam("row"), _due(_at), _in_order(), _free(_at))
CLAIM = (
    update(OutboxRecord)
    .where(OutboxRecord.id == bindparam("row"))
    .values(
        state=OutboxState.SENDING.value,
        uncertain=True,
        attempts=OutboxRecord.attempts + 1,
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until", type_=UtcDateTime()),
        first_attempt_at=func.coalesce(OutboxRecord.first_attempt_at, _at),
    )
)
