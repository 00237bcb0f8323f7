"""One run of the kill driver: some news, one process that dies, the service at work again; repeated."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from crawler.world import configtext, leases
from crawler.world.drive import FAULTS, MAX_QUIET_PASSES
from crawler.world.drive_ops import SITES, Operator
from crawler.world.fakeslack import FakeSlack
from crawler.world.kill_errands import backfill, migrate
from crawler.world.kill_points import TURNS, UNSURE, Point, Way
from crawler.world.promises_service import Look, ended_well, flat, look, secretless, tidied
from crawler.world.stage import Stage
from crawler.world.subject import Subject, state_of

#: How often it may be given more time to become idle.
_PATIENT = 5
#: A service that is told to end has so long (I12).
_END_S = 30.0


@dataclass(slots=True)
class Killing:
    """What a run of the driver came to."""

    seed: int
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    starts: int = 0
    clean_ends: int = 0
    messages: int = 0
    articles: int = 0
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu_s: float = 0.0

    @property
    def killed(self) -> int:
        """How many processes were killed."""
        return sum(self.kills.values())

    def add(self, other: Killing) -> None:
        """Take in what another piece came to."""
        self.kills += other.kills
        self.missed += other.missed
        for name in ("starts", "clean_ends", "messages", "articles", "seconds", "cpu_s"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.broken += [f"seed {other.seed}: {line}" for line in other.broken]


class Run:
    """Kills one service again and again; what came of it is in its result."""

    def __init__(
        self,
        stage: Stage,
        slack: FakeSlack,
        operator: Operator,
        dice: random.Random,
        result: Killing,
        say: bool,
    ) -> None:
        """Take a stage nobody has worked on; *say* writes each step to standard error."""
        self.stage = stage
        self.slack = slack
        self.operator = operator
        self.dice = dice
        self.result = result
        self.say = say
        self.subject = Subject(stage)
        self.looks: list[Look] = []
        self._unsure = False

    def begin(self) -> None:
        """The baseline: a source that has never been crawled through would ring for nothing."""
        for _ in range(3):
            self._tell(self.operator.publish())
        self.subject.start()
        leases.watch(self.stage.folder / "windcatch.db")
        self._settled()

    def round(self, points: tuple[Point, ...]) -> None:
        """Some news, one process that dies, and the service at work again."""
        for _ in range(self.dice.randint(0, 3)):
            self._tell(self.operator.act())
        # The kill needs something to happen.
        self._tell(self.operator.publish())
        if self._unsure and self.dice.random() < 0.6:
            point = next(p for p in points if p.way is Way.LOOK_UP)
        else:
            wanted = [p for p in points if p.way is not Way.LOOK_UP]
            (point,) = self.dice.choices(wanted, weights=[p.weight for p in wanted])
        self._unsure = False
        if self.dice.random() < 0.15:
            self.slack.fail(self.dice.choice(FAULTS))
        crawls = self.subject.crawls
        killed = self._kill(point)
        self._count(point, killed)
        if not self.subject.alive:
            self._check_end(crawls)
            self.subject.start()
        self._settled()
        if self.dice.random() < 0.08:
            self._end()
            self.subject.start()

    def _kill(self, point: Point) -> bool:
        way = point.way
        if way is Way.MIGRATE:
            return self._noted(migrate(self.stage))
        if way is Way.BACKFILL:
            self._later(hours=self.dice.choice((1, 30)))
            self._settled()
            return self._noted(backfill(self.stage, configtext.source_id(SITES[1].host)))
        if way is Way.MOMENT:
            return self._kill_at_a_moment(point)
        turn = self.dice.choice(TURNS) if way in (Way.CRAWL, Way.SEND) else 1
        self.subject.arm(f"{point.name}:{turn}:kill")
        if way is Way.RELOAD:
            self._later(minutes=12)
            self.subject.tell(signal.SIGHUP)
        elif way is Way.DRAIN:
            self._later(minutes=12)
            time.sleep(self.dice.random() / 2)
            self.subject.tell(signal.SIGTERM)
        elif way is Way.NIGHT:
            self._into_the_night()
        else:
            self._later(minutes=70 if way is Way.FOLD else self.dice.choice((12, 20, 70, 200)))
        self._wait_for_trap()
        killed = not self.subject.disarm()
        self.subject.buried()
        self._unsure = killed and point.name in UNSURE
        return killed

    def _wait_for_trap(self) -> None:
        """Wait until it is sprung, or nothing moves that could spring it."""
        self.subject.until(lambda: self.subject.sprung or not self.subject.alive, within_s=1.0)
        quiet = 0

        def over() -> bool:
            nonlocal quiet
            quiet = quiet + 1 if self.subject.idle() else 0
            return self.subject.sprung or not self.subject.alive or quiet >= 10

        self.subject.until(over)

    def _into_the_night(self) -> None:
        """Be started at three o'clock, when the nightly work is due."""
        now = self.stage.clock.now().astimezone()
        hours = (24 + 3 - now.hour) % 24 or 24
        self._later(hours=hours)
        self.subject.kill()
        self.subject.ended(5)
        self.subject.start()

    def _kill_at_a_moment(self, point: Point) -> bool:
        self._later(minutes=self.dice.choice((12, 70)))
        time.sleep(self.dice.random())
        if point.label == "service":
            self.subject.kill()
            return self.subject.ended(10)
        victims = self.subject.crawls if point.label == "crawl process" else [self.subject.nursery]
        victim = self.dice.choice(victims) if victims else None
        if victim is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            return True
        return False

    def finish(self) -> None:
        """No more faults: work until three looks in a row show the same, then end."""
        self.slack.heal()
        still = 0
        before: object = None
        for _ in range(MAX_QUIET_PASSES):
            self._later(hours=15)
            self._settled()
            self._later(minutes=30)
            self._settled()
            now = [(p.ts, len(p.edits), p.text) for p in self.slack.ledger()]
            still = still + 1 if now == before else 0
            before = now
            if still == 3:
                break
        else:
            self.result.broken.append(f"not quiet after {MAX_QUIET_PASSES} passes")
        # Runs that died are closed by now, or by the next start.
        self._end()
        self._later(minutes=5)
        self.subject.start()
        self._settled()
        self._end()
        self.result.starts = self.subject.starts
        self.result.articles = self.subject.count("SELECT count(*) FROM article")
        self.result.broken += tidied(self.subject)
        self.result.broken += leases.lost(self.stage.folder / "windcatch.db")
        self.result.broken += flat(self.looks)
        self.result.broken += secretless(self.stage.folder)

    def _end(self) -> None:
        """Tell it to stop while it may be at work, once or twice (I12)."""
        self._later(minutes=self.dice.choice((1, 12)))
        time.sleep(self.dice.random() / 2)
        crawls = self.subject.crawls
        begun = time.monotonic()
        self.subject.tell(signal.SIGTERM)
        if self.dice.random() < 0.3:
            time.sleep(self.dice.random() / 4)
            self.subject.tell(signal.SIGTERM)
        self.subject.ended(_END_S + 5)
        took = time.monotonic() - begun
        self.result.broken += ended_well(self.subject.code, took, _END_S, self.subject.log)
        self.result.clean_ends += 1
        self._check_end(crawls)

    def _check_end(self, crawls: list[int]) -> None:
        gone = self.subject.until(lambda: all(state_of(pid) == "Z" for pid in crawls), within_s=5)
        if not gone:
            self.result.broken.append(f"I12 crawl processes {crawls} outlived the service")
        if "Traceback" in self.subject.log:
            before, _, after = self.subject.log.partition("Traceback")
            self.result.broken.append(f"a bug was met: {before[-300:]}Traceback{after[:3000]}")

    def _settled(self) -> None:
        """Wait until it has done all there is; one that dies meanwhile is started again."""
        waits = ""
        for _ in range(_PATIENT):
            if self.subject.settle():
                break
            waits = self.subject.waiting()
            if not self.subject.alive:
                self.result.broken.append(f"it died unasked: {self.subject.log[-600:]}")
                self.subject.start()
            # A channel that failed is left alone for a while.
            self._later(minutes=12)
        else:
            self.result.broken.append(f"I8 not idle: {waits}: {self.subject.log[-400:]}")
        self.looks.append(look(self.subject))

    def _later(self, **step: float) -> None:
        self.stage.later(**step)

    def _noted(self, problems: tuple[bool, list[str]]) -> bool:
        killed, lines = problems
        self.result.broken += lines
        return killed

    def _count(self, point: Point, killed: bool) -> None:
        (self.result.kills if killed else self.result.missed)[point.label, point.name] += 1
        self._tell(f"{point.label} {point.name}: {'killed' if killed else 'not reached'}")

    def _tell(self, line: str) -> None:
        if self.say:
            sys.stderr.write(f"{self.result.killed:4d} {line}\n")
