"""Writes down what was decided about one claimed row, inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from alerts.verdict import Action, Bury, Hold, PassOver, Postpone
from storage.archive import Transaction
from storage.types import OutboxRow


def note(tx: Transaction, row: OutboxRow, action: Action, *, now: datetime) -> str:
    """Write *action* down and return the name it is counted under in a `Tally`."""
    match action:
        case Postpone():
            tx.postpone(
                row.id,
                next_at=now + action.wait,
                error_class=action.code,
                error=action.reason,
                uncertain=action.doubt,
            )
            return "postponed"
        case Hold():
            tx.hold(
                row.id,
                reason=action.reason,
                error_class=action.code,
                until=None if action.wait is None else now + action.wait,
                uncertain=action.doubt,
            )
            return "held"
        case Bury():
            tx.bury(row.id, error_class=action.code, error=action.reason, at=now)
            return "dead"
        case PassOver():
            tx.pass_over(row.id, error_class=action.code, error=action.reason)
            return "passed_over"
