"""Older captures brought by `import`, after the crawls that saw what came later: one story."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from warc_files import packed, record, response

from crawler.world import configtext, templates
from crawler.world.fakesite import FakeWorld
from crawler.world.pieces import Piece
from crawler.world.prose import compose
from crawler.world.site import Site
from crawler.world.stage import Stage, WorldClock
from storage.archive import Archive

WATCHLIST = """
name = "Desk"
destination = "policy"
[[themes]]
id = "swap"
name = "Battery swapping"
query = '"battery swapping"'
"""
HOST = "daily.example"
PATH = "/a/stations.html"
URL = f"http://{HOST}{PATH}"


class Scene:
    """A site whose article is published, edited once, and was captured by others in between."""

    def __init__(self, folder: Path, world: FakeWorld, clock: WorldClock, site: Site) -> None:
        self.folder, self.world, self.clock = folder, world, clock
        self.stage = Stage(
            folder,
            world=world,
            slack=None,
            sources=[configtext.site_source(site)],
            watchlist=WATCHLIST,
            clock=clock,
            warm=True,
        )
        title, self.text = compose(7, "en", topic="battery swapping")
        self.title = title

    def says(self, count: int) -> str:
        """Return the article as it says *count*."""
        first, *rest = self.text.split("\n\n")
        return "\n\n".join([first, f"The plan names {count} stations in all.", *rest])

    def page(self, count: int) -> bytes:
        """Return the page as it was when the article said *count*."""
        site = self.world.sites[HOST]
        now = self.clock.now()
        piece = Piece(
            path=PATH, title=self.title, text=self.says(count), published_at=now, changed_at=now
        )
        return templates.article(site, piece, 0).encode()

    def bring(self, *captures: tuple[int, str], name: str = "old.warc.gz") -> dict[str, int]:
        """Import pages said to be captured at these moments, and return what came of them."""
        file = self.folder / name
        if name.endswith(".jsonl"):
            rows = [
                {"url": URL, "title": self.title, "text": self.says(count), "captured_at": at}
                for count, at in captures
            ]
            file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        else:
            file.write_bytes(
                packed(*(record(URL, response(self.page(n)), date=at) for n, at in captures))
            )
        # Even where history is to ring, what is older than the newest is not news.
        ended = self.stage.windcatch(
            "import", str(file), "--alerts", "all", "--yes", "--workers", "1", "--json"
        )
        assert ended.code == 0, ended.stderr
        (row,) = ended.rows()
        return {name: row[name] for name in ("new", "revised", "older", "unchanged") if row[name]}

    def stamp(self, **before: float) -> str:
        """Return the WARC-Date of a moment before now."""
        return (self.clock.now() - timedelta(**before)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def counts(self) -> list[int]:
        """Return what each revision says, in order; the article must say what the newest does."""
        with Archive(self.stage.database) as archive, archive.read() as reader:
            (listed,) = [one for one in reader.articles(limit=10) if one.url == URL]
            view, revisions = reader.article(listed.id), reader.revisions(listed.id)
            assert (view.text, view.revision) == (revisions[-1].text, len(revisions))
            return [int(one.text.partition("names ")[2].split()[0]) for one in revisions]

    def told(self) -> list[str]:
        """Return the kinds of alerts about the article, in order."""
        with Archive(self.stage.database) as archive, archive.read() as reader:
            alerts = [one for one in reader.alerts(limit=100) if one.op != "update"]
            return [one.kind for one in reversed(alerts)]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    clock = WorldClock()
    site = Site(host=HOST, name="Daily", scheme="http", offers=frozenset({"rss"}))
    with FakeWorld([site], clock=clock.now) as world:
        made = Scene(tmp_path, world, clock, site)
        try:
            yield made
        finally:
            made.stage.close()


def _crawl(scene: Scene, **gone_by: float) -> None:
    scene.stage.later(**gone_by)
    ended = scene.stage.windcatch("crawl")
    assert ended.code == 0, ended.stderr


def test_older_captures_take_their_place_and_nobody_is_told(scene: Scene) -> None:
    title, text = compose(99, "en")
    now = scene.clock.now()
    scene.world.publish(
        HOST, Piece(path="/a/old.html", title=title, text=text, published_at=now, changed_at=now)
    )
    _crawl(scene)
    now = scene.clock.now()
    scene.world.publish(
        HOST,
        Piece(path=PATH, title=scene.title, text=scene.says(12), published_at=now, changed_at=now),
    )
    _crawl(scene, hours=1)
    scene.world.edit(HOST, PATH, text=scene.says(30))
    _crawl(scene, hours=10)
    _crawl(scene, hours=10)
    assert (scene.counts(), scene.told()) == ([12, 30], ["story", "change"])
    scene.stage.later(hours=30)
    # 12 was first seen 50 h ago, 30 40 h ago, and again 30 h ago.
    captures = [
        (9, scene.stamp(hours=60)),
        (20, scene.stamp(hours=45)),
        (25, scene.stamp(hours=35)),
    ]
    assert scene.bring(*reversed(captures)) == {"older": 3}
    chain = [9, 12, 20, 30, 25, 30]
    assert scene.counts() == chain
    # In another order, twice, and what is held already: nothing more.
    again = [*captures, (12, scene.stamp(hours=46)), (30, scene.stamp(hours=33))]
    assert set(scene.bring(*again, name="old.jsonl")) <= {"older", "unchanged"}
    assert scene.counts() == chain
    assert scene.bring((15, scene.stamp(hours=47)), name="one.jsonl") == {"older": 1}
    assert scene.counts() == [9, 12, 15, *chain[2:]]
    # The site still says 30: no edit. When it says 31, that is one, from 30.
    _crawl(scene, hours=1)
    assert scene.told() == ["story", "change"]
    scene.world.edit(HOST, PATH, text=scene.says(31))
    _crawl(scene, hours=10)
    assert scene.told() == ["story", "change", "change"]
    with Archive(scene.stage.database) as archive, archive.read() as reader:
        (view,) = [one for one in reader.articles(limit=10) if one.url == URL]
        assert reader.changes(view.id)[-1].reasons[0].startswith("number changed from 30")
    history = scene.stage.windcatch("articles", "history", URL, "--json").rows()
    seen = [row["seen_at"] for row in history]
    assert seen == sorted(seen)
    assert len(history) == 8
