"""A better extractor does not ring: a changed page is compared with what it makes of the stored one."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from extract_pages import NOW, PARAGRAPHS, article_page, capture
from fetch_fakes import source
from sqlalchemy import text

from alerts.match import Matcher
from crawler.extractor import InProcess
from crawler.ingest import Desk
from crawler.intake import Intake, Workshop
from crawler.result import Tally
from spiders.edition import edition
from spiders.items import Page
from spiders.sources import Hints, Source
from storage.archive import Archive
from storage.types import Discovery, Entry

URL = "https://www.example.com/2025/01/27/swap-rules-12345.html"
SITE = source("s", "https://www.example.com")
#: What the extractor before takes for the article's text, and the one after it does not.
NOTE = (
    "The ministry said that its reading room opens at nine, and that all are asked to bring a pass."
)
BETTER = replace(SITE, hints=Hints(drop=(".k7",)))


def served(figure: int, *, tail: str = "", recheck: bool = True) -> Page:
    lines = (
        *PARAGRAPHS,
        NOTE,
        f"The ministry said that {figure} stations will be built this year.",
    )
    html = article_page(paragraphs=lines, tail=tail).replace(f"<p>{NOTE}", f'<p class="k7">{NOTE}')
    assert "k7" in html
    found_by = Discovery.RECHECK if recheck else Discovery.FEED
    answer = replace(capture(html), fetched_at=NOW + timedelta(hours=int(recheck)))
    return Page(source_id="s", entry=Entry(url=URL, found_by=found_by), capture=answer)


class Crawls:
    """Passes over one source, each with the extractor that its hints make."""

    def __init__(self, path: Path) -> None:
        self.archive = Archive(f"sqlite:///{path / 'w.db'}")
        self.archive.create()
        with self.archive.begin() as tx:
            tx.sync_sources({"s": timedelta(hours=1)}, now=NOW)
            state = tx.source_state("s")
        assert state is not None
        self.state = state

    def take(self, site: Source, page: Page) -> str:
        """Return what came of *page*."""
        tally = Tally("s")
        with ThreadPoolExecutor(1) as database:
            shop = Workshop(
                archive=self.archive,
                desk=Desk(matcher=Matcher(()), watchlists=()),
                extractor=InProcess(),
                database=database,
                run_id=None,  # type: ignore[arg-type]  # no run is on record here
                clock=lambda: page.capture.fetched_at,
            )
            intake = Intake(
                source=site, state=self.state, shop=shop, rechecks={}, baseline=False, tally=tally
            )
            asyncio.run(intake.take(page))
        assert not tally.errors
        (outcome,) = {"new", "revised", "unchanged"} & set(tally.counts)
        return outcome

    def history(self) -> tuple[list[str], list[list[str]]]:
        """Return the text of each revision, and the reasons of each change after the first."""
        with self.archive.read() as reader:
            texts = [one.text for one in reader.revisions(1)]
            return texts, [list(one.reasons) for one in reader.changes(1)[1:]]

    def forget_editions(self) -> None:
        """Make the store one of a release that did not say which extractor read what."""
        with self.archive._writers.begin() as connection:
            connection.execute(text("UPDATE revision SET details = '{}'"))


@pytest.fixture
def crawls(tmp_path):
    made = Crawls(tmp_path)
    yield made
    made.archive.close()


def test_only_what_the_publisher_changed_is_a_change(crawls):
    assert crawls.take(SITE, served(14, recheck=False)) == "new"
    assert NOTE in crawls.history()[0][0]
    assert crawls.take(BETTER, served(44)) == "revised"
    (first, second), (reasons,) = crawls.history()
    assert (NOTE in first, "14 stations" in first) == (False, True)
    assert (NOTE in second, "44 stations" in second) == (False, True)
    assert reasons == ["number changed from 14 to 44"]


def test_what_only_the_extractor_reads_otherwise_is_no_revision(crawls):
    crawls.take(SITE, served(14, recheck=False))
    crawls.forget_editions()
    # Other bytes, the same article.
    assert crawls.take(BETTER, served(14, tail="<!-- 3 -->")) == "unchanged"
    texts, changes = crawls.history()
    assert [NOTE in one for one in texts] == [False]
    assert changes == []


def test_what_one_extractor_read_it_does_not_read_again(crawls):
    crawls.take(SITE, served(14, recheck=False))
    assert crawls.take(SITE, served(44)) == "revised"
    texts, changes = crawls.history()
    assert [NOTE in one for one in texts] == [True, True]
    assert changes == [["number changed from 14 to 44"]]


def test_without_the_stored_page_the_texts_are_compared_as_they_are(crawls):
    crawls.take(SITE, served(14, recheck=False))
    with crawls.archive._writers.begin() as connection:
        connection.execute(text("UPDATE revision SET capture_id = NULL"))
    assert crawls.take(BETTER, served(44)) == "revised"
    _, (reasons,) = crawls.history()
    assert any(reason.startswith("paragraph removed") for reason in reasons)


def test_an_edition_is_of_its_code_and_its_hints():
    assert edition(Hints()) == edition(Hints()) != edition(BETTER.hints)
    assert len(edition(Hints())) == 12
