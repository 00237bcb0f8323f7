"""What tests of sources share: a crawl of built-in sources against their fixture sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.world.fakesite import FakeWorld
from crawler.world.publishers import NOW, Press, sites
from crawler.world.stage import Finished, Stage, WorldClock
from spiders.discovery import Answer
from spiders.items import Failed
from storage.archive import Archive
from storage.views import ArticleView

WATCHLIST = """
name = "Desk"
destination = "policy"
[[themes]]
id = "swap"
name = "Battery swapping"
query = '"battery swapping" OR 换电'
"""


def builtin_lines(source_id: str, **more: str) -> str:
    """Return the `[sources.<id>]` of a built-in source, hurried: loopback needs no mercy."""
    keys = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f"[sources.{source_id}]\npoliteness = {{delay_s = 0, concurrency = 8}}\n{keys}"


def crawled(
    folder: Path, presses: Iterable[Press], sources: Iterable[str], now: datetime = NOW
) -> tuple[Finished, dict[str, ArticleView], FakeWorld]:
    """Crawl once, as a user would; return how it ended, the stored articles by URL, the world."""
    clock = WorldClock(ahead=now - datetime.now(UTC))
    with FakeWorld(sites(presses), clock=clock.now) as world:
        stage = Stage(
            folder, world=world, slack=None, sources=sources, watchlist=WATCHLIST, clock=clock
        )
        done = stage.windcatch("crawl", "--json", "--no-deliver")
        with Archive(stage.database) as archive, archive.read() as reader:
            stored = reader.articles(limit=1000, with_text=True)
    return done, {article.url: article for article in stored}, world


def fetcher(documents: Mapping[str, tuple[str, bytes]]) -> Any:
    """Return a `get` for discovery that answers from *documents*."""

    async def get(url: str) -> Answer | Failed:
        if url not in documents:
            return Failed(source_id="x", url=url, error_class="http_4xx", detail="HTTP 404")
        kind, body = documents[url]
        return Answer(url=url, final_url=url, status=200, headers={"content-type": kind}, body=body)

    return get
