"""The outbox as a state machine; see docs/design.md, "Delivery".

    pending -claim-> sending -ok-> sent          sending -not sent-> pending (later)
    sending -unknown, or lease expired-> check   check -claim-> sending (reconcile first)
    pending -muted, quiet, circuit open-> held   held -released, or its time comes-> pending
    pending, held -digest-> folded               any -given up-> dead

A claim is durable and marks the row uncertain *before* the request leaves: whatever dies after it,
the next claim says that a message may be out there already.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from storage.alert_tx import WAITING, AlertPart
from storage.clean import clean
from storage.failpoints import failpoint
from storage.models import OutboxRecord
from storage.orphans import adopt_orphans
from storage.outbox_queries import CLAIM, NEXT, ROWS, TURN, UNSETTLED, WAITED_FOR
from storage.part import OUTBOX_LOCK
from storage.types import AlertDraft, AlertKind, OutboxOp, OutboxRow, OutboxState

#: Held until somebody releases it.
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


class OutboxPart(AlertPart):
    """Claiming messages and noting what became of them."""

    def claim_outbox(
        self,
        owner: str,
        *,
        now: datetime,
        lease: timedelta,
        limit: int,
        destinations: Collection[str] | None = None,
    ) -> tuple[OutboxRow, ...]:
        """Claim what may go out now, at most one row a destination, and return it.

        A row's turn comes when its time has come, its parent has been sent, and no earlier row of
        its thread is still on its way. `OutboxRow.uncertain` says whether it was so *before* this
        claim: then the destination must be asked first. Commit before sending.
        """
        self._serialise(OUTBOX_LOCK)
        if destinations is None:
            adopt_orphans(self._db)
            destinations = self._db.scalars(WAITED_FOR, {"now": now}).all()
        rows: list[OutboxRow] = []
        for name in sorted(destinations):
            if len(rows) == limit:
                break
            for outbox_id in self.next_outbox(name, now=now, limit=1):
                row = self.claim_row(outbox_id, owner, now=now, lease=lease)
                rows += [] if row is None else [row]
        return tuple(sorted(rows, key=lambda row: row.id))

    def next_outbox(self, destination: str, *, now: datetime, limit: int) -> tuple[int, ...]:
        """Return what may go to *destination* now, in order, for `claim_row` to take one by one.

        To look once for many costs the same as for one: a backlog of 50,000 rows is sorted once.
        """
        self._serialise(OUTBOX_LOCK)
        adopt_orphans(self._db)
        wanted = {"now": now, "destination": destination, "limit": limit}
        return tuple(self._db.scalars(NEXT, wanted))

    def claim_row(
        self, outbox_id: int, owner: str, *, now: datetime, lease: timedelta
    ) -> OutboxRow | None:
        """Claim one row as `claim_outbox` does; None when its turn has not come, or is over."""
        self._serialise(OUTBOX_LOCK)
        found = self._db.execute(TURN, {"row": outbox_id, "now": now}).first()
        if found is None:
            return None
        claim = {"row": outbox_id, "owner": owner, "now": now, "until": now + lease}
        self._db.execute(CLAIM, claim)
        return _outbox_row(dict(found._mapping))

    def mark_sent(
        self,
        outbox_id: int,
        *,
        channel: str | None,
        message_id: str | None,
        at: datetime,
        reconciled: bool = False,
    ) -> bool:
        """Note that a message is out; *reconciled* when it was found rather than sent.

        Returns:
            False when it was noted before; the first note stays.
        """
        return self._set(
            and_(OutboxRecord.id == outbox_id, OutboxRecord.state != OutboxState.SENT),
            state=OutboxState.SENT.value,
            uncertain=False,
            channel=channel,
            message_id=message_id,
            sent_at=at,
            reconciled=reconciled,
            error_class=None,
            error=None,
            **_UNLEASED,
        )

    def postpone(
        self, outbox_id: int, *, next_at: datetime, error_class: str, error: str, uncertain: bool
    ) -> bool:
        """Try again at *next_at*; *uncertain* when the message may be out after all."""
        state = OutboxState.CHECK if uncertain else OutboxState.PENDING
        return self._set(
            and_(OutboxRecord.id == outbox_id, OutboxRecord.state == OutboxState.SENDING),
            state=state.value,
            next_at=next_at,
            uncertain=uncertain,
            **_why(error_class, error),
            **_UNLEASED,
        )

    def hold(
        self,
        outbox_id: int,
        *,
        reason: str,
        error_class: str,
        until: datetime | None = None,
        uncertain: bool | None = None,
    ) -> bool:
        """Keep a message back, until *until* or until somebody releases it; its turn is kept.

        A claim has marked it uncertain: a sender that never sent it says so by *uncertain*.
        """
        known = {} if uncertain is None else {"uncertain": uncertain}
        return self._set(
            and_(OutboxRecord.id == outbox_id, OutboxRecord.state.in_(UNSETTLED)),
            state=OutboxState.HELD.value,
            next_at=until or FOREVER,
            **known,
            **_why(error_class, reason),
            **_UNLEASED,
        )

    def release_held(
        self,
        destination: str | None = None,
        ids: Collection[int] | None = None,
        *,
        now: datetime,
    ) -> int:
        """Let go what is held, of one destination or by id; return how many."""
        wanted = [OutboxRecord.state == OutboxState.HELD]
        if destination is not None:
            wanted.append(OutboxRecord.destination == destination)
        if ids is not None:
            wanted.append(OutboxRecord.id.in_(ids))
        self._unmark(*wanted)
        free = update(OutboxRecord).where(*wanted)
        return self._db.execute(free.values(state=OutboxState.PENDING.value, next_at=now)).rowcount

    def _unmark(self, *wanted: ColumnElement[bool]) -> int:
        """Take the mark of a silence off rows that a person lets go; return how many."""
        marked = self._db.execute(
            select(OutboxRecord.id, OutboxRecord.payload).where(
                *wanted, OutboxRecord.payload["held"].as_string().is_not(None)
            )
        ).all()
        for outbox_id, payload in marked:
            self._set(OutboxRecord.id == outbox_id, payload={**payload, "held": None})
        return len(marked)

    def bury(self, outbox_id: int, *, error_class: str, error: str, at: datetime) -> bool:
        """Give a message up, with its reason; a person decides. What hangs on it goes on."""
        return self._set(
            and_(OutboxRecord.id == outbox_id, OutboxRecord.state.in_(UNSETTLED)),
            state=OutboxState.DEAD.value,
            next_at=at,
            **_why(error_class, error),
            **_UNLEASED,
        )

    def retry(self, ids: Collection[int], *, now: datetime) -> int:
        """Bring dead messages back as if never tried, but reconciled first; return how many."""
        dead = and_(OutboxRecord.id.in_(ids), OutboxRecord.state == OutboxState.DEAD)
        values = {"state": OutboxState.PENDING.value, "next_at": now, "attempts": 0}
        return self._db.execute(update(OutboxRecord).where(dead).values(**values)).rowcount

    def fold(self, ids: Collection[int], digest: AlertDraft, now: datetime) -> int:
        """Tell *ids* by one digest instead; return how many rows it stands for.

        Rows that are on their way, or may be, are left alone. No digest is queued for none.
        """
        waiting = and_(
            OutboxRecord.id.in_(ids),
            OutboxRecord.state.in_(WAITING),
            OutboxRecord.uncertain.is_(False),
        )
        found = self._db.scalars(select(OutboxRecord.id).where(waiting).with_for_update()).all()
        if not found or not self.enqueue(digest, now=now):
            return 0
        folded = update(OutboxRecord).where(OutboxRecord.id.in_(found))
        into = self.outbox_of(digest.dedupe_key)
        self._db.execute(folded.values(state=OutboxState.FOLDED.value, folded_into=into))
        failpoint("digest.folded")
        return len(found)

    def outbox_rows(self, ids: Sequence[int]) -> tuple[OutboxRow, ...]:
        """Return these rows, each with its parent's state, in order of id."""
        if not ids:
            return ()
        rows = self._db.execute(ROWS, {"ids": list(ids)})
        return tuple(_outbox_row(dict(row._mapping)) for row in rows)

    def _set(self, wanted: ColumnElement[bool], **values: Any) -> bool:
        return self._db.execute(update(OutboxRecord).where(wanted).values(**values)).rowcount > 0


_UNLEASED: dict[str, None] = {"lease_owner": None, "lease_until": None}


def _why(error_class: str, error: str) -> dict[str, str]:
    return {"error_class": clean(error_class)[:24], "error": clean(error)[:2000]}


def _outbox_row(fields: dict[str, Any]) -> OutboxRow:
    parent_state = fields.pop("parent_state")
    return OutboxRow(
        kind=AlertKind(fields.pop("kind")),
        op=OutboxOp(fields.pop("op")),
        state=OutboxState(fields.pop("state")),
        parent_state=None if parent_state is None else OutboxState(parent_state),
        **fields,
    )
