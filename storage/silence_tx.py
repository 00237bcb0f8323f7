"""What a silence does to messages that wait already: kept back when ordered, let go when lifted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from storage.alert_tx import WAITING
from storage.models import AlertRow, ArticleRow, OutboxRecord
from storage.mutes import MUTED, Mute, why_muted
from storage.outbox_tx import OutboxPart
from storage.types import OutboxOp, OutboxState

_MARK = OutboxRecord.payload["held"].as_string()


class SilencePart(OutboxPart):
    """Silence for what is queued."""

    def keep_back(self, mutes: Collection[Mute], *, now: datetime) -> int:
        """Mark what waits and *mutes* silence, as if decided after them; return how many.

        What is due is held at once, what waits for its hour when that comes. What may be out
        already is not touched (it is asked for first), nor an update of a message that is out,
        which rings nowhere.
        """
        rows = self._db.execute(
            select(
                OutboxRecord.id,
                OutboxRecord.payload,
                OutboxRecord.next_at,
                AlertRow.watchlist,
                AlertRow.themes,
                AlertRow.story_id,
                ArticleRow.source_id,
            )
            .join(AlertRow, AlertRow.id == OutboxRecord.alert_id)
            .outerjoin(ArticleRow, ArticleRow.id == AlertRow.article_id)
            .where(
                OutboxRecord.state.in_(WAITING),
                OutboxRecord.uncertain.is_(False),
                OutboxRecord.op != OutboxOp.UPDATE,
                _MARK.is_(None),
            )
            .with_for_update(of=OutboxRecord)
        ).all()
        kept = 0
        for row in rows:
            why = why_muted(
                mutes,
                watchlist=row.watchlist,
                themes=row.themes,
                source=row.source_id,
                story_id=row.story_id,
                now=now,
            )
            if why is None:
                continue
            # What may ring need not wait behind it: see alerts/case.py, `draft`.
            payload = {**row.payload, "held": why, "parked": True}
            self._set(OutboxRecord.id == row.id, payload=payload)
            if row.next_at <= now:
                self.hold(row.id, reason=why, error_class=MUTED)
            kept += 1
        return kept

    def release_muted(self, mute: Mute, *, now: datetime) -> int:
        """Let go what *mute* keeps back, or would once its turn comes; return how many.

        What waits for a digest goes on waiting for it.
        """
        rows = self._db.execute(
            select(
                OutboxRecord.id,
                OutboxRecord.state,
                func.coalesce(_MARK, OutboxRecord.error).label("said"),
                AlertRow.watchlist,
            )
            .join(AlertRow, AlertRow.id == OutboxRecord.alert_id)
            .where(
                or_(
                    and_(OutboxRecord.state == OutboxState.HELD, OutboxRecord.error_class == MUTED),
                    and_(OutboxRecord.state.in_(WAITING), _MARK.is_not(None)),
                )
            )
        )
        found = [row for row in rows if mute.kept(row.said, row.watchlist)]
        waiting = [row.id for row in found if row.state == OutboxState.PENDING]
        held = [row.id for row in found if row.state == OutboxState.HELD]
        self._unmark(OutboxRecord.id.in_(waiting))
        return len(waiting) + self.release_held(ids=held, now=now)
