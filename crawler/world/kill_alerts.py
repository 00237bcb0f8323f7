"""Kills the deliverer again and again, and counts what the receiver holds in the end.

`python -m crawler.world.kill_alerts --alerts 1000 --seed 7` prints the counts and exits 1 when an
alert was lost, or told twice without saying that it may be a repeat; `--kind` chooses what receives:
a Slack (where nothing at all may come twice), a webhook, Slack's incoming webhook, or a mail server.
The same seed kills at the same places and draws the same faults for the same order of requests.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alerts.delivery import Dispatcher
from alerts.senders import Sender
from alerts.verdict import Policy
from crawler.world.destinations import DOWN, FAULTS, KINDS, points_of, receiver_of, sender_of
from crawler.world.fakeslack import FakeSlack
from crawler.world.receiver import Receiver
from crawler.world.slackfaults import Mix
from storage.archive import Archive
from storage.failpoints import VARIABLE
from storage.types import AlertDraft, AlertKind, OutboxOp

WORKER_S = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run came to."""

    kind: str
    seed: int
    alerts: int
    kills: int
    messages: int
    #: Repeats that do not say so.
    duplicates: int
    #: Repeats that do; none at Slack.
    marked: int
    lost: int
    #: Rows whose stored message id is not that of their message.
    wrong_ids: int
    reconciled: int
    #: Alerts of the destination that was down, all kept and sent once it was mended.
    kept: int
    posts: int
    reads: int
    seconds: float

    @property
    def ok(self) -> bool:
        """True when every alert was told, and exactly once where that can be."""
        repeats = self.duplicates + (self.marked if self.kind == "slack" else 0)
        return not (repeats or self.lost or self.wrong_ids)


