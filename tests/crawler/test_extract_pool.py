"""Workers that hang, die or eat memory cost one page, never the crawl."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest
from extract_pages import article_page, capture

import crawler.extract_pool as pool_module
from crawler.extract_pool import DIED, NO_WORKER, TIMED_OUT, ExtractPool, Limits
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
        found = await asyncio.gather(*(pool.read_async(page, source_id="x") for page in pages))
        return [reading.article.refusal or "" for reading in found]

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
    monkeypatch.setattr(pool_module, "resident_kb", lambda pid: next(grown, 10**9))
    pool.extract(capture(article_page()), source_id="x")
    (worker,) = pool._idle
    os.kill(worker.process.pid, 19)  # stopped: it neither answers nor dies
    started = time.monotonic()
    article = pool.extract(capture(article_page()), source_id="x")
    assert article.refusal == DIED
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(("kept_mb", "stays"), [(99, True), (101, False)])
def test_a_worker_that_kept_too_much_is_replaced(pool, monkeypatch, kept_mb, stays):
    pool.extract(capture(article_page()), source_id="x")
    (worker,) = pool._idle
    worker.uses = 49
    resident = worker.resident_kb + kept_mb * 1024
    monkeypatch.setattr(pool_module, "resident_kb", lambda pid: resident)
    assert pool.extract(capture(article_page()), source_id="x").is_article
    assert (worker in pool._idle) is stays


def test_a_closed_pool_says_so():
    pool = ExtractPool(size=1)
    pool.close()
    with pytest.raises(RuntimeError, match="closed"):
        pool.extract(capture(""), source_id="x")


def _dies(pipe, memory_mb):
    os._exit(3)


def test_a_worker_that_dies_as_it_starts_costs_one_page(monkeypatch):
    monkeypatch.setattr(pool_module, "serve", _dies)
    with ExtractPool(size=1) as broken:
        article = broken.extract(capture(article_page()), source_id="x")
    assert (article.is_article, article.refusal) == (False, NO_WORKER)


def test_a_worker_is_ready_before_the_first_page():
    with ExtractPool(size=1) as early:
        early.expect()
        early.expect()
        deadline = time.monotonic() + 60
        while not early._idle and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(early._idle) == 1


def test_ctrl_c_is_the_crawlers_to_decide(pool):
    pool.extract(capture(article_page()), source_id="x")
    (worker,) = pool._idle
    os.kill(worker.process.pid, signal.SIGINT)
    assert pool.extract(capture(article_page()), source_id="x").is_article
    assert pool._idle[0].process.pid == worker.process.pid


ORPHAN = """
import os, sys
from extract_pages import article_page, capture
from crawler.extract_pool import ExtractPool
if __name__ == "__main__":
    pool = ExtractPool(size=1)
    pool.extract(capture(article_page()), source_id="x")
    print(pool._idle[0].process.pid, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_a_killed_crawlers_worker_ends_without_a_word(tmp_path):
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # The worker holds the pipes' other ends: `run` returns only when it is gone as well.
    assert done.stdout.strip().isdigit()
    assert done.stderr == ""
