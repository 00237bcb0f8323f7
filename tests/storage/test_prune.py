"""What is let go, and what never is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from storage_articles import DAY, HOUR, NOW, article, capture, draft, record, url

from storage.archive import Archive
from storage.crawl_models import RefusalRow, RunRow
from storage.models import BlobRow, CaptureRow, OutboxRecord
from storage.prune_tx import Retention


def count(archive: Archive, model: type) -> int:
    with archive.read() as reader:
        return int(reader._db.scalar(select(func.count()).select_from(model)))


def refuse(archive: Archive, number: int) -> None:
    with archive.begin() as tx:
        run = tx.start_run("service", (), now=NOW, pid=1, config_hash=None)
        kept = tx.add_capture("example", capture(url(number), body=b"%d" % number), run_id=run)
        tx.record_refusal(
            url(number), source_id="example", reason="listing", capture_id=kept, now=NOW
        )
        tx.end_run(run, now=NOW, outcome="finished", counts={}, error=None)


def prune(archive: Archive, days: int):
    with archive.begin() as tx:
        return tx.prune(Retention(), now=NOW + days * DAY)


def test_old_refusals_and_what_proved_them_go(archive: Archive) -> None:
    record(archive, article(1))
    refuse(archive, 2)
    before = count(archive, CaptureRow)
    assert prune(archive, 89).refusals == 0
    first = prune(archive, 91)
    second = prune(archive, 91)
    assert (first.refusals + second.refusals, first.captures + second.captures) == (1, 1)
    assert first.bodies + second.bodies == 1
    assert count(archive, CaptureRow) == before - 1
    assert count(archive, RefusalRow) == 0
    # Its run follows once nothing refers to it.
    prune(archive, 91)
    assert count(archive, RunRow) == 0
    assert not prune(archive, 91).more
    assert count(archive, BlobRow) >= 1, "the article's evidence stays"


def test_runs_that_brought_nothing_go(archive: Archive) -> None:
    with archive.begin() as tx:
        run = tx.start_run("service", (), now=NOW, pid=1, config_hash=None)
        tx.start_run("service", (), now=NOW, pid=1, config_hash=None)
        tx.end_run(run, now=NOW, outcome="finished", counts={}, error=None)
    assert prune(archive, 91).runs == 1
    assert count(archive, RunRow) == 1, "one that has not ended stays"


def test_messages_lose_their_content_and_stay_told(archive: Archive) -> None:
    with archive.begin() as tx:
        assert tx.enqueue(draft("once", payload={"headline": "x"}), now=NOW)
        (row,) = tx.claim_outbox("a", now=NOW, lease=timedelta(minutes=1), limit=1)
        tx.mark_sent(row.id, channel="C", message_id="1", at=NOW)
    assert prune(archive, 91).messages == 1
    assert prune(archive, 91).messages == 0
    with archive.begin() as tx:
        assert tx._db.scalar(select(OutboxRecord.payload)) == {}
        assert not tx.enqueue(draft("once"), now=NOW)


def test_the_nightly_work_is_begun_once(archive: Archive) -> None:
    with archive.begin() as tx:
        assert tx.start_nightly(now=NOW, pid=1, every=20 * HOUR) is not None
        assert tx.start_nightly(now=NOW + HOUR, pid=2, every=20 * HOUR) is None
        assert tx.last_nightly() == NOW
        # A clock that was ahead must not stop it for ever.
        assert tx.start_nightly(now=NOW - DAY, pid=2, every=20 * HOUR) is not None
        assert tx.start_nightly(now=NOW + 21 * HOUR, pid=2, every=20 * HOUR) is not None
