"""The kill driver: random work, SIGKILL at named points, restarts, and then the promises.

    python -m crawler.world.drive --kills 200 --seed 7

Commands are real processes (`crawl --no-deliver`, `deliver`) on a real database; the sites and Slack
are the small world. After the last kill the faults are taken away and the commands are repeated until
nothing moves; then the promises are checked from the sites' ledger, Slack's, and the database. The
seed is printed with the command that plays the run again.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from crawler.world import configtext
from crawler.world.drive_ops import SITES, WATCHLIST, Operator
from crawler.world.fakesite import FakeWorld
from crawler.world.fakeslack import FakeSlack
from crawler.world.promises import Evidence, broken
from crawler.world.slackfaults import Fault
from crawler.world.stage import Finished, Stage, WorldClock

#: K1 to K10: where a crawl dies, and where a delivery does.
CRAWLING = (
    "lease.claimed",
    "fetch.response_received",
    "ingest.article_inserted",
    "ingest.before_commit",
    "ingest.after_commit",
)
SENDING = ("outbox.claimed", "outbox.request_written", "outbox.response_ok", "outbox.marked")
RECONCILING = "outbox.reconcile_found"

#: Deliveries of one round, however often they are killed.
MAX_DELIVERIES = 12

#: Passes to quiescence: withdrawals need three, and a held row its time.
MAX_QUIET_PASSES = 20
#: Broken promises that are told one by one.
MAX_BROKEN = 50
#: Answers of Slack that leave the deliverer unsure.
FAULTS = (
    Fault(how="reset", stored=True),
    Fault(how="status", status=500, stored=True),
    Fault(how="status", status=503),
    Fault(how="status", status=429, retry_after="1"),
    Fault(how="half", stored=True),
)


@dataclass(slots=True)
class Drive:
    """What a drive came to."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    #: Armed, but the point was not reached the wanted number of times.
    missed: int = 0
    commands: int = 0
    actions: int = 0
    messages: int = 0
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def killed(self) -> int:
        """How many processes were killed."""
        return sum(self.kills.values())


def drive(
    *, kills: int, seed: int, folder: Path, say: bool = False, limit_s: float = 3600
) -> Drive:
    """Kill *kills* processes at random points, let the program recover, and check the promises.

    Args:
        folder: an empty directory for configuration and database.
        say: write each step to standard error.
        limit_s: seconds after which no further kill is tried.
    """
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    clock = WorldClock()
    started = time.monotonic()
    result = Drive(seed=seed)
    with contextlib.ExitStack() as stack:
        world = stack.enter_context(FakeWorld(SITES, clock=clock.now))
        slack = stack.enter_context(FakeSlack([configtext.CHANNEL], clock=clock.timestamp))
        stage = Stage(
            folder,
            world=world,
            slack=slack,
            sources=[configtext.site_source(site) for site in SITES],
            watchlist=WATCHLIST,
            clock=clock,
            warm=True,
        )
        stack.callback(stage.close)
        run = _Run(stage, slack, Operator(world, clock, dice), dice, result, say=say)
        run.first_pass()
        while result.killed < kills and time.monotonic() - started < limit_s:
            run.round()
        run.settle()
        result.broken += broken(
            Evidence(
                sites=world.sites,
                posted=slack.ledger(),
                database=stage.database,
                now=clock.now(),
            )
        )
        result.messages = len(slack.ledger())
    result.seconds = time.monotonic() - started
    return result


