"""A gap in the real program: caught up where something reaches back, told where nothing does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fetch_fakes import BadServer, child, page, response, rss, source

from crawler.gaps import Gap, gap_of, lost, spared
from crawler.options import FetchOptions, RunOptions
from storage.archive import Archive
from storage.types import SourceState

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
GAP = Gap(
    since=NOW - timedelta(hours=30),
    until=NOW - timedelta(hours=9),
    at=NOW,
    reached=False,
    open=False,
)


def path(number: int) -> str:
    return f"/2026/story-{number}-of-the-day.html"


def crawl(db: str, server: BadServer) -> tuple[dict[str, int], SourceState]:
    payload = {
        "db": db,
        "sources": {"s": source("s", server.url)},
        "fetch": FetchOptions(allow_private_networks=("127.0.0.0/8",), timeout_s=5),
        "run": RunOptions(extractors=0, reschedule=True, trigger="service"),
    }
    counts = child("crawl", payload).result["sources"]["s"]
    with Archive(db) as archive, archive.begin() as tx:
        state = tx.source_state("s")
    assert state is not None
    return counts, state


def sitemap(base: str, numbers: Iterable[int]) -> str:
    now = datetime.now(UTC).isoformat()
    rows = "".join(
        f"<url><loc>{base}{path(n)}</loc><lastmod>{now}</lastmod></url>" for n in numbers
    )
    return f'<?xml version="1.0"?><urlset>{rows}</urlset>'


@pytest.mark.parametrize("offers", [True, False])
def test_a_feed_that_rolled_over_while_we_were_away(tmp_path: Path, offers: bool) -> None:
    db = f"sqlite:///{tmp_path / 'w.db'}"
    with BadServer() as server:
        named = f"\nSitemap: {server.url}/sitemap.xml" if offers else ""
        server.routes["/robots.txt"] = response(f"User-agent: *\nAllow: /{named}")
        for n in range(24):
            server.routes[path(n)] = response(
                page(f"Story number {n} of today"), Content_Type="text/html; charset=utf-8"
            )
        server.routes["/feed"] = response(rss(*(path(n) for n in range(5, -1, -1))))
        server.routes["/sitemap.xml"] = response(sitemap(server.url, range(24)))
        first, state = crawl(db, server)
        assert (first["new"], "caught_up" in first) == (6, False)
        assert gap_of(state.memory) is None

        server.routes["/feed"] = response(rss(*(path(n) for n in range(23, 17, -1))))
        second, state = crawl(db, server)
        gap = gap_of(state.memory)
        assert gap is not None
        assert gap.reached is offers
        assert second["new"] == (18 if offers else 6)
        assert second["caught_up"] == (12 if offers else 0)
        assert state.health == ("healthy" if offers else "degraded")
        if offers:
            # The oldest first, the feed's own last.
            asked = [r.path for r in server.ledger if "story" in r.path][6:]
            assert asked.index(path(17)) < asked.index(path(23))
        else:
            assert "may be missing" in str(state.health_reason)
            assert "backfill s --since" in str(state.health_reason)

        searched = len(server.asked("/sitemap.xml"))
        third, state = crawl(db, server)
        assert (third["new"], third["failed"]) == (0, 0)
        assert len(server.asked("/sitemap.xml")) == searched


@pytest.mark.parametrize(
    ("hours", "reached", "open_", "told", "is_spared"),
    [
        (1, False, False, True, True),
        (7, False, False, True, False),
        (25, False, False, False, False),
        (1, True, False, False, False),
        (1, False, True, False, False),
    ],
)
def test_how_long_a_gap_counts(
    hours: float, reached: bool, open_: bool, told: bool, is_spared: bool
) -> None:
    gap = Gap(since=GAP.since, until=GAP.until, at=NOW, reached=reached, open=open_)
    later = NOW + timedelta(hours=hours)
    assert (lost("s", gap, now=later) is not None) is told
    assert spared(gap, now=later) is is_spared


@pytest.mark.parametrize("held", [None, 5, {}, {"since": 3}, {**GAP.as_json(), "at": "yesterday"}])
def test_a_gap_that_cannot_be_read_is_none(held: object) -> None:
    assert not gap_of({"gap": held})
    assert gap_of({"gap": GAP.as_json()}) == GAP
