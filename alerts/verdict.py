"""Decides what becomes of one claimed row. Pure: the lane (alerts/lane.py) carries it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.digest import cap_slot
from alerts.errors import (
    DeliveryError,
    NotSent,
    ParentGone,
    PermanentAlert,
    PermanentChannel,
    PermanentToken,
    Uncertain,
)
from alerts.limits import Window, backoff
from alerts.operator import redacted
from alerts.senders import OnUncertain
from storage.mutes import MUTED
from storage.types import RATE_CAP, AlertKind, OutboxOp, OutboxRow

#: error_class values that remember, across restarts, how far a row has come.
ABSENT = "absent_once"
REFUSED = "content_refused"
UNKNOWN = "fate_unknown"
FOLD = "fold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Times and limits of delivery; the defaults are those of docs/design.md, "Delivery"."""

    #: A claim lasts longer than a search (25 s) and a request (20 s) together.
    lease: timedelta = timedelta(seconds=60)
    #: A message shows in Slack's history some seconds after it was taken.
    settle: timedelta = timedelta(seconds=5)
    #: A message of unknown fate at a destination that cannot be asked is kept back this long.
    doubt: timedelta = timedelta(minutes=15)
    #: Given up after this many tries, and not before this age: an outage of a night loses nothing.
    attempts_max: int = 12
    age_max: timedelta = timedelta(hours=24)
    #: Failures in a row after which the lane rests, whatever rows wait.
    strikes: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Postpone:
    """Try again after `wait`; `doubt` when the message may be out after all."""

    wait: timedelta
    code: str
    reason: str
    doubt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Keep back; `wait` None until a person releases it."""

    wait: timedelta | None
    code: str
    reason: str
    doubt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bury:
    """Give up; a person decides."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOver:
    """Needs no message."""

    code: str
    reason: str


Action = Postpone | Hold | Bury | PassOver

NOW = timedelta()


def on_absent(row: OutboxRow, policy: Policy) -> Action | None:
    """Return what to do with a row the destination does not show; None: it must be sent.

    It takes two looks, `settle` apart: a store may show a message some seconds after taking it.
    """
    if row.error_class == ABSENT:
        return None
    return Postpone(
        wait=policy.settle, code=ABSENT, reason="not found; looking once more", doubt=True
    )


def on_unknowable(
    row: OutboxRow, choice: OnUncertain, reason: str, policy: Policy
) -> Action | None:
    """Return what to do with a row nobody can say anything about; None: send it, marked."""
    if choice is not OnUncertain.HOLD or row.error_class == UNKNOWN:
        return None
    return Hold(wait=policy.doubt, code=UNKNOWN, reason=reason, doubt=True)


def before_sending(row: OutboxRow, *, lately: Callable[[], Window], now: datetime) -> Action | None:
    """Return why a row, certainly not out, is not sent alone and now; None: it is."""
    payload = row.payload
    if payload.get("held"):
        return Hold(wait=None, code=MUTED, reason=str(payload["held"]), doubt=False)
    if payload.get("fold") and row.kind is not AlertKind.DIGEST:
        # It came due after this pass folded: back, to be folded by the next.
        return Postpone(wait=NOW, code=FOLD, reason="waits for its digest", doubt=False)
    cap = payload.get("cap")
    if not cap or row.op is OutboxOp.UPDATE or row.priority == "high":
        return None
    if replace(lately(), limit=int(cap)).allows(now):
        return None
    reason = f"this channel had its {cap} messages of the hour"
    return Postpone(wait=cap_slot(now) - now, code=RATE_CAP, reason=reason, doubt=False)


def on_failure(
    row: OutboxRow,
    error: DeliveryError,
    *,
    policy: Policy,
    now: datetime,
    jitter: Callable[[], float],
    probe_at: datetime | None,
) -> Action:
    """Return what to do with a row after *error*; *probe_at* is when its channel is tried again.

    A definite refusal says nothing about an earlier, lost try: a row that was in doubt stays so,
    unless it was looked for and is certainly absent (then the caller cleared `uncertain`).
    """
    reason = redacted(str(error))
    match error:
        case PermanentChannel():
            wait = (probe_at or now) - now
            return Hold(wait=wait, code=error.code, reason=reason, doubt=row.uncertain)
        case PermanentAlert() if row.error_class == REFUSED:
            return Bury(code=error.code, reason=reason)
        case PermanentAlert():
            return Postpone(wait=NOW, code=REFUSED, reason=reason, doubt=row.uncertain)
        case ParentGone():
            return PassOver(code=error.code, reason="the message to change is gone")
    if _is_spent(row, error, policy, now):
        return Bury(code=error.code, reason=reason)
    doubt = row.uncertain or isinstance(error, Uncertain)
    floor = 0.0
    if isinstance(error, NotSent):
        floor = error.retry_after or 0.0
    elif doubt:
        floor = policy.settle.total_seconds()
    wait = backoff(row.attempts, jitter=jitter, floor=floor)
    return Postpone(wait=wait, code=error.code, reason=reason, doubt=doubt)


def _is_spent(row: OutboxRow, error: DeliveryError, policy: Policy, now: datetime) -> bool:
    # Refused credentials say nothing about the message: it waits as long as they do.
    if isinstance(error, PermanentToken):
        return False
    old = now - row.created_at > policy.age_max
    return old and row.attempts >= policy.attempts_max
