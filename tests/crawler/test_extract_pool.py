"""Workers that hang, die or eat memory cost one page, never the crawl."""

from __future__ import annotations

import asyncio
import os
import time

import pytest
from extract_pages import article_page, capture

import crawler.extract_pool as pool_module
from crawler.extract_pool import DIED, TIMED_OUT, ExtractPool, Limits
from spiders.sources import Hints


@pytest.fixture(scope="module")
def pool():
    with ExtractPool(size=1) as made:
        yield made


def test_it_answers_what_extract_answers(pool):
    article = pool.extract(
        capture(article_page()), source_id="x", zone="Asia/Shanghai", hints=Hints(drop=(".share",))
    )
    assert article.is_article, article.refusal
    assert article.source_id == "x"


def test_an_event_loop_is_not_blocked(pool):
    async def both() -> list[str]:
        pages = [capture(article_page()), capture("<p>nothing</p>")]
        found = await asyncio.gather(*(pool.extract_async(page, source_id="x") for page in pages))
        return [article.refusal or "" for article in found]

    first, second = asyncio.run(both())
    assert first == ""
    assert second != ""


def test_a_killed_worker_costs_one_page(pool):
    pool.extract(capture(article_page()), source_id="x")
    (worker,) = pool._idle
    worker.process.kill()
    worker.process.join()
    assert pool.extract(capture(article_page()), source_id="x").is_article


def test_a_page_past_its_deadline_is_refused_and_the_worker_replaced():
    limits = Limits(deadline_s=0.0)
    with ExtractPool(size=1, limits=limits) as quick:
        article = quick.extract(capture(article_page()), source_id="x")
        assert (article.is_article, article.refusal) == (False, TIMED_OUT)
        assert quick._idle == []


def test_a_page_that_eats_memory_is_refused(pool, monkeypatch):
    grown = iter([0, 10**9])
    monkeypatch.setattr(pool_module, "_resident_kb", lambda pid: next(grown, 10**9))
    pool.extract(capture(article_page()), source_id="x")
    (worker,) = pool._idle
    os.kill(worker.process.pid, 19)  # stopped: it neither answers nor dies
    started = time.monotonic()
    article = pool.extract(capture(article_page()), source_id="x")
    assert article.refusal == DIED
    assert time.monotonic() - started < 5


def test_a_closed_pool_says_so():
    pool = ExtractPool(size=1)
    pool.close()
    with pytest.raises(RuntimeError, match="closed"):
        pool.extract(capture(""), source_id="x")
