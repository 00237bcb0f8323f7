"""The dispatcher: every destination in a lane of its own, and alarms by a route that works."""

from __future__ import annotations

import logging
import os
import random
import socket
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from alerts.clock import Timer, utcnow
from alerts.health import Accounts, Turn
from alerts.lane import Lane
from alerts.operator import alarm
from alerts.report import DeliveryReport, Tally, summed
from alerts.senders import Sender
from alerts.verdict import Policy
from storage.archive import Archive
from storage.types import AlertDraft

logger = logging.getLogger(__name__)

__all__ = ["DeliveryReport", "Dispatcher", "Policy"]

#: Destinations served at the same time; each waits on the network most of it.
THREADS_MAX = 16


class Dispatcher:
    """Delivers the outbox. One at a time per workspace is enough; more do no harm."""

    def __init__(
        self,
        archive: Archive,
        senders: Mapping[str, Sender],
        *,
        operator: str | None = None,
        clock: Callable[[], datetime] = utcnow,
        timer: Timer | None = None,
        policy: Policy | None = None,
        jitter: Callable[[], float] = random.random,
        owner: str | None = None,
    ) -> None:
        """Take the archive and a sender for each destination; *operator* is where alarms go."""
        self._archive = archive
        self._senders = dict(senders)
        self._operator = operator
        self._now = clock
        self._timer = timer or Timer()
        owner = owner or f"{socket.gethostname()[:24]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        accounts = Accounts()
        self._lanes = {
            name: Lane(
                name,
                sender,
                archive=archive,
                owner=owner,
                now=clock,
                timer=self._timer,
                jitter=jitter,
                accounts=accounts,
                policy=policy or Policy(),
            )
            for name, sender in self._senders.items()
        }

    def deliver_once(
        self, limit: int = 10_000, *, budget: timedelta = timedelta(seconds=60)
    ) -> DeliveryReport:
        """Deliver what is due: at most *limit* rows a destination, for at most about *budget*.

        Raises:
            StorageError: the database cannot be used; rows in flight are reconciled next time.
        """
        if not self._lanes:
            return summed([self._strays()])
        until = self._timer.ticks() + budget.total_seconds()
        started = time.monotonic()
        with ThreadPoolExecutor(
            max_workers=min(THREADS_MAX, len(self._lanes)), thread_name_prefix="deliver"
        ) as pool:
            passes = [
                pool.submit(lane.run, limit=limit, until=until) for lane in self._lanes.values()
            ]
        tallies = [each.result() for each in passes]
        if self._raise_alarms():
            # The alarm itself is a message: out with it in this pass, not the next.
            tallies += [self._lanes[n].run(limit=10, until=until) for n in self._routes()]
        tallies.append(self._strays())
        report = summed(tallies)
        logger.debug("delivered %s in %.3f s", report, time.monotonic() - started)
        return report

    def stop(self) -> None:
        """Let the message in flight finish and return; what is left stays in the outbox."""
        self._timer.stop()

    def _strays(self) -> Tally:
        with self._archive.read() as reader:
            strays = reader.strays(list(self._senders))
        problems = [
            f"{name}: {count} messages wait for a destination that is not configured"
            for name, count in sorted(strays.items())
        ]
        return Tally(problems=problems)

    def _routes(self) -> list[str]:
        """Where an alarm may go: the operator's destination first."""
        names = sorted(self._senders)
        if self._operator in self._senders:
            return [self._operator, *(n for n in names if n != self._operator)]
        return names

    def _raise_alarms(self) -> bool:
        """Queue one notice for each circuit that turned; False when there is none."""
        turns = [turn for lane in self._lanes.values() for turn in lane.turns]
        for lane in self._lanes.values():
            lane.turns.clear()
        queued = False
        for turn in turns:
            route = self._route_around(turn)
            logger.log(
                logging.ERROR if turn.opened else logging.INFO,
                "%s %s since %s: %s",
                turn.subject,
                "refused" if turn.opened else "works again; it was refused",
                turn.since.isoformat(),
                turn.code,
            )
            if route is None:
                continue
            with self._archive.begin() as tx:
                queued |= tx.enqueue(_notice(turn, route), now=self._now())
        return queued

    def _route_around(self, turn: Turn) -> str | None:
        """Return a destination that does not share what failed."""
        account = self._senders[turn.destination].account
        for name in self._routes():
            if not turn.opened:
                return name
            same_token = (
                turn.subject.startswith("token:") and self._senders[name].account == account
            )
            if name != turn.destination and not same_token:
                return name
        return None


def _notice(turn: Turn, destination: str) -> AlertDraft:
    what = "credentials of" if turn.subject.startswith("token:") else "channel of"
    if turn.opened:
        headline = f"destination {turn.destination} refuses messages"
        lines = [
            f"The {what} destination {turn.destination} answered: {turn.code}.",
            "Its alerts are kept and go out once it works again; Windcatch tries by itself.",
            "windcatch doctor says what to mend.",
        ]
    else:
        headline = f"destination {turn.destination} works again"
        lines = [f"It had refused messages ({turn.code}). What was kept back goes out now."]
    return alarm(
        subject=turn.subject,
        state="refused" if turn.opened else "mended",
        headline=headline,
        lines=lines,
        destination=destination,
        since=turn.since,
    )
