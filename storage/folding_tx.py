"""What the dispatcher asks of the outbox beside claiming: what waits for a digest, what went out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from storage.alert_tx import WAITING
from storage.models import AlertRow, OutboxRecord
from storage.outbox_queries import UNSETTLED
from storage.part import Part
from storage.silence_tx import SilencePart
from storage.types import RATE_CAP, AlertKind, OutboxOp, OutboxRow, OutboxState


class FoldReadPart(Part):
    """What waits and what went, for the dispatcher."""

    def has_foldable(self, destination: str, *, now: datetime) -> bool:
        """Return True when a digest of *destination* is due."""
        found = select(OutboxRecord.id).where(*_foldable(destination, now)).limit(1)
        return self._db.scalar(found) is not None

    def sent_times(self, destination: str, *, since: datetime) -> tuple[datetime, ...]:
        """Return when messages went to *destination*, edits and digests left out, oldest first."""
        found = self._db.scalars(
            select(OutboxRecord.sent_at)
            .join(AlertRow, AlertRow.id == OutboxRecord.alert_id)
            .where(
                OutboxRecord.destination == destination,
                OutboxRecord.state == OutboxState.SENT,
                OutboxRecord.op != OutboxOp.UPDATE,
                AlertRow.kind.not_in([AlertKind.DIGEST, AlertKind.OPERATOR]),
                OutboxRecord.sent_at > since,
            )
            .order_by(OutboxRecord.sent_at)
        )
        return tuple(at for at in found if at is not None)

    def strays(self, destinations: Collection[str]) -> dict[str, int]:
        """Return how many unsettled rows wait for a destination that is not among these."""
        rows = self._db.execute(
            select(OutboxRecord.destination, func.count())
            .where(OutboxRecord.state.in_(UNSETTLED))
            .where(OutboxRecord.destination.not_in(destinations))
            .group_by(OutboxRecord.destination)
        )
        return {row[0]: row[1] for row in rows}


class FoldingPart(SilencePart):
    """Rows that may be told together, and rows that need not be told at all."""

    def foldable(
        self, destination: str, *, now: datetime, limit: int = 5000
    ) -> tuple[OutboxRow, ...]:
        """Return the rows of *destination* due in a digest and certainly not out, oldest first.

        They name their digest in `payload["fold"]`, or were kept back by the rate cap, or reply to
        one that was. Order within a story is not asked for: a digest tells them together. Updates
        are left out: they ride on their parents.
        """
        ids = self._db.scalars(
            select(OutboxRecord.id)
            .where(*_foldable(destination, now))
            .order_by(OutboxRecord.id)
            .limit(limit)
        ).all()
        return self.outbox_rows(ids)

    def newest_updates(self, parents: Collection[int]) -> dict[int, dict[str, Any]]:
        """Return, for each of *parents* that has a waiting update, the newest one's payload."""
        rows = self._db.execute(
            select(OutboxRecord.parent_id, OutboxRecord.payload)
            .where(
                OutboxRecord.parent_id.in_(parents),
                OutboxRecord.op == OutboxOp.UPDATE,
                OutboxRecord.state.in_(WAITING),
            )
            .order_by(OutboxRecord.id)
        )
        return {parent: payload for parent, payload in rows if parent is not None}

    def pass_over(self, outbox_id: int, *, error_class: str, error: str) -> bool:
        """Note that a row needs no message: its content is told by its parent or by a sibling."""
        return self._set(
            (OutboxRecord.id == outbox_id) & OutboxRecord.state.in_(UNSETTLED),
            state=OutboxState.FOLDED.value,
            folded_into=OutboxRecord.parent_id,
            uncertain=False,
            error_class=error_class,
            error=error,
            lease_owner=None,
            lease_until=None,
        )


def _foldable(destination: str, now: datetime) -> list[ColumnElement[bool]]:
    parent = aliased(OutboxRecord)
    behind = select(parent.id).where(
        parent.id == OutboxRecord.parent_id,
        parent.state == OutboxState.PENDING,
        parent.error_class == RATE_CAP,
        parent.next_at <= now,
    )
    return [
        OutboxRecord.destination == destination,
        OutboxRecord.state == OutboxState.PENDING,
        OutboxRecord.uncertain.is_(False),
        OutboxRecord.op != OutboxOp.UPDATE,
        OutboxRecord.next_at <= now,
        or_(
            OutboxRecord.payload["fold"].as_string().is_not(None),
            OutboxRecord.error_class == RATE_CAP,
            # A reply to what the digest tells is told by it too.
            and_(OutboxRecord.op == OutboxOp.REPLY, behind.exists()),
        ),
        # What is muted is for no digest either, until a person lets it go.
        OutboxRecord.payload["held"].as_string().is_(None),
    ]
