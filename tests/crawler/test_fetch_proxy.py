"""Through `[fetch] proxy`: true host names, http as such and https through a tunnel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fetch_fakes import child, source
from world_fakes import site

from crawler.options import FetchOptions, RunOptions
from crawler.world.fakesite import FakeWorld
from spiders.sources import Channel, ChannelKind, Politeness


def test_both_schemes_go_through_the_proxy(tmp_path: Path) -> None:
    polite = Politeness(delay_s=0, concurrency=4)
    with FakeWorld([site(3), site(2, host="plain.example", scheme="http")]) as world:
        sources = {
            name: source(
                name, home, Channel(kind=ChannelKind.FEED, url=f"{home}/feed"), politeness=polite,
                max_age=None,
            )
            for name, home in (("tls", "https://one.example"), ("plain", "http://plain.example"))
        }  # fmt: skip
        fetch = FetchOptions(proxy=world.proxy_url, ca_file=world.ca_file, timeout_s=10)
        payload = {"sources": sources, "run": RunOptions(extractors=0)}
        db = f"sqlite:///{tmp_path / 'a.db'}"
        done = child("crawl", {**payload, "db": db, "fetch": fetch}).result["sources"]
        assert (done["tls"]["new"], done["tls"]["errors"]) == (3, {})
        assert (done["plain"]["new"], done["plain"]["errors"]) == (2, {})
        asked = {line.url for line in world.ledger.lines()}
        assert "https://one.example/robots.txt" in asked
        # Without the authority the tunnel ends at the handshake.
        db = f"sqlite:///{tmp_path / 'b.db'}"
        plain = replace(fetch, ca_file=None)
        strict = child("crawl", {**payload, "db": db, "fetch": plain}).result["sources"]
    assert not strict["tls"]["ok"]
    assert strict["plain"]["new"] == 2
