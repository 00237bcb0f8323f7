"""What a source's pages have in common is learned in one pass and used in the next."""

from __future__ import annotations

import asyncio
import json

import pytest
from extract_pages import PARAGRAPHS, article_page, capture

from crawler.extractor import InProcess
from spiders.items import Page
from spiders.sources import Channel, ChannelKind, Source
from storage.types import Discovery, Entry

NOTE = "Readers in the valley can hear our bulletin every morning at seven on the usual frequency."


@pytest.fixture
def source():
    return Source(
        id="s",
        name="S",
        home="https://www.example.com/",
        channels=(Channel(kind=ChannelKind.FEED, url="https://www.example.com/feed"),),
    )


def page(number: int, *, title: str | None = None) -> Page:
    words = ("harbour", "forest", "market", "railway", "museum", "school")[number % 6]
    lines = tuple(f"{line[:-1]}, said the {words} office." for line in PARAGRAPHS)
    url = f"https://www.example.com/2025/01/27/story-of-a-{words}-{number}.html"
    text = article_page(title=title or f"A story of the {words}", paragraphs=(*lines, NOTE))
    return Page(
        source_id="s",
        entry=Entry(url=url, found_by=Discovery.FEED),
        capture=capture(text, url=url),
    )


def crawl(source, pages, learned):
    async def run():
        extractor = InProcess()
        extractor.recall("s", learned)
        articles = [await extractor.extract(one, source) for one in pages]
        return articles, extractor.kept("s")

    return asyncio.run(run())


def test_a_line_under_three_titles_is_gone_in_the_next_pass(source):
    articles, learned = crawl(source, [page(n) for n in range(3)], {})
    assert all(NOTE in article.text for article in articles)
    learned = json.loads(json.dumps(learned))
    (article,), _ = crawl(source, [page(4)], learned)
    assert NOTE not in article.text
    assert article.text.startswith(PARAGRAPHS[0][:40])
    assert article.facts["site_lines"] == (NOTE,)


def test_a_source_without_memory_learns_nothing(source):
    async def run():
        extractor = InProcess()
        for n in range(4):
            article = await extractor.extract(page(n), source)
        return article, extractor.kept("s")

    article, kept = asyncio.run(run())
    assert NOTE in article.text
    assert kept is None


def test_a_pass_without_new_pages_leaves_what_was_learned_alone(source):
    """It may be 200 KB: neither written again, nor held on to."""
    _, learned = crawl(source, [page(n) for n in range(3)], {})
    assert learned["pages"] == 3
    assert crawl(source, [], learned) == ([], None)
    extractor = InProcess()
    extractor.recall("s", learned)
    assert extractor.kept("s") is None
    assert extractor.recurring("s") is None


def test_one_story_under_three_headlines_stays_a_story(source):
    same = [
        page(1, title=f"A headline, version {word}") for word in ("one", "two", "three", "four")
    ]
    articles, _ = crawl(source, same, {})
    assert len({article.text for article in articles}) == 1
