"""Many children crawl at once, again and again: does every revision belong to its own URL?

Each page bears a marker that names it and its round. Run the full measure with
`python -m crawler.world.markers --children 10 --articles 1000 --rounds 20`, or in pieces on one
folder: `--folder DIR --rounds 5`, then `--folder DIR --first 6 --rounds 5`, and so on.
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from crawler.world import configtext
from crawler.world.fakesite import FakeWorld
from crawler.world.pieces import Piece
from crawler.world.prose import compose
from crawler.world.site import Site
from crawler.world.stage import Stage, WorldClock
from storage.archive import Archive

logger = logging.getLogger(__name__)

_MARKER = re.compile(r"Marker (\S+) of round (\d+)\.")
#: A crawl that says it failed (a database held for too long by the others) is run again, as the
#: service would; what it could not store is asked for anew.
PASSES = 3
#: Between two rounds.
STEP = timedelta(hours=4)
WATCHLIST = (
    'name = "Desk"\ndestination = "policy"\n[[themes]]\nid = "a"\nname = "A"\nquery = "marker"\n'
)


def crossed(
    *, children: int, articles: int, rounds: int, folder: Path, first: int = 1
) -> list[str]:
    """Return what is wrong after *rounds* passes of *children* processes over *articles* pages.

    Every page is edited before each round. Empty when each article has one revision for each
    round, each with its own marker, in order. With *first*, the *folder* holds the rounds before.
    """
    clock = WorldClock(ahead=STEP * (first - 1))
    last = first + rounds - 1
    plain = {"scheme": "http", "offers": frozenset({"rss"}), "feed_size": articles}
    sites = [
        Site(host=f"c{child}.example", name=f"Child {child}", **plain)  # type: ignore[arg-type]  # mixed
        for child in range(children)
    ]
    with FakeWorld(sites, clock=clock.now) as world:
        stage = Stage(
            folder,
            world=world,
            slack=None,
            sources=[configtext.site_source(site) for site in sites],
            watchlist=WATCHLIST,
            clock=clock,
        )
        stage.windcatch("db", "upgrade")
        broken: list[str] = []
        with ThreadPoolExecutor(children) as threads:
            for number in range(first, last + 1):
                for place in range(articles):
                    site = sites[place % children]
                    world.publish(site.host, _piece(place, number, clock))
                stage.later(seconds=STEP.total_seconds())
                ids = [configtext.source_id(site.host) for site in sites]
                failed = list(ids)
                for again in range(PASSES):
                    ends = threads.map(
                        lambda id_: stage.windcatch("crawl", id_, timeout_s=900), failed
                    )
                    failed = [id_ for id_, end in zip(failed, list(ends), strict=True) if end.code]
                    if failed:
                        logger.info("round %d, pass %d: %d failed", number, again + 1, len(failed))
                broken += [f"round {number}: {id_} failed {PASSES} times" for id_ in failed]
                logger.info("round %d of %d", number, last)
    return broken + list(_misplaced(stage.database, articles=articles, rounds=last))


def _piece(place: int, number: int, clock: WorldClock) -> Piece:
    title, text = compose(place)
    now = clock.now()
    # In the middle: a reader, or an extractor, may miss a line at the end.
    first, *rest = text.split("\n\n")
    marker = f"Marker {place} of round {number}."
    return Piece(
        path=f"/a/{place}.html",
        title=f"{title} ({place})",
        text="\n\n".join((f"{first} {marker}", *rest)),
        published_at=now,
        changed_at=now,
        revision=number,
    )


def _misplaced(database: str, *, articles: int, rounds: int) -> Iterator[str]:
    with Archive(database) as archive, archive.read() as reader:
        held = reader.articles(limit=articles + 10)
        if len(held) != articles:
            yield f"{len(held)} articles instead of {articles}"
        for article in held:
            place = article.url.rsplit("/", 1)[1].removesuffix(".html")
            found = [_MARKER.findall(one.text) for one in reader.revisions(article.id)]
            wanted = [[(place, str(number))] for number in range(1, rounds + 1)]
            if any(marks not in wanted for marks in found):
                yield f"{article.url} holds another's text: {found}"
            elif found != wanted:
                yield f"{article.url} lacks rounds: {[marks[0][1] for marks in found]}"


def main() -> int:
    """Run the measure; return 1 when a revision is not its URL's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=10)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="keep the database there, to go on later")
    parser.add_argument("--first", type=int, default=1, help="the round to go on with")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    with tempfile.TemporaryDirectory(prefix="windcatch-markers-") as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        broken = crossed(
            children=given.children,
            articles=given.articles,
            rounds=given.rounds,
            folder=folder,
            first=given.first,
        )
    for line in broken[:20]:
        logger.error("%s", line)
    logger.info("%d of %d articles with a revision not theirs", len(broken), given.articles)
    return int(bool(broken))


if __name__ == "__main__":
    raise SystemExit(main())
