"""All built-in sources crawled against their fixture sites, through the real spiders, in one command.

The five seeds stand on their publishers' sites beside our own pieces, where they are present.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import extract_seeds as seeds
import pytest
from paths import SEEDS, needs_seeds
from sources_fakes import builtin_lines, crawled

from crawler.builtin import builtin_ids
from crawler.world.publishers import Press, Story, presses
from crawler.world.publishers.press import feed, news_sitemap, page, sitemap
from storage.views import ArticleView

PRESSES = {press.source_id: press for press in presses()}
STORIES = [(press.source_id, story) for press in PRESSES.values() for story in press.stories]
NAMES = [f"{source_id}-{story.number}" for source_id, story in STORIES]

#: What `windcatch sources add` writes for a small WordPress site that copies Xinhua.
COPIER = """[sources.copier]
name = "Metaverse Post"
home = "https://metaversepost.example/"
language = "en"
channels = [{kind = "feed", url = "https://metaversepost.example/feed/"}]
politeness = {delay_s = 0}
max_age = "9000d"
"""


@dataclass(frozen=True)
class Case:
    """One seed, where it is announced, and what must be stored beside title and text."""

    make: Callable[[], seeds.Seed]
    source: str
    found_in: str
    published: datetime | None
    agency: str | None = None
    dateline: str | None = None
    attribution: tuple[str, str, str] | None = None


CASES = (
    Case(
        seeds.china_daily, "chinadaily", "https://www.chinadaily.com.cn/rss/bizchina_rss.xml",
        datetime(2025, 1, 27, 9, 28, tzinfo=UTC), "Xinhua", "BEIJING",
    ),
    Case(
        seeds.technode, "technode", "https://technode.com/feed/",
        datetime(2022, 10, 18, 9, 42, 10, tzinfo=UTC),
    ),
    Case(
        seeds.aggregator, "besthub_21cto", "https://besthub.dev/sitemap.xml", None,
        attribution=("甲子光年", "Liu Jingfeng", "Yang Yang"),
    ),
    Case(
        seeds.xinhua_copy, "copier", "https://metaversepost.example/feed/",
        datetime(2022, 2, 17, 8, 11, tzinfo=UTC), "Xinhua", "TAIYUAN, Feb. 17 (Xinhua)",
    ),
    Case(
        seeds.asia_business, "asiae_en", "https://cm.asiae.co.kr/sitemap/news.xml",
        datetime(2020, 5, 25, 2, 8, 16, tzinfo=UTC),
        dateline="Asia Economy Beijing=Special Correspondent Sunmi Park",
    ),
)  # fmt: skip


def _with_seed(press: Press, case: Case) -> Press:
    """Return *press* with the seed's page on line and announced."""
    seed = case.make()
    url = seed.capture.url
    at = case.published or datetime(2022, 3, 12, tzinfo=UTC)
    listed = (*press.stories, Story(title=seed.title, paragraphs=("",), at=at, url=url))
    if case.found_in.endswith("/sitemap.xml"):
        announced = sitemap([story for story in listed if "besthub" in story.url])
    elif "sitemap" in case.found_in:
        announced = news_sitemap(case.source, "en", listed)
    else:
        announced = feed(case.source, url, listed)
    more = {url: page(seed.capture.body.decode()), case.found_in: announced}
    return replace(press, documents={**press.documents, **more})


@dataclass(frozen=True)
class Crawled:
    """What the one crawl did."""

    report: dict[str, Any]
    stored: dict[str, ArticleView]
    asked: set[str]
    presses: dict[str, Press]

    def article(self, url: str) -> ArticleView:
        found = self.stored.get(url) or self.stored.get(url.rstrip("/"))
        assert found is not None, f"{url} was not stored"
        return found


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    served = dict(PRESSES)
    sources = [builtin_lines(id_, max_age='"9000d"') for id_ in builtin_ids()]
    if SEEDS.is_dir():
        served["copier"] = Press(source_id="copier", stories=(), documents={}, never=())
        served |= {case.source: _with_seed(served[case.source], case) for case in CASES}
        sources.append(COPIER)
    done, stored, world = crawled(tmp_path_factory.mktemp("builtin"), served.values(), sources)
    assert done.code == 0, done.stderr[-3000:]
    asked = {line.url for line in world.ledger.lines()}
    return Crawled(json.loads(done.stdout), stored, asked, served)


@pytest.mark.parametrize("press", PRESSES.values(), ids=list(PRESSES))
def test_a_source_finds_all_it_should_and_fails_at_nothing(crawl: Crawled, press: Press) -> None:
    counts = crawl.report["sources"][press.source_id]
    seeded = len(crawl.presses[press.source_id].documents) - len(press.documents)
    assert counts["new"] == len(press.stories) + seeded
    assert counts["refused"] == len(press.refused)
    assert counts["failed"] <= 1, "but for the list's missing second page"


@pytest.mark.parametrize(("source_id", "story"), STORIES, ids=NAMES)
def test_an_article_is_stored_as_it_was_printed(
    crawl: Crawled, source_id: str, story: Story
) -> None:
    article = crawl.article(story.url)
    lines = [line for line in (article.text or "").split("\n") if line]
    assert article.source_id == source_id
    assert article.title == story.title
    assert lines == [story.first, *story.paragraphs[1:]]
    assert not [n for n in PRESSES[source_id].never if n in (article.text or "")]
    assert (article.language, article.kind) == (story.language, story.kind)


@pytest.mark.parametrize(("source_id", "story"), STORIES, ids=NAMES)
def test_what_the_page_states_of_itself_is_kept(
    crawl: Crawled, source_id: str, story: Story
) -> None:
    article = crawl.article(story.url)
    assert article.published_at == story.published_at
    assert article.published_precision == story.precision
    said = article.details
    stated = story.attribution
    assert _wire(article) == (story.wire.agency, story.wire.dateline)
    assert _attribution(article) == (stated.source, stated.author, stated.editor)
    assert tuple(said.get("authors") or ()) == story.authors
    assert tuple(said.get("captions") or ()) == story.captions
    assert story.facts.items() <= (said.get("facts") or {}).items()


def test_only_articles_were_asked_for(crawl: Crawled) -> None:
    known = {url for press in crawl.presses.values() for url in press.documents}
    strays = {url for url in crawl.asked - known if not url.endswith("/robots.txt")}
    assert {url.rpartition("/")[2] for url in strays} <= {"page_2.html"}


@needs_seeds
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.make.__name__)
def test_a_seed_is_stored_whole_alone_and_attributed(crawl: Crawled, case: Case) -> None:
    seed = case.make()
    article = crawl.article(seed.capture.url)
    lines = [line for line in (article.text or "").split("\n") if line]
    assert (article.source_id, article.title) == (case.source, seed.title)
    assert (lines[0], lines[-1]) == (seed.first, seed.last)
    assert not [line for line in lines if any(word in line for word in seed.never)]
    assert article.language == "en"
    if case.published is not None:
        assert article.published_at == case.published
    else:
        # The page says none; a sitemap's lastmod is no time of publication.
        assert article.details.get("published_from") in (None, "feed")
    assert _wire(article) == (case.agency, case.dateline)
    assert _attribution(article) == (case.attribution or (None, None, None))


def _wire(article: ArticleView) -> tuple[str | None, str | None]:
    wire = article.details.get("wire") or {}
    return wire.get("agency"), wire.get("dateline")


def _attribution(article: ArticleView) -> tuple[str | None, ...]:
    taken = article.details.get("attribution") or {}
    return tuple(taken.get(key) for key in ("source", "author", "editor"))