def run(
    folder: Path, *, alerts: int, kills: int, seed: int, channels: int = 5, kind: str = "slack"
) -> Outcome:
    """Deliver *alerts* to *channels*, one of them down, under faults and up to *kills* kills.

    Raises:
        RuntimeError: a deliverer ended in another way than by being killed or being done.
    """
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    names = [f"channel-{number}" for number in range(channels)]
    url = f"sqlite:///{folder / 'kill.db'}"
    started = time.monotonic()
    killed = 0
    mix = Mix(faults=FAULTS, seed=seed)
    receiver = receiver_of(kind, names, mix)
    points = points_of(kind)
    with Archive(url) as archive, receiver as server:
        archive.create()
        _enqueue(archive, names, alerts)
        while True:
            point = None
            if killed < kills:
                nth = dice.randrange(1, max(2, alerts // max(1, kills)))
                # Few rows are ever reconciled: the first is as good as any.
                name = points[killed % len(points)]
                point = f"{name}:{1 if name.endswith('found') else nth}:kill"
            code = _worker(url, server.url, names, kind, point)
            if code == 0:
                break
            if code != -9:
                raise RuntimeError(f"the deliverer ended with {code}; seed {seed}")
            killed += 1
        kept = _count(archive, names[-1], sent=False)
        server.heal()
        _deliver(archive, {n: sender_of(kind, n, server.url) for n in names}, names)
        about: dict[str, Any] = {
            "kind": kind,
            "seed": seed,
            "alerts": alerts,
            "kills": killed,
            "kept": kept,
        }
        seconds = round(time.monotonic() - started, 1)
        if isinstance(server, FakeSlack):
            return _outcome(archive, server, **about, seconds=seconds)
        return _hooks_outcome(archive, server, **about, seconds=seconds)


def work(url: str, served: str, names: list[str], kind: str) -> None:
    """Be one deliverer: until nothing but the channel that is down waits."""
    # Some thousand failures are what is wanted; nobody reads them one by one.
    logging.disable(logging.WARNING)
    with Archive(url) as archive:
        senders = {n: sender_of(kind, n, DOWN if n == names[-1] else served) for n in names}
        _deliver(archive, senders, names[:-1])


def _deliver(archive: Archive, senders: dict[str, Sender], wanted: list[str]) -> None:
    moment = timedelta(seconds=0.05)
    brisk = Policy(lease=timedelta(seconds=0.8), settle=moment, doubt=moment)
    out = Dispatcher(archive, senders, policy=brisk, jitter=lambda: 0.02)
    end = time.monotonic() + WORKER_S
    while any(_count(archive, name, sent=False) for name in wanted):
        if time.monotonic() > end:
            raise RuntimeError("not done in time")
        out.deliver_once()
        time.sleep(0.02)


def _enqueue(archive: Archive, names: list[str], alerts: int) -> None:
    now = datetime.now(UTC)
    with archive.begin() as tx:
        for number in range(alerts):
            tx.enqueue(_draft(number, names[number % len(names)]), now=now)


def _draft(number: int, destination: str) -> AlertDraft:
    payload = {"kind": "story", "headline": f"Story {number}", "source": "The Daily"}
    return AlertDraft(
        dedupe_key=f"story:kill:{number}",
        watchlist="kill",
        themes=("theme",),
        kind=AlertKind.STORY,
        op=OutboxOp.POST,
        destination=destination,
        story_id=None,
        article_id=None,
        revision=1,
        change_id=None,
        payload=payload,
    )


def _worker(url: str, served: str, names: list[str], kind: str, point: str | None) -> int:
    environ = {k: v for k, v in os.environ.items() if k != VARIABLE}
    if point is not None:
        environ[VARIABLE] = point
    command = [sys.executable, "-m", "crawler.world.kill_alerts", "--work"]
    command.append(json.dumps([url, served, names, kind]))
    return subprocess.run(command, env=environ, timeout=WORKER_S, check=False).returncode  # noqa: S603 - ourselves


def _count(archive: Archive, destination: str, *, sent: bool) -> int:
    with archive.read() as reader:
        rows = reader.alerts(destination=destination, limit=1_000_000)
    return sum((row.state == "sent") == sent for row in rows)


def _outcome(archive: Archive, slack: FakeSlack, *, alerts: int, **about: Any) -> Outcome:
    held = slack.space.by_alert()
    with archive.read() as reader:
        rows = reader.alerts(limit=1_000_000)
    return Outcome(
        alerts=alerts,
        **about,
        messages=len(slack.ledger()),
        duplicates=sum(len(found) - 1 for found in held.values()),
        marked=0,
        lost=alerts - sum(row.state == "sent" and row.id in held for row in rows),
        wrong_ids=sum(
            row.message_id not in [posted.ts for posted in held.get(row.id, [])] for row in rows
        ),
        reconciled=sum(row.reconciled for row in rows),
        posts=slack.requests["chat.postMessage"],
        reads=slack.requests["conversations.history"],
    )


def _hooks_outcome(archive: Archive, hook: Receiver, *, alerts: int, **about: Any) -> Outcome:
    with archive.read() as reader:
        rows = reader.alerts(limit=1_000_000)
    key = "headline" if about["kind"] == "slack-webhook" else "id"
    told = {row.id if key == "id" else row.payload["headline"]: row.state for row in rows}
    repeats = [marked for taken in hook.taken.values() for marked in taken[1:]]
    return Outcome(
        alerts=alerts,
        **about,
        messages=sum(map(len, hook.taken.values())),
        duplicates=repeats.count(False),
        marked=repeats.count(True),
        lost=alerts - sum(state == "sent" and name in hook.taken for name, state in told.items()),
        wrong_ids=0,
        reconciled=0,
        posts=sum(hook.requests.values()),
        reads=0,
    )


def main(argv: list[str] | None = None) -> int:
    """Run once; return 0 when nothing was lost, and nothing told twice in silence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, default="slack")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.work:
        work(*json.loads(options.work))
        return 0
    with tempfile.TemporaryDirectory(prefix="windcatch-kill-") as folder:
        outcome = run(
            Path(folder),
            alerts=options.alerts,
            kills=options.kills,
            seed=options.seed,
            kind=options.kind,
        )
    sys.stdout.write(json.dumps({**asdict(outcome), "ok": outcome.ok}) + "\n")
    return 0 if outcome.ok else 1


if __name__ == "__main__":
    sys.exit(main())
