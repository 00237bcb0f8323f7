"""Messages whose parent will never be sent: they go on as messages of their own."""

from __future__ import annotations

from sqlalchemy import Connection, Select, case, select, update
from sqlalchemy.orm import aliased

from storage.models import OutboxRecord
from storage.types import OutboxOp, OutboxState

_WAITING = (OutboxState.PENDING, OutboxState.CHECK, OutboxState.HELD)


def adopt_orphans(db: Connection) -> None:
    """Give every waiting child of a dead or folded message another place to go.

    A dead parent: its newest update, which says all there is to say, becomes the post, and the
    other children hang on that. A parent told by a digest: a reply goes below the digest, and an
    update is told by it too.
    """
    rows = db.execute(_ORPHANS).all()
    heirs: dict[int, int] = {}
    for child_id, op, parent_id, state, digest_id in rows:
        child = update(OutboxRecord).where(OutboxRecord.id == child_id)
        if state == OutboxState.FOLDED and digest_id is not None:
            if op == OutboxOp.UPDATE:
                folded = {"state": OutboxState.FOLDED.value, "folded_into": digest_id}
                db.execute(child.values(**folded))
            else:
                db.execute(child.values(parent_id=digest_id))
        elif parent_id not in heirs:
            heirs[parent_id] = child_id
            db.execute(child.values(op=OutboxOp.POST.value, parent_id=None))
        else:
            db.execute(child.values(parent_id=heirs[parent_id]))


def _orphans() -> Select[int, str, int, str, int | None]:
    parent = aliased(OutboxRecord)
    return (
        select(OutboxRecord.id, OutboxRecord.op, parent.id, parent.state, parent.folded_into)
        .join(parent, parent.id == OutboxRecord.parent_id)
        .where(OutboxRecord.state.in_(_WAITING))
        .where(parent.state.in_([OutboxState.DEAD, OutboxState.FOLDED]))
        # Updates first, the newest of them before the others; then in order of writing.
        .order_by(
            parent.id,
            case((OutboxRecord.op == OutboxOp.UPDATE, 0), else_=1),
            case((OutboxRecord.op == OutboxOp.UPDATE, -OutboxRecord.id), else_=OutboxRecord.id),
        )
    )


#: Asked before every claim: built once.
_ORPHANS = _orphans()
