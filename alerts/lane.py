"""One destination's way out: a row at a time, in order, without delaying another destination."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from alerts import digest, message
from alerts.clock import Timer
from alerts.errors import CannotLook, DeliveryError, ParentGone, PermanentChannel, PermanentToken
from alerts.health import Accounts, Breaker, Turn
from alerts.limits import Bucket, Window
from alerts.message import render
from alerts.outcome import note
from alerts.report import Tally
from alerts.senders import Sender, Sent
from alerts.verdict import (
    ABSENT,
    FOLD,
    REFUSED,
    Action,
    Bury,
    PassOver,
    Policy,
    before_sending,
    on_absent,
    on_failure,
    on_unknowable,
)
from storage.archive import Archive, Transaction
from storage.failpoints import failpoint
from storage.types import AlertKind, OutboxOp, OutboxRow

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)

#: Rows whose turn is looked up at once, and for how many seconds that is believed: an urgent one
#: overtakes them after that.
AHEAD = 64
AHEAD_S = 2.0


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
        self._can = sender.capabilities
        self._archive = archive
        self._owner = owner
        self._now = now
        self._timer = timer
        self._jitter = jitter
        self._policy = policy
        self._breaker = Breaker(destination, sender.account, accounts, strikes=policy.strikes)
        self._window: Window | None = None
        self._bucket = (
            None
            if self._can.rate is None
            else Bucket.full(rate=self._can.rate, burst=self._can.burst, at=timer.ticks())
        )
        self._tally = Tally()
        self._ahead: deque[int] = deque()
        self._looked_at = timer.ticks()

    @property
    def turns(self) -> list[Turn]:
        """Circuits that opened or closed since somebody last emptied this list."""
        return self._breaker.turns

    def run(self, *, limit: int, until: float) -> Tally:
        """Deliver what is due: at most *limit* rows, until nothing is, or `ticks` is *until*."""
        self._tally = Tally()
        row: OutboxRow | None = None
        for left in range(limit, 0, -1):
            if row is None:
                blocked = self._breaker.blocked(self._now())
                if blocked is not None:
                    self._tally.problems.append(f"{self._name}: {blocked}")
                if not self._has_time(until):
                    break
                self._fold()
                with self._archive.begin() as tx:
                    row = self._claim(tx)
            if row is None:
                break
            failpoint("outbox.claimed")
            row = self._handle(row, until=until if left > 1 else 0.0)
        return self._tally

    def _has_time(self, until: float) -> bool:
        """Return True while there is time, nobody stopped us and the destination takes messages."""
        blocked = self._breaker.blocked(self._now())
        return blocked is None and not self._timer.stopped and self._timer.ticks() < until

    def _claim(self, tx: Transaction) -> OutboxRow | None:
        """Claim the next row whose turn it is. It is claimed once the caller commits."""
        if self._timer.ticks() - self._looked_at > AHEAD_S:
            self._ahead.clear()
        for look in (False, True):
            now = self._now()
            if look:
                self._ahead.extend(tx.next_outbox(self._name, now=now, limit=AHEAD))
                self._looked_at = self._timer.ticks()
            while self._ahead:
                found = self._ahead.popleft()
                row = tx.claim_row(found, self._owner, now=now, lease=self._policy.lease)
                if row is not None:
                    return row
        return None

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
                logger.info("folded %d alerts into %s", folded, made.dedupe_key)

    def _handle(self, row: OutboxRow, *, until: float) -> OutboxRow | None:
        """Find, keep back or send one claimed row; return the next one, claimed in the same commit.

        None when there is no next one, or *until* is over, or something must be done before.
        """
        if row.op is OutboxOp.UPDATE and not self._can.updates:
            untold = PassOver(code="no_updates", reason="sent messages cannot change here")
            return self._apply(row, untold, until)
        try:
            # An update is the same however often it is sent.
            if row.uncertain and row.op is not OutboxOp.UPDATE:
                found, action = self._settle(row)
                if found is not None:
                    failpoint("outbox.reconcile_found")
                    return self._mark(row, found, until=until, reconciled=True)
                if action is not None:
                    return self._apply(row, action, until)
                if row.error_class == ABSENT:
                    row = replace(row, uncertain=False)
            action = before_sending(row, lately=self._sent_lately, now=self._now())
            if action is not None:
                return self._apply(row, action, until)
            return self._mark(row, self._send(row), until=until)
        except DeliveryError as error:
            return self._failed(row, error, until)

    def _settle(self, row: OutboxRow) -> tuple[Sent | None, Action | None]:
        """Return where a row of unknown fate is, or what to do; neither: it must be sent."""
        if not self._can.lookup:
            reason = "this destination cannot say whether it arrived"
            return None, on_unknowable(row, self._can.on_uncertain, reason, self._policy)
        try:
            self._pace()
            found = self._sender.find(row)
        except CannotLook as error:
            return None, on_unknowable(row, self._can.on_uncertain, str(error), self._policy)
        return found, None if found is not None else on_absent(row, self._policy)

    def _sent_lately(self) -> Window:
        """What went out in the last hour, read once: a restart does not reset the cap."""
        if self._window is None:
            with self._archive.read() as reader:
                times = reader.sent_times(self._name, since=self._now() - HOUR)
            self._window = Window(limit=0, span=HOUR, taken=times)
        return self._window

    def _send(self, row: OutboxRow) -> Sent:
        payload = dict(row.payload)
        # Still in doubt and sent all the same: the reader is told. An edit made twice is one edit,
        # but for a receiver that gets each as a request.
        twice = row.op is not OutboxOp.UPDATE or not self._can.lookup
        payload["repeat"] = row.uncertain and twice
        # Refused once as it was: now short and plain.
        made = message.reduced(payload) if row.error_class == REFUSED else render(payload)
        row = replace(row, payload=payload)
        if row.op is OutboxOp.REPLY and not (self._can.threads and row.parent_message_id):
            row = replace(row, op=OutboxOp.POST)
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

    def _mark(
        self, row: OutboxRow, sent: Sent, *, until: float, reconciled: bool = False
    ) -> OutboxRow | None:
        failpoint("outbox.response_ok")
        now = self._now()
        self._breaker.worked(now)
        go_on = self._has_time(until)
        with self._archive.begin() as tx:
            tx.mark_sent(
                row.id,
                channel=sent.channel,
                message_id=sent.message_id,
                at=now,
                reconciled=reconciled,
            )
            following = self._claim(tx) if go_on else None
        failpoint("outbox.marked")
        self._tally.add("sent")
        self._tally.add("reconciled", int(reconciled))
        counts = row.op is not OutboxOp.UPDATE
        counts = counts and row.kind not in (AlertKind.DIGEST, AlertKind.OPERATOR)
        if self._window is not None and counts:
            self._window = self._window.took(now)
        return following

    def _failed(self, row: OutboxRow, error: DeliveryError, until: float) -> OutboxRow | None:
        now = self._now()
        if isinstance(error, PermanentChannel | PermanentToken):
            self._breaker.refused(error, now)
        elif not isinstance(error, ParentGone):
            self._breaker.failed(error, now, self._jitter)
        action = on_failure(
            row,
            error,
            policy=self._policy,
            now=now,
            jitter=self._jitter,
            probe_at=self._breaker.probe_at,
        )
        logger.warning("%s: alert %s: %s", self._name, row.alert_id, action)
        return self._apply(row, action, until)

    def _apply(self, row: OutboxRow, action: Action, until: float) -> OutboxRow | None:
        now = self._now()
        # What is back for a digest must be folded before anything else is claimed.
        go_on = action.code != FOLD and self._has_time(until)
        with self._archive.begin() as tx:
            self._tally.add(note(tx, row, action, now=now))
            following = self._claim(tx) if go_on else None
        if isinstance(action, Bury):
            self._tally.problems.append(
                f"{self._name}: gave up alert {row.alert_id}: {action.reason}"
            )
        return following
