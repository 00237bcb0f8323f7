"""`windcatch demo`: a small news world on loopback, crawled, edited, crawled again; no network.

Everything but the news is real: a configuration file, the command line in processes of its own, the
spiders through a proxy, SQLite, and Slack's API as a fake enforces it. The verdict compares what
arrived there with what the script says must.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from crawler.world import configtext, demo_view, news
from crawler.world.demo_view import Check, Stored
from crawler.world.fakesite import FakeWorld
from crawler.world.fakeslack import FakeSlack
from crawler.world.pieces import Fate
from crawler.world.stage import Finished, Stage, WorldClock
from storage.archive import Archive

WATCHLIST = """
name = "Policy desk"
destination = "policy"

[[themes]]
id = "battery-swapping"
name = "Battery swapping"
query = '"battery swap*" OR "swap station*" OR 换电 OR "배터리 교환"'

[[themes]]
id = "brain-computer"
name = "Brain-computer interfaces"
query = '"brain-computer interface*" OR 脑机接口'

[[themes]]
id = "compute"
name = "AI computing power"
query = '"AI comput*" OR 智能算力'
"""

#: The articles that must be told, by their names in the script; copies and the rest must not.
STORIES = ("swap", "bci", "notice", "hanbiz")
COPIES = ("swap-copy", "swap-longer")
#: How long one command may take before the demo gives up.
PATIENCE_S = 60.0


class DemoBroken(Exception):
    """A command of the demo failed; the message holds what it said."""


def run_demo(console: Console, *, keep: Path | None = None) -> int:
    """Show the whole program at work and judge it.

    Args:
        keep: a folder to leave the configuration and database in; none is left otherwise.

    Returns:
        0 when everything came out as expected, 1 when something did not.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="windcatch-demo-") as name:
        try:
            checks = _play(console, Path(name))
        except DemoBroken as broken:
            demo_view.broke(console, str(broken))
            return 1
        if keep is not None:
            shutil.copytree(name, keep, dirs_exist_ok=True)
    demo_view.verdict(console, checks, time.monotonic() - started)
    return 0 if all(check.holds for check in checks) else 1


def _play(console: Console, folder: Path) -> list[Check]:
    clock = WorldClock()
    publishers = news.sites()
    with contextlib.ExitStack() as stack:
        world = stack.enter_context(FakeWorld(publishers, clock=clock.now))
        slack = stack.enter_context(FakeSlack([configtext.CHANNEL], clock=clock.timestamp))
        stage = Stage(
            folder,
            world=world,
            slack=slack,
            sources=[configtext.site_source(site) for site in publishers],
            watchlist=WATCHLIST,
            clock=clock,
            # Elsewhere a fork of a process with loaded frameworks is not safe.
            warm=sys.platform == "linux",
        )
        stack.callback(stage.close)
        show = _Show(console, world, slack, stage, news.script(clock.now()))
        return [*show.baseline(), *show.news(), *show.edits(), *show.nothing_new()]


