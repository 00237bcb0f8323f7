"""Every channel of every built-in source, alone, finds its publisher's articles and nothing else."""

from __future__ import annotations

import asyncio

import pytest
from sources_fakes import fetcher

from crawler.builtin import builtin_ids
from crawler.config_sources import builtin_source
from crawler.world.publishers import NOW, Press, presses
from spiders.discovery import discover
from spiders.gate import GatePolicy
from spiders.select import Selector
from spiders.sources import Channel, Source

PRESSES = {press.source_id: press for press in presses()}
CHANNELS = [
    (source_id, channel)
    for source_id in builtin_ids()
    for channel in builtin_source(source_id).channels
]


def found_in(channel: Channel, source: Source, press: Press) -> tuple[set[str], list[str]]:
    async def walk() -> tuple[set[str], list[str]]:
        found: set[str] = set()
        problems: list[str] = []
        get = fetcher(press.documents)
        async for reading in discover(channel, source=source, now=NOW, get=get):
            chosen = Selector(source, GatePolicy()).select(reading.entries, now=NOW)
            found |= {entry.url for entry in chosen.entries}
            # The list's second page need not be there.
            if reading.failure is not None and reading.url == channel.url:
                problems.append(reading.failure.detail)
        return found, problems

    return asyncio.run(walk())


def test_every_builtin_source_has_a_fixture_site() -> None:
    assert set(PRESSES) == set(builtin_ids())


@pytest.mark.parametrize(
    ("source_id", "channel"), CHANNELS, ids=[f"{s}-{c.kind}-{c.url}" for s, c in CHANNELS]
)
def test_a_channel_alone_finds_the_articles(source_id: str, channel: Channel) -> None:
    source, press = builtin_source(source_id), PRESSES[source_id]
    found, problems = found_in(channel, source, press)
    assert problems == []
    own = {story.url for story in press.stories} | set(press.refused)
    assert found <= own
    # A source of two hosts lists each host's articles on that host.
    hosts = {url.split("/")[2] for url in found}
    assert found == {url for url in own if url.split("/")[2] in hosts}
    assert len(found) >= 3
