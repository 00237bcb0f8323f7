"""The five seeds as their publishers' pages, through the real spiders of the matching source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import extract_seeds as seeds
import pytest
from paths import needs_seeds
from sources_fakes import builtin_lines, crawled

from crawler.world.publishers.press import Press, Story, feed, news_sitemap, page, sitemap
from storage.views import ArticleView

pytestmark = needs_seeds

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

#: What `windcatch sources add` writes for a small site: a feed, and nothing known of its pages.
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
    """One seed, where it is found, and what must be stored beside title and text."""

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


def _press(case: Case) -> Press:
    seed = case.make()
    url = seed.capture.url
    # The list says no time of its own where the page says none, so that none can be taken from it.
    story = Story(title=seed.title, paragraphs=("",), at=case.published or NOW, url=url)
    documents = {url: page(seed.capture.body.decode())}
    if case.found_in.endswith("sitemap.xml"):
        documents[case.found_in] = sitemap([story])
    elif "sitemap" in case.found_in:
        documents[case.found_in] = news_sitemap(case.source, "en", [story])
    else:
        documents[case.found_in] = feed(case.source, url, [story])
    return Press(source_id=case.source, stories=(), documents=documents, never=seed.never)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ArticleView]:
    sources = [builtin_lines(c.source, max_age='"9000d"') for c in CASES if c.source != "copier"]
    folder: Path = tmp_path_factory.mktemp("seeds")
    _, articles, _ = crawled(folder, map(_press, CASES), [*sources, COPIER], NOW)
    return {article.source_id: article for article in articles.values()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.make.__name__)
def test_a_seed_is_stored_whole_alone_and_attributed(
    case: Case, stored: dict[str, ArticleView]
) -> None:
    seed, article = case.make(), stored[case.source]
    lines = [line for line in (article.text or "").split("\n") if line]
    assert article.title == seed.title
    assert (lines[0], lines[-1]) == (seed.first, seed.last)
    assert not [line for line in lines if any(word in line for word in seed.never)]
    assert article.language == "en"
    if case.published is not None:
        assert article.published_at == case.published
    else:
        assert article.details.get("published_from") in (None, "feed")
    wire, taken = (article.details.get(key) or {} for key in ("wire", "attribution"))
    assert (wire.get("agency"), wire.get("dateline")) == (case.agency, case.dateline)
    told = tuple(taken.get(key) for key in ("source", "author", "editor"))
    assert told == (case.attribution or (None, None, None))
