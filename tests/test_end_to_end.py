"""The whole program against the small world: one history of six passes, and what each must show.

Commands are real processes. The history is played once; every test looks at a part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crawler.world import configtext, faults
from crawler.world.fakesite import FakeWorld
from crawler.world.fakeslack import FakeSlack
from crawler.world.ledger import Served
from crawler.world.pieces import Fate, Piece
from crawler.world.promises import Evidence, broken
from crawler.world.prose import compose
from crawler.world.site import Site
from crawler.world.slackspace import Posted
from crawler.world.stage import Finished, Stage, WorldClock
from storage.archive import Archive

WATCHLIST = """
name = "Desk"
destination = "policy"

[[themes]]
id = "swap"
name = "Battery swapping"
query = '"battery swapping" OR 换电'
"""

STEADY, BUSY, SHY = "steady.example", "busy.example", "shy.example"


@dataclass(frozen=True)
class Pass:
    """One crawl, and how things stood after it."""

    finished: Finished
    #: What the sites were asked during it.
    served: tuple[Served, ...]
    rows: dict[str, int]
    messages: tuple[Posted, ...]
    edits: int

    def asked(self, url: str) -> list[int]:
        """Return the statuses *url* was answered with."""
        return [line.status for line in self.served if line.url == url]


@dataclass
class History:
    """The passes by name, and what the promises say at the end."""

    passes: dict[str, Pass] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def _piece(seed: int, path: str, clock: WorldClock, language: str = "en", **fields: str) -> Piece:
    title, text = compose(seed, language, topic=fields.get("topic"))
    now = clock.now()
    return Piece(path=path, title=title, text=text, published_at=now, changed_at=now)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    clock = WorldClock()
    sites = (
        Site(host=STEADY, name="Steady Daily", style="chinadaily", offers=frozenset({"rss"})),
        Site(host=BUSY, name="Busy Tech", scheme="http", offers=frozenset({"sitemap"})),
        Site(
            host=SHY, name="害羞日报", scheme="http", style="govcn", language="zh", charset="gbk",
            offers=frozenset({"rss"}), robots="User-agent: *\nDisallow: /private/\n",
        ),
    )  # fmt: skip
    with (
        FakeWorld(sites, clock=clock.now) as world,
        FakeSlack([configtext.CHANNEL], clock=clock.timestamp) as slack,
    ):
        stage = Stage(
            tmp_path_factory.mktemp("stage"),
            world=world,
            slack=slack,
            sources=[configtext.site_source(site) for site in sites],
            watchlist=WATCHLIST,
            clock=clock,
            warm=True,
        )
        try:
            yield _play(world, slack, stage)
        finally:
            stage.close()


def _play(world: FakeWorld, slack: FakeSlack, stage: Stage) -> History:
    history, clock = History(), stage.clock

    def crawl(name: str, **gone_by: float) -> None:
        stage.later(**gone_by)
        world.ledger.clear()
        finished = stage.windcatch("crawl")
        with Archive(stage.database) as archive, archive.read() as reader:
            rows = reader.stats().rows
        messages = slack.ledger()
        edits = sum(len(posted.edits) for posted in messages)
        history.passes[name] = Pass(finished, world.ledger.lines(), rows, messages, edits)

    for number in range(3):
        world.publish(
            STEADY, _piece(number, f"/old/{number}.html", clock, topic="battery swapping")
        )
    # An empty feed is a failure, so that a source which died in this way is noticed.
    world.publish(SHY, _piece(20, "/old/20.html", clock, "zh", topic="绿氢"))
    crawl("baseline")

    world.publish(STEADY, _piece(10, "/new/10.html", clock, topic="battery swapping"))
    world.publish(BUSY, _piece(11, "/new/11.html", clock, topic="smart grids"))
    world.publish(BUSY, _piece(12, "/late.html", clock, topic="smart grids"))
    world.publish(SHY, _piece(13, "/new/13.html", clock, "zh", topic="换电"))
    world.publish(SHY, _piece(14, "/private/14.html", clock, "zh", topic="换电"))
    world.fault(BUSY, "^/late", faults.status(429, times=1, retry_after="600"))
    crawl("news", hours=1)
    crawl("again", minutes=20)
    crawl("unchanged", hours=3)

    text = world.sites[STEADY].piece("/new/10.html").text
    first = next(word for word in text.split() if word[0].isdigit() and "." in word)
    world.edit(STEADY, "/new/10.html", text=text.replace(first, "987.6", 1))
    world.remove(SHY, "/new/13.html", Fate.GONE)
    world.remove(BUSY, "/new/11.html", Fate.BLOCKED)
    crawl("edited", hours=15)
    crawl("gone twice", hours=15)
    crawl("gone thrice", hours=15)
    history.broken = broken(
        Evidence(
            sites={host: site for host, site in world.sites.items() if host != SHY},
            posted=slack.ledger(),
            database=stage.database,
            now=clock.now(),
        )
    )
    return history


def _titles(seen: Pass, since: Pass | None = None) -> list[str]:
    skip = len(since.messages) if since else 0
    heads = (posted.blocks[0]["text"]["text"] for posted in seen.messages[skip:])
    return list(heads)


Passes = Callable[[str], Pass]


@pytest.fixture
def seen(history: History) -> Passes:
    return history.passes.__getitem__


def test_every_command_ends_well(history: History) -> None:
    codes = {name: one.finished.code for name, one in history.passes.items()}
    said = {name: one.finished.stdout + one.finished.stderr for name, one in history.passes.items()}
    assert codes == dict.fromkeys(history.passes, 0), said["baseline"]
    assert not [name for name, one in history.passes.items() if "Traceback" in one.finished.stderr]


def test_the_first_crawl_is_silent(seen: Passes) -> None:
    assert seen("baseline").rows["article"] == 4
    assert seen("baseline").rows["match"] >= 3
    assert seen("baseline").messages == ()


def test_news_that_match_are_told_once_each(seen: Passes) -> None:
    assert sorted(_titles(seen("news"))) == sorted(
        [compose(10, "en", topic="battery swapping")[0], compose(13, "zh", topic="换电")[0]]
    )


def test_a_page_that_robots_forbids_is_not_asked_for(history: History) -> None:
    asked = [line.url for one in history.passes.values() for line in one.served]
    assert f"http://{SHY}/new/13.html" in asked
    assert f"http://{SHY}/private/14.html" not in asked


def test_a_page_answered_429_is_left_alone_and_fetched_when_it_may_be(seen: Passes) -> None:
    url = f"http://{BUSY}/late.html"
    assert seen("news").asked(url) == [429]
    assert seen("again").asked(url) == [200]


def test_the_same_crawl_again_stores_nothing_and_tells_nothing(seen: Passes) -> None:
    first, second = seen("again"), seen("unchanged")
    assert _without_runs(first.rows) == _without_runs(second.rows)
    assert (second.messages, second.edits) == (first.messages, first.edits)


def test_an_unchanged_world_answers_304(seen: Passes) -> None:
    # robots.txt is read anew in each pass, and so is an index: a 304 would hide its children.
    always = ("/robots.txt", "/sitemap_index.xml")
    pages = [line for line in seen("unchanged").served if not line.url.endswith(always)]
    assert [line.url for line in pages if line.status != 304] == []
    assert all(line.conditional for line in pages)
    assert any("/new/10.html" in line.url for line in pages), "rechecked on its own"


def test_an_edit_is_one_revision_and_one_reply(seen: Passes) -> None:
    before, after = seen("unchanged"), seen("edited")
    assert after.rows["revision"] - before.rows["revision"] == 1
    assert after.rows["article"] == before.rows["article"]
    (reply,) = after.messages[len(before.messages) :]
    assert reply.thread_ts in {posted.ts for posted in before.messages}
    assert "987.6" in str(reply.blocks)
    assert after.edits - before.edits == 1, "the post itself is brought up to date"


def test_a_removal_is_told_after_three_answers_over_a_day(seen: Passes) -> None:
    assert len(seen("gone twice").messages) == len(seen("edited").messages)
    (reply,) = seen("gone thrice").messages[len(seen("gone twice").messages) :]
    assert reply.thread_ts is not None


def test_a_wall_in_front_of_an_article_changes_nothing_about_it(seen: Passes) -> None:
    assert seen("gone thrice").rows["revision"] == seen("edited").rows["revision"]


def test_every_promise_is_kept_at_the_end(history: History) -> None:
    assert history.broken == []


def _without_runs(rows: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in rows.items() if name != "run"}


def test_the_stage_gives_a_command_nothing_of_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.example/secret")
    with FakeWorld() as world:
        stage = Stage(tmp_path, world=world, slack=None, sources=[], watchlist=WATCHLIST)
        assert "SLACK_WEBHOOK_URL" not in stage.environment()
