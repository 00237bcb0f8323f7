"""All built-in sources crawled against their fixture sites, through the real spiders, in one command."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from sources_fakes import builtin_lines, crawled

from crawler.builtin import builtin_ids
from crawler.world.publishers import Press, Story, presses
from storage.views import ArticleView

PRESSES = {press.source_id: press for press in presses()}
STORIES = [(press.source_id, story) for press in PRESSES.values() for story in press.stories]
NAMES = [f"{source_id}-{story.number}" for source_id, story in STORIES]


@dataclass(frozen=True)
class Crawled:
    """What the one crawl did."""

    report: dict[str, Any]
    stored: dict[str, ArticleView]
    asked: set[str]


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder = tmp_path_factory.mktemp("builtin")
    done, stored, world = crawled(
        folder, PRESSES.values(), [builtin_lines(id_) for id_ in builtin_ids()]
    )
    assert done.code == 0, done.stderr[-3000:]
    asked = {line.url for line in world.ledger.lines()}
    return Crawled(json.loads(done.stdout), stored, asked)


@pytest.mark.parametrize("press", PRESSES.values(), ids=list(PRESSES))
def test_a_source_finds_all_it_should_and_fails_at_nothing(crawl: Crawled, press: Press) -> None:
    counts = crawl.report["sources"][press.source_id]
    assert counts["new"] == len(press.stories)
    assert counts["refused"] == len(press.refused)
    assert counts["failed"] <= 1, "but for the list's missing second page"


@pytest.mark.parametrize(("source_id", "story"), STORIES, ids=NAMES)
def test_an_article_is_stored_as_it_was_printed(
    crawl: Crawled, source_id: str, story: Story
) -> None:
    article = _stored(crawl, story.url)
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
    article = _stored(crawl, story.url)
    said = article.details
    assert article.published_at == story.published_at
    assert article.published_precision == story.precision
    wire, taken = said.get("wire") or {}, said.get("attribution") or {}
    assert (wire.get("agency"), wire.get("dateline")) == (story.wire.agency, story.wire.dateline)
    assert {k: v for k, v in taken.items() if v} == {
        k: v
        for k, v in (
            ("source", story.attribution.source),
            ("author", story.attribution.author),
            ("editor", story.attribution.editor),
        )
        if v
    }
    assert tuple(said.get("authors") or ()) == story.authors
    assert tuple(said.get("captions") or ()) == story.captions
    assert story.facts.items() <= (said.get("facts") or {}).items()


def test_only_articles_were_asked_for(crawl: Crawled) -> None:
    known = {url for press in PRESSES.values() for url in press.documents}
    strays = {url for url in crawl.asked - known if not url.endswith("/robots.txt")}
    assert strays <= {
        "https://www.chinadaily.com.cn/business/page_2.html",
        "https://www.chinadaily.com.cn/business/policies/page_2.html",
    }


def _stored(crawl: Crawled, url: str) -> ArticleView:
    found = crawl.stored.get(url) or crawl.stored.get(url.rstrip("/"))
    assert found is not None, f"{url} was not stored"
    return found
