"""Which channels and tokens are believed to work; shared by the lanes of one dispatcher."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.errors import DeliveryError, NotSent, PermanentChannel, PermanentToken, Scope
from alerts.limits import Circuit, backoff

#: A second 429 within this time pauses everything that shares the token (Slack limits the
#: workspace too).
SECOND_LIMIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A circuit that changed its state: what the operator is told."""

    #: "channel:policy" or "token:policy".
    subject: str
    destination: str
    opened: bool
    since: datetime
    code: str


class Accounts:
    """State of each set of credentials. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._circuits: dict[str, Circuit] = {}
        self._limited_at: dict[str, datetime] = {}
        self._paused_until: dict[str, datetime] = {}

    def blocked(self, account: str, now: datetime) -> str | None:
        """Return why nothing may be sent with *account* now, or None."""
        with self._lock:
            circuit = self._circuits.get(account)
            if circuit is not None and not circuit.allows(now):
                return f"the credentials are refused ({circuit.code})"
            until = self._paused_until.get(account)
            if until is not None and now < until:
                return "the workspace asked for a pause"
            return None

    def limited(self, account: str, now: datetime, until: datetime) -> None:
        """Note a 429; the second one within a minute pauses the account until *until*."""
        with self._lock:
            last = self._limited_at.get(account)
            if last is not None and now - last < SECOND_LIMIT:
                self._paused_until[account] = until
            self._limited_at[account] = now

    def refused(self, account: str, destination: str, code: str, now: datetime) -> Turn | None:
        """Note that the credentials are refused; return the turn when that is news."""
        with self._lock:
            before = self._circuits.get(account, Circuit())
            if not before.allows(now):
                # Another channel's request was under way: it is the same refusal, not one more.
                return None
            after = self._circuits[account] = before.failed(now, code)
        if before.is_open:
            return None
        return Turn(
            subject=f"token:{destination}",
            destination=destination,
            opened=True,
            since=after.opened_at or now,
            code=code,
        )

    def worked(self, account: str, destination: str) -> Turn | None:
        """Note a success; return the turn when the credentials were refused before."""
        with self._lock:
            before = self._circuits.pop(account, Circuit())
        if before.opened_at is None:
            return None
        return Turn(
            subject=f"token:{destination}",
            destination=destination,
            opened=False,
            since=before.opened_at,
            code=before.code or "",
        )


class Breaker:
    """Whether one destination may be tried now. Used by its lane alone; `accounts` is shared."""

    def __init__(self, destination: str, account: str, accounts: Accounts, *, strikes: int) -> None:
        self._name = destination
        self._account = account
        self._accounts = accounts
        self._strikes_max = strikes
        self._strikes = 0
        self._circuit = Circuit()
        self._resting_until: datetime | None = None
        #: Circuits that opened or closed; whoever tells the operator empties it.
        self.turns: list[Turn] = []

    @property
    def probe_at(self) -> datetime | None:
        """When an open channel is tried again."""
        return self._circuit.probe_at

    def blocked(self, now: datetime) -> str | None:
        """Return why nothing may be sent at *now*, or None."""
        if not self._circuit.allows(now):
            return f"the channel is closed to us ({self._circuit.code})"
        if self._resting_until is not None and now < self._resting_until:
            return f"resting after failures until {self._resting_until:%H:%M:%S} UTC"
        return self._accounts.blocked(self._account, now)

    def refused(self, error: PermanentChannel | PermanentToken, now: datetime) -> None:
        """Note a refusal that holds for every message to this channel, or of these credentials."""
        if isinstance(error, PermanentToken):
            turn = self._accounts.refused(self._account, self._name, error.code, now)
        else:
            before, self._circuit = self._circuit, self._circuit.failed(now, error.code)
            turn = None if before.is_open else self._turn(self._circuit, now, opened=True)
        if turn is not None:
            self.turns.append(turn)

    def failed(self, error: DeliveryError, now: datetime, jitter: Callable[[], float]) -> None:
        """Note a passing failure: the lane rests, because what is down fails for every row."""
        if isinstance(error, NotSent) and error.scope is Scope.CHANNEL:
            until = now + timedelta(seconds=error.retry_after or 1.0)
            self._resting_until = until
            self._accounts.limited(self._account, now, until)
            return
        self._strikes += 1
        if self._strikes >= self._strikes_max:
            self._resting_until = now + backoff(self._strikes, jitter=jitter)

    def worked(self, now: datetime) -> None:
        """Note a success."""
        self._strikes, self._resting_until = 0, None
        if self._circuit.is_open:
            self.turns.append(self._turn(self._circuit, now, opened=False))
            self._circuit = self._circuit.worked()
        turn = self._accounts.worked(self._account, self._name)
        if turn is not None:
            self.turns.append(turn)

    def _turn(self, circuit: Circuit, now: datetime, *, opened: bool) -> Turn:
        return Turn(
            subject=f"channel:{self._name}",
            destination=self._name,
            opened=opened,
            since=circuit.opened_at or now,
            code=circuit.code or "",
        )