@dataclass(frozen=True, slots=True)
class _Show:
    """The acts of the demo, in order; each returns what the verdict is to look at."""

    console: Console
    world: FakeWorld
    slack: FakeSlack
    stage: Stage
    script: news.Script

    def baseline(self) -> list[Check]:
        """What is on line when a source is first crawled is stored and told to nobody."""
        demo_view.heading(self.console, "Six publishers, three languages, three themes")
        demo_view.publishers(self.console, self.world.sites.values())
        for told in self.script.before:
            self.world.publish(told.host, told.piece)
        demo_view.heading(self.console, "First crawl: what is there is stored, nobody is told")
        stored = self._crawl()
        return [
            Check("articles of the baseline", 10, stored.articles),
            Check("messages about the baseline", 0, len(self.slack.ledger())),
        ]

    def news(self) -> list[Check]:
        """New articles, in three languages, some beside the point; then copies of one of them."""
        demo_view.heading(self.console, "An hour later: six new articles, two beside the point")
        self._publish(name for name in self.script.fresh if name not in COPIES)
        self._crawl(hours=1)
        demo_view.channel(self.console, self.slack.ledger())
        demo_view.heading(self.console, "Then two sites carry one of them; one has more to say")
        self._publish(COPIES)
        seen = len(self.slack.ledger())
        stored = self._crawl(minutes=20)
        demo_view.channel(self.console, self.slack.ledger(), since=seen)
        expected = sorted(self.script.fresh[name].piece.title for name in STORIES)
        posts = [posted for posted in self.slack.ledger() if posted.thread_ts is None]
        swap = self.script.fresh["swap"].piece.title
        return [
            Check("articles after the news", 18, stored.articles),
            Check("stories told, each once", expected, sorted(map(demo_view.title, posts))),
            Check("replies: the copy that says more", [swap], self._replied_to(seen)),
        ]

    def _publish(self, names: Iterable[str]) -> None:
        for told in (self.script.fresh[name] for name in names):
            self.world.publish(told.host, told.piece)

    def edits(self) -> list[Check]:
        """An edit that matters, one that does not, and a removal."""
        demo_view.heading(
            self.console,
            "A day later: a date and a figure edited, quotes turned, one removed",
        )
        for edit in self.script.edits.values():
            self.world.edit(edit.host, edit.path, title=edit.title, text=edit.text)
        gone = self.script.fresh["hanbiz"]
        self.world.remove(gone.host, gone.piece.path, Fate.GONE)
        before, seen = self._stored(), len(self.slack.ledger())
        # Withdrawn is what the publisher has said three times over at least a day.
        for _ in range(3):
            stored = self._crawl(hours=15)
        demo_view.channel(self.console, self.slack.ledger(), since=seen)
        edited = self.script.edits["swap"].title or ""
        return [
            Check("articles after the edits", 18, stored.articles),
            Check("further revisions", 1, stored.revisions - before.revisions),
            Check(
                "replies: the edit, the withdrawal",
                sorted([edited, gone.piece.title]),
                self._replied_to(seen),
            ),
            Check("the edited story's headline in Slack", 1, self._headlines().count(edited)),
        ]

    def nothing_new(self) -> list[Check]:
        """The same world once more."""
        demo_view.heading(self.console, "Once more, with nothing changed")
        before, edits, seen = self._stored(), self._updates(), len(self.slack.ledger())
        stored = self._crawl(hours=15)
        return [
            Check("further revisions, nothing changed", before.revisions, stored.revisions),
            Check("further messages, nothing changed", 0, len(self.slack.ledger()) - seen),
            Check("further updates, nothing changed", 0, self._updates() - edits),
            Check("alerts with two messages", 0, len(self.slack.duplicates())),
            Check("messages still waiting", 0, stored.waiting),
        ]

    def _crawl(self, **gone_by: float) -> Stored:
        """Let time go by, crawl everything and deliver; return what is stored then."""
        self.stage.later(**gone_by)
        with self.console.status("windcatch crawl …"):
            finished = _ended(self.stage.windcatch("crawl", timeout_s=PATIENCE_S))
        stored = self._stored()
        demo_view.line(self.console, stored, len(self.slack.ledger()), finished.seconds)
        return stored

    def _stored(self) -> Stored:
        with Archive(self.stage.database) as archive, archive.read() as reader:
            stats = reader.stats()
        waiting = sum(stats.outbox.get(state, 0) for state in ("pending", "sending", "check"))
        return Stored(
            articles=stats.rows["article"],
            revisions=stats.rows["revision"],
            stories=stats.rows["story"],
            waiting=waiting,
        )

    def _replied_to(self, since: int) -> list[str]:
        """Return the headlines of the messages that later ones (from number *since*) reply to."""
        ledger = self.slack.ledger()
        parents = {posted.ts: posted for posted in ledger}
        threads = [posted.thread_ts for posted in ledger[since:] if posted.thread_ts is not None]
        return sorted(demo_view.title(parents[ts]) for ts in threads)

    def _headlines(self) -> list[str]:
        return [demo_view.title(posted) for posted in self.slack.ledger() if not posted.thread_ts]

    def _updates(self) -> int:
        return sum(len(posted.edits) for posted in self.slack.ledger())


def _ended(finished: Finished) -> Finished:
    """Return *finished* if the command went well.

    Raises:
        DemoBroken: it did not.
    """
    if finished.code != 0:
        said = "\n".join((finished.stderr + finished.stdout).strip().splitlines()[-15:])
        command = " ".join(finished.arguments)
        raise DemoBroken(f"`windcatch {command}` left with exit code {finished.code}\n{said}")
    return finished