@dataclass(slots=True)
class _Run:
    stage: Stage
    slack: FakeSlack
    operator: Operator
    dice: random.Random
    result: Drive
    say: bool = False

    def first_pass(self) -> None:
        """The baseline: a source that has never been crawled through would ring for nothing."""
        for _ in range(3):
            self._do(self.operator.publish())
        self._command("crawl", "--no-deliver")

    def round(self) -> None:
        """Some news, a crawl that may be killed, a delivery that may be killed."""
        for _ in range(self.dice.randint(2, 6)):
            self._do(self.operator.act())
        # Past any lease, and far enough for rechecks to fall due.
        self.stage.later(minutes=self.dice.choice((5, 70, 200, 800)))
        self._try(CRAWLING, "crawl", "--no-deliver")
        if self.dice.random() < 0.7:
            # The dead one's leases have run out.
            self.stage.later(minutes=3)
            self._command("crawl", "--no-deliver")
        if self.dice.random() < 0.3:
            self.slack.fail(self.dice.choice(FAULTS))
        self._deliver()

    def _deliver(self) -> None:
        """Deliver until a delivery gets through: what one could not send, the next one must."""
        unsure = False
        for _ in range(MAX_DELIVERIES):
            self.stage.later(minutes=self.dice.choice((2, 5, 30)))
            reconciling = unsure and self.dice.random() < 0.5
            point = self._try((RECONCILING,) if reconciling else SENDING, "deliver")
            if point is None:
                return
            # The message is out there and nobody wrote it down.
            unsure = point in SENDING[1:3]

    def settle(self) -> None:
        """No more faults: repeat until two passes in a row change nothing."""
        self.slack.heal()
        still = 0
        before: object = None
        for _ in range(MAX_QUIET_PASSES):
            self.stage.later(hours=15)
            self._command("crawl", "--no-deliver")
            self.stage.later(minutes=30)
            self._command("deliver")
            now = [(p.ts, len(p.edits), p.text) for p in self.slack.ledger()]
            still = still + 1 if now == before else 0
            before = now
            if still == 3:
                return
        self.result.broken.append(f"not quiet after {MAX_QUIET_PASSES} passes")

    def _try(self, points: tuple[str, ...], *command: str) -> str | None:
        """Run *command*, to be killed at one of *points*; return the one where it was."""
        point, nth = self.dice.choice(points), self.dice.choice((1, 1, 1, 1, 2, 3))
        finished = self._command(*command, failpoint=f"{point}:{nth}:kill")
        if not finished.killed:
            self.result.missed += 1
            return None
        self.result.kills[point] += 1
        return point

    def _command(self, *command: str, failpoint: str | None = None) -> Finished:
        finished = self.stage.windcatch(*command, failpoint=failpoint)
        self.result.commands += 1
        ended = "killed" if finished.killed else f"exit {finished.code}"
        at = f" at {failpoint}" if failpoint else ""
        self._do(f"{' '.join(command)}{at}: {ended} in {finished.seconds:.1f} s")
        # What the workers of a killed process say when their pipe breaks is no news.
        failed = "Traceback" in finished.stderr and not finished.killed
        if failed or finished.code not in (0, 1, -9):
            self._note(f"{command[0]}: {ended}: {_last_words(finished.stderr)}")
        return finished

    def _note(self, line: str) -> None:
        """Keep *line* as a broken promise, once, and not without end."""
        if line not in self.result.broken and len(self.result.broken) < MAX_BROKEN:
            self.result.broken.append(line)

    def _do(self, line: str) -> None:
        self.result.actions += 1
        if self.say:
            sys.stderr.write(f"{self.result.killed:4d} {line}\n")


def _last_words(stderr: str) -> str:
    """Return the end of the last traceback in *stderr*, or its last line."""
    lines = stderr.replace("\\n", "\n").strip().splitlines()
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Refused)\b", line)]
    return (errors or lines or ["nothing was said"])[-1][:300]


def report(result: Drive) -> str:
    """Return *result* for people, with the command that plays it again."""
    head = (
        f"seed {result.seed}: {result.killed} kills, {result.missed} not reached, "
        f"{result.commands} commands, {result.messages} messages, {result.seconds:.0f} s"
    )
    lines = [
        head,
        *(f"  {count:4d}  {point}" for point, count in sorted(result.kills.items())),
        *(f"BROKEN {line}" for line in result.broken),
    ]
    if not result.broken:
        lines.append("every promise kept: I1 to I8")
    again = f"python -m crawler.world.drive --kills {result.killed} --seed {result.seed}"
    return "\n".join([*lines, f"again: {again}"])


def main(argv: list[str] | None = None) -> int:
    """Drive and report; return 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m crawler.world.drive")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--keep", type=Path, help="leave configuration and database here")
    parser.add_argument("--limit", type=float, default=3600, metavar="SECONDS")
    parser.add_argument("-v", "--verbose", action="store_true", help="show every step")
    options = parser.parse_args(argv)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="windcatch-drive-") as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        result = drive(
            kills=options.kills,
            seed=seed,
            folder=folder,
            say=options.verbose,
            limit_s=options.limit,
        )
    sys.stdout.write(report(result) + "\n")
    return 1 if result.broken else 0


if __name__ == "__main__":
    sys.exit(main())
