"""Which channels and tokens are believed to work; shared by the lanes of one dispatcher."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.limits import Circuit

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
