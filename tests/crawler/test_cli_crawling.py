"""`crawl`, `crawl --dry-run`, `deliver` and `sources test` against the small world, as processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.world import configtext, faults
from crawler.world.fakesite import FakeWorld
from crawler.world.pieces import Piece
from crawler.world.prose import compose
from crawler.world.site import Site
from crawler.world.stage import Stage, WorldClock
from storage.archive import Archive

HOST = "good.example"
WATCHLIST = """
name = "Desk"
destination = "policy"
[[themes]]
id = "swap"
name = "Battery swapping"
query = '"battery swapping"'
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeWorld, Stage]]:
    """A site with one article, and a stage whose alerts are printed."""
    clock = WorldClock()
    site = Site(host=HOST, name="Good Daily", scheme="http", offers=frozenset({"rss"}))
    with FakeWorld([site], clock=clock.now) as world:
        stage = Stage(
            tmp_path_factory.mktemp("stage"),
            world=world,
            slack=None,
            sources=[configtext.site_source(site)],
            watchlist=WATCHLIST,
            clock=clock,
        )
        publish(world, stage, 1)
        assert stage.windcatch("db", "upgrade").code == 0
        yield world, stage


def publish(world: FakeWorld, stage: Stage, seed: int) -> None:
    title, text = compose(seed, "en", topic="battery swapping")
    now = stage.clock.now()
    world.publish(
        HOST,
        Piece(path=f"/a/{seed}.html", title=title, text=text, published_at=now, changed_at=now),
    )


def stored(stage: Stage) -> int:
    with Archive(stage.database) as archive, archive.read() as reader:
        return len(reader.articles())


def test_a_dry_run_shows_everything_and_keeps_nothing(played: tuple[FakeWorld, Stage]) -> None:
    _, stage = played
    dry = stage.windcatch("crawl", "--dry-run", "--alert-baseline")
    assert dry.code == 0, dry.stderr
    assert "would store: " in dry.stdout
    assert "would tell policy:" in dry.stdout
    assert "nothing was stored, nothing was sent" in dry.stdout
    assert stored(stage) == 0


def test_the_first_crawl_is_a_baseline_and_the_second_rings(
    played: tuple[FakeWorld, Stage],
) -> None:
    world, stage = played
    first = stage.windcatch("crawl", "--json")
    assert first.code == 0, first.stderr
    (row,) = first.rows()
    assert row["sources"]["good-example"]["new"] == 1
    assert row["delivered"]["sent"] == 0
    publish(world, stage, 2)
    second = stage.windcatch("crawl", "good-example")
    assert second.code == 0, second.stderr
    assert compose(2, "en", topic="battery swapping")[0] in second.stdout
    assert "delivery: 1 sent" in second.stdout
    assert stage.windcatch("deliver").stdout.strip() == "delivery: nothing was due"


def test_a_site_is_looked_at_and_offers_a_table_that_works(
    played: tuple[FakeWorld, Stage], tmp_path: Path
) -> None:
    _, stage = played
    looked = stage.windcatch("sources", "test", f"http://{HOST}/", "--json")
    assert looked.code == 0, looked.stderr
    (view,) = looked.rows()
    assert "feed" in {c["kind"] for c in view["channels"] if c["entries"]}
    assert view["samples"][0]["title"]
    file = tmp_path / "windcatch.toml"
    file.write_text(view["toml"])
    from crawler.config import load

    (source,) = load(file).sources.values()
    assert source.channels
    people = stage.windcatch("sources", "test", f"http://{HOST}/")
    assert "For windcatch.toml:" in people.stdout
    nowhere = stage.windcatch("sources", "test", "http://nowhere.example/")
    assert nowhere.code == 1
    assert "Traceback" not in nowhere.stderr


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            faults.replaced(b"<!doctype html><title>Sign in</title>", times=None),
            "web page, not a feed",
        ),
        (faults.status(503, times=None), "503"),
    ],
)
def test_a_broken_feed_is_told_and_loses_nothing(
    played: tuple[FakeWorld, Stage], fault: faults.Fault, said: str
) -> None:
    world, stage = played
    before = stored(stage)
    world.fault(HOST, "", fault)
    try:
        failed = stage.windcatch("crawl", "--no-deliver")
    finally:
        world.heal()
    assert failed.code == 1
    assert said in failed.stdout
    assert "Traceback" not in failed.stderr
    assert stored(stage) == before
