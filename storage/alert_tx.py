"""Matches and alerts: what a watchlist must be told, written beside what it is about."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update

from storage.clean import clean, clean_json
from storage.models import AlertRow, MatchRow, OutboxRecord, RevisionRow
from storage.mute_tx import MutePart
from storage.types import AlertDraft, AlertKind, Match, OutboxOp, OutboxState, Recorded, Told

#: Outbox states in which a message has not been sent and may still change.
WAITING = (OutboxState.PENDING, OutboxState.HELD)


class AlertPart(MutePart):
    """Matches, what was told, and the queue's entrance."""

    def add_matches(self, recorded: Recorded, matches: Sequence[Match]) -> tuple[Match, ...]:
        """Store what holds for the newest revision *recorded* speaks of.

        Returns:
            The matches whose (watchlist, theme) never held for this article before.
        """
        if recorded.article_id is None or recorded.change is None or not matches:
            return ()
        revision_id = self._db.scalar(
            select(RevisionRow.id).where(
                RevisionRow.article_id == recorded.article_id,
                RevisionRow.number == recorded.change.after.number,
            )
        )
        held = self._db.execute(
            select(MatchRow.watchlist, MatchRow.theme).where(
                MatchRow.article_id == recorded.article_id
            )
        )
        before = {(watchlist, theme) for watchlist, theme in held}
        for match in matches:
            spans = [[span.field, span.start, span.end, clean(span.term)] for span in match.spans]
            values = {
                "revision_id": revision_id,
                "article_id": recorded.article_id,
                "watchlist": match.watchlist,
                "theme": match.theme,
                "score": match.score,
                "spans": spans,
            }
            self._insert_new(MatchRow, values)
        return tuple(match for match in matches if (match.watchlist, match.theme) not in before)

    def told(self, watchlist: str, story_id: int) -> Told | None:
        """Return the STORY message *watchlist* has, or will have, for a story; None for none.

        Its payload is the newest: that of its latest update, where there is one.

        A dead or dropped one counts too: its reply becomes a message of its own when its turn
        comes, and nothing is told twice.
        """
        row = self._db.execute(
            select(AlertRow, OutboxRecord)
            .join(OutboxRecord, OutboxRecord.alert_id == AlertRow.id)
            .where(
                AlertRow.watchlist == watchlist,
                AlertRow.story_id == story_id,
                AlertRow.kind == AlertKind.STORY,
            )
            .order_by(OutboxRecord.id)
            .limit(1)
            .with_only_columns(
                AlertRow.dedupe_key,
                OutboxRecord.id.label("outbox_id"),
                OutboxRecord.state,
                AlertRow.revision,
                AlertRow.article_id,
                OutboxRecord.channel,
                OutboxRecord.message_id,
                AlertRow.themes,
                AlertRow.created_at,
                OutboxRecord.payload,
            )
        ).first()
        if row is None:
            return None
        fields = dict(row._mapping)
        state, themes = OutboxState(fields.pop("state")), tuple(fields.pop("themes"))
        newest = self._newest_story_payload(watchlist, story_id)
        return Told(
            state=state, themes=themes, **{**fields, "payload": newest or fields["payload"]}
        )

    def _newest_story_payload(self, watchlist: str, story_id: int) -> dict[str, Any] | None:
        """What the message shows, or will: its newest update's words, which repeat all before."""
        return self._db.scalar(
            select(OutboxRecord.payload)
            .join(AlertRow, AlertRow.id == OutboxRecord.alert_id)
            .where(
                AlertRow.watchlist == watchlist,
                AlertRow.story_id == story_id,
                AlertRow.kind == AlertKind.STORY,
            )
            .order_by(OutboxRecord.id.desc())
            .limit(1)
        )

    def enqueue(self, draft: AlertDraft, *, now: datetime) -> bool:
        """Queue one message, once for ever.

        The newest update of a message wins: an older one that still waits is folded into it; one
        that comes late is stored as folded and does not go out.

        Returns:
            False when it will not go out: its `dedupe_key` was there, or a newer update is.
        """
        alert_id = self._add_alert(draft, now)
        if alert_id is None:
            return False
        parent_id = None if draft.parent_key is None else self.outbox_of(draft.parent_key)
        outbox_id = self._add_outbox(alert_id, draft, parent_id, now)
        if draft.op is not OutboxOp.UPDATE or parent_id is None:
            return True
        return self._supersede(outbox_id, draft, parent_id)

    def outbox_of(self, dedupe_key: str) -> int | None:
        """Return the outbox row of the alert with *dedupe_key*."""
        return self._db.scalar(
            select(OutboxRecord.id)
            .join(AlertRow, AlertRow.id == OutboxRecord.alert_id)
            .where(AlertRow.dedupe_key == dedupe_key)
            .order_by(OutboxRecord.id)
            .limit(1)
        )

    def _add_alert(self, draft: AlertDraft, now: datetime) -> str | None:
        alert_id = str(uuid.uuid4())
        values = {
            "id": alert_id,
            "dedupe_key": draft.dedupe_key,
            "watchlist": draft.watchlist,
            "themes": list(draft.themes),
            "kind": draft.kind.value,
            "priority": draft.priority,
            "destination": draft.destination,
            "story_id": draft.story_id,
            "article_id": draft.article_id,
            "change_id": draft.change_id,
            "revision": draft.revision,
            "created_at": now,
        }
        return alert_id if self._insert_new(AlertRow, values) else None

    def _add_outbox(
        self, alert_id: str, draft: AlertDraft, parent_id: int | None, now: datetime
    ) -> int:
        values: dict[str, Any] = {
            "alert_id": alert_id,
            "op": draft.op.value,
            "state": OutboxState.PENDING.value,
            "destination": draft.destination,
            "priority": draft.priority,
            "story_id": draft.story_id,
            "revision": draft.revision,
            "payload": clean_json(draft.payload),
            "parent_id": parent_id,
            "created_at": now,
            "next_at": draft.due_at or now,
        }
        return self._insert(OutboxRecord, values)

    def _supersede(self, outbox_id: int, draft: AlertDraft, parent_id: int) -> bool:
        """Fold the older waiting updates of one message into this one, or this one into a newer."""
        number = draft.revision or 0
        others = and_(
            OutboxRecord.parent_id == parent_id,
            OutboxRecord.op == OutboxOp.UPDATE,
            OutboxRecord.id != outbox_id,
        )
        # Revision numbers order the versions of one article only; a copy's update, which speaks
        # of another article, is newer because it was decided later.
        same_article = OutboxRecord.alert_id.in_(
            select(AlertRow.id).where(AlertRow.article_id == draft.article_id)
        )
        newer = self._db.scalar(
            select(OutboxRecord.id)
            .where(others, same_article, OutboxRecord.revision > number)
            .where(OutboxRecord.state.not_in([OutboxState.DEAD, OutboxState.FOLDED]))
            .order_by(OutboxRecord.revision.desc())
            .limit(1)
        )
        told = {"state": OutboxState.FOLDED.value, "error_class": "superseded"}
        if newer is not None:
            late = update(OutboxRecord).where(OutboxRecord.id == outbox_id)
            self._db.execute(late.values(folded_into=newer, **told))
            return False
        waiting = or_(
            OutboxRecord.state.in_(WAITING),
            # Its outcome is unknown, and does not matter: the newer update overwrites it.
            OutboxRecord.state == OutboxState.CHECK,
        )
        self._db.execute(
            update(OutboxRecord).where(others, waiting).values(folded_into=outbox_id, **told)
        )
        return True
