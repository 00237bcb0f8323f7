"""One destination's way out: a row at a time, in order, without ever delaying another destination."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts import digest, message
from alerts.clock import Timer
from alerts.errors import (
    CannotLook,
    DeliveryError,
    NotSent,
    ParentGone,
    PermanentAlert,
    PermanentChannel,
    PermanentToken,
    Scope,
    Uncertain,
)
from alerts.health import Accounts, Turn
from alerts.limits import Bucket, Circuit, Window, backoff
from alerts.message import render
from alerts.operator import redacted
from alerts.report import Tally
from alerts.senders import OnUncertain, Sender, Sent
from storage.archive import Archive
from storage.failpoints import failpoint
from storage.folding_tx import RATE_CAP
from storage.types import AlertKind, OutboxOp, OutboxRow

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)

#: error_class values that remember, across restarts, how far a row has come.
ABSENT = "absent_once"
REFUSED = "content_refused"
MUTED = "muted"
UNKNOWN = "fate_unknown"


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


class Lane:
    """Delivers to one destination. Used by one thread at a time."""

    def __init__(
        self,
        destination: str,
        sender: Sender,
        *,
        archive: Archive,
        owner: str,
        now: Callable[[], datetime],
        timer: Timer,
        jitter: Callable[[], float],
        accounts: Accounts,
        policy: Policy,
    ) -> None:
        self._name = destination
        self._sender = sender
        self._archive = archive
        self._owner = owner
        self._now = now
        self._timer = timer
        self._jitter = jitter
        self._accounts = accounts
        self._policy = policy
        self._circuit = Circuit()
        self._resting_until: datetime | None = None
        self._strikes = 0
        self._window: Window | None = None
        can = sender.capabilities
        self._bucket = (
            None
            if can.rate is None
            else Bucket.full(rate=can.rate, burst=can.burst, at=timer.ticks())
        )
        #: Circuits that opened or closed since the dispatcher last looked.
        self.turns: list[Turn] = []
        self._tally = Tally()

    def run(self, *, limit: int, until: float) -> Tally:
        """Deliver what is due, at most *limit* rows, until nothing is or `ticks` reaches *until*."""
        self._tally = Tally()
        for _ in range(limit):
            blocked = self._blocked()
            if blocked is not None:
                self._tally.problems.append(f"{self._name}: {blocked}")
                break
            if self._timer.stopped or self._timer.ticks() >= until:
                break
            self._fold()
            with self._archive.begin() as tx:
                rows = tx.claim_outbox(
                    self._owner,
                    now=self._now(),
                    lease=self._policy.lease,
                    limit=1,
                    destinations=[self._name],
                )
            if not rows:
                break
            failpoint("outbox.claimed")
            self._handle(rows[0])
        return self._tally

    def _blocked(self) -> str | None:
        now = self._now()
        if not self._circuit.allows(now):
            return f"the channel is closed to us ({self._circuit.code})"
        if self._resting_until is not None and now < self._resting_until:
            return f"resting after failures until {self._resting_until:%H:%M:%S} UTC"
        return self._accounts.blocked(self._sender.account, now)

    def _fold(self) -> None:
        """Turn rows whose digest is due into that digest, all in one transaction."""
        now = self._now()
        with self._archive.read() as reader:
            if not reader.has_foldable(self._name, now=now):
                return
        with self._archive.begin() as tx:
            for key, rows in digest.groups(tx.foldable(self._name, now=now)).items():
                newest = tx.newest_updates([row.id for row in rows])
                number = 1
                made = digest.draft(key, rows, newest=newest)
                while tx.outbox_of(made.dedupe_key) is not None:
                    number += 1
                    made = digest.draft(key, rows, newest=newest, number=number)
                folded = tx.fold([row.id for row in rows], made, now)
                self._tally.add("folded", folded)
                logger.info("folded %d alerts for %s into %s", folded, self._name, made.dedupe_key)

    def _handle(self, row: OutboxRow) -> None:
        """Send, find, fold, hold or give up one claimed row."""
        if row.op is OutboxOp.UPDATE and not self._sender.capabilities.updates:
            self._pass_over(row, "no_updates", "this destination cannot change a sent message")
            return
        try:
            # An update is the same however often it is sent.
            if row.uncertain and row.op is not OutboxOp.UPDATE and self._settled(row):
                return
            if self._deferred(row):
                return
            self._mark(row, self._send(row))
        except DeliveryError as error:
            self._failed(row, error)

    def _settled(self, row: OutboxRow) -> bool:
        """Decide a row of unknown fate; False when it is certain that it must be sent."""
        can = self._sender.capabilities
        if not can.lookup:
            if can.on_uncertain is not OnUncertain.HOLD or row.error_class == UNKNOWN:
                return False
            self._hold(row, UNKNOWN, "nobody can say whether it arrived", self._policy.doubt)
            return True
        try:
            self._pace()
            found = self._sender.find(row)
        except CannotLook as error:
            if row.error_class == UNKNOWN:
                return False
            self._hold(row, UNKNOWN, str(error), self._policy.doubt)
            return True
        if found is not None:
            failpoint("outbox.reconcile_found")
            self._mark(row, found, reconciled=True)
            return True
        if row.error_class == ABSENT:
            return False
        self._postpone(row, self._policy.settle, ABSENT, "not found; looking once more", doubt=True)
        return True

    def _deferred(self, row: OutboxRow) -> bool:
        """Keep back what must not go alone or not now; the row is certainly not out."""
        payload = row.payload
        if payload.get("held") and row.error_class != MUTED:
            self._hold(row, MUTED, str(payload["held"]), None)
            return True
        if payload.get("fold") and row.kind is not AlertKind.DIGEST:
            # It came due after this pass folded: back, to be folded by the next.
            self._postpone(row, timedelta(), "fold", "waits for its digest", doubt=False)
            return True
        cap = payload.get("cap")
        if not cap or row.op is OutboxOp.UPDATE or row.priority == "high":
            return False
        now = self._now()
        if replace(self._sent_lately(now), limit=int(cap)).allows(now):
            return False
        self._postpone(
            row,
            digest.cap_slot(now) - now,
            RATE_CAP,
            f"this channel had its {cap} messages of the hour",
            doubt=False,
        )
        return True

    def _sent_lately(self, now: datetime) -> Window:
        """What went out in the last hour, read once: a restart does not reset the cap."""
        if self._window is None:
            with self._archive.read() as reader:
                times = reader.sent_times(self._name, since=now - HOUR)
            self._window = Window(limit=0, span=HOUR, taken=times)
        return self._window

    def _send(self, row: OutboxRow) -> Sent:
        payload = dict(row.payload)
        if row.uncertain and not self._sender.capabilities.lookup:
            payload["repeat"] = True
        if row.op is OutboxOp.REPLY and not (
            self._sender.capabilities.threads and row.parent_message_id
        ):
            row = replace(row, op=OutboxOp.POST)
        # Refused once as it was: now short and plain, or not at all.
        made = message.reduced(payload) if row.error_class == REFUSED else render(payload)
        row = replace(row, payload=payload)
        self._pace()
        try:
            return self._sender.send(row, made)
        except ParentGone as error:
            if row.op is not OutboxOp.REPLY:
                raise
            logger.info("%s: %s; alert %s goes alone", self._name, error, row.alert_id)
            self._pace()
            return self._sender.send(replace(row, op=OutboxOp.POST), made)

    def _pace(self) -> None:
        if self._bucket is None:
            return
        self._bucket, wait = self._bucket.take(self._timer.ticks())
        if wait > 0:
            self._timer.wait(wait)

    def _mark(self, row: OutboxRow, sent: Sent, *, reconciled: bool = False) -> None:
        failpoint("outbox.response_ok")
        now = self._now()
        with self._archive.begin() as tx:
            tx.mark_sent(
                row.id,
                channel=sent.channel,
                message_id=sent.message_id,
                at=now,
                reconciled=reconciled,
            )
        failpoint("outbox.marked")
        self._tally.add("sent")
        self._tally.add("reconciled", int(reconciled))
        if self._window is not None and row.op is not OutboxOp.UPDATE:
            self._window = self._window.took(now)
        self._strikes, self._resting_until = 0, None
        if self._circuit.opened_at is not None:
            self.turns.append(self._turn(self._circuit, opened=False))
        self._circuit = self._circuit.worked()
        turn = self._accounts.worked(self._sender.account, self._name)
        if turn is not None:
            self.turns.append(turn)

    def _failed(self, row: OutboxRow, error: DeliveryError) -> None:
        """Act on an error as its class asks."""
        now = self._now()
        detail = redacted(str(error))
        logger.warning("%s: alert %s: %s", self._name, row.alert_id, detail)
        match error:
            case PermanentToken():
                turn = self._accounts.refused(self._sender.account, self._name, error.code, now)
                self.turns += [turn] if turn else []
                self._retry(row, error, detail, now)
            case PermanentChannel():
                was_open = self._circuit.is_open
                self._circuit = self._circuit.failed(now, error.code)
                if not was_open:
                    self.turns.append(self._turn(self._circuit, opened=True))
                wait = (self._circuit.probe_at or now) - now
                self._postpone(row, wait, error.code, detail, doubt=row.uncertain, count=False)
                if not row.uncertain:
                    self._hold(row, error.code, f"the channel is closed to us: {detail}", wait)
            case PermanentAlert():
                if row.error_class == REFUSED:
                    self._bury(row, error.code, detail, now)
                else:
                    self._postpone(row, timedelta(), REFUSED, detail, doubt=False)
            case ParentGone():
                self._pass_over(row, error.code, "the message to change is gone")
            case _:
                self._strike(row, error, now)
                self._retry(row, error, detail, now)

    def _strike(self, row: OutboxRow, error: DeliveryError, now: datetime) -> None:
        """Rest the lane, not only the row: a destination that is down fails for every row."""
        if isinstance(error, NotSent) and error.scope is Scope.CHANNEL:
            until = now + timedelta(seconds=error.retry_after or 1.0)
            self._resting_until = until
            self._accounts.limited(self._sender.account, now, until)
            return
        self._strikes += 1
        if self._strikes >= self._policy.strikes:
            self._resting_until = now + backoff(self._strikes, jitter=self._jitter)

    def _retry(self, row: OutboxRow, error: DeliveryError, detail: str, now: datetime) -> None:
        """Try again later, unless it was tried often and long enough."""
        doubt = row.uncertain or isinstance(error, Uncertain)
        old = now - row.created_at > self._policy.age_max
        if (
            old
            and row.attempts >= self._policy.attempts_max
            and not isinstance(error, PermanentToken)
        ):
            self._bury(row, error.code, detail, now)
            return
        floor = 0.0
        if isinstance(error, NotSent):
            floor = error.retry_after or 0.0
        elif doubt:
            floor = self._policy.settle.total_seconds()
        wait = backoff(row.attempts, jitter=self._jitter, floor=floor)
        self._postpone(row, wait, error.code, detail, doubt=doubt)

    def _postpone(
        self,
        row: OutboxRow,
        wait: timedelta,
        error_class: str,
        error: str,
        *,
        doubt: bool,
        count: bool = True,
    ) -> None:
        with self._archive.begin() as tx:
            tx.postpone(
                row.id,
                next_at=self._now() + wait,
                error_class=error_class,
                error=error,
                uncertain=doubt,
            )
        self._tally.add("postponed", int(count))

    def _hold(self, row: OutboxRow, error_class: str, reason: str, wait: timedelta | None) -> None:
        until = None if wait is None else self._now() + wait
        with self._archive.begin() as tx:
            if error_class == MUTED:
                # Muted before anything was sent: not in doubt.
                tx.postpone(
                    row.id,
                    next_at=self._now(),
                    error_class=error_class,
                    error=reason,
                    uncertain=False,
                )
            tx.hold(row.id, reason=reason, error_class=error_class, until=until)
        self._tally.add("held")

    def _bury(self, row: OutboxRow, error_class: str, error: str, now: datetime) -> None:
        with self._archive.begin() as tx:
            tx.bury(row.id, error_class=error_class, error=error, at=now)
        self._tally.add("dead")
        self._tally.problems.append(f"{self._name}: gave up alert {row.alert_id}: {error}")

    def _pass_over(self, row: OutboxRow, error_class: str, error: str) -> None:
        with self._archive.begin() as tx:
            tx.pass_over(row.id, error_class=error_class, error=error)
        self._tally.add("passed_over")

    def _turn(self, circuit: Circuit, *, opened: bool) -> Turn:
        return Turn(
            subject=f"channel:{self._name}",
            destination=self._name,
            opened=opened,
            since=circuit.opened_at or self._now(),
            code=circuit.code or "",
        )
