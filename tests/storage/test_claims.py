"""Two workers on one database: what one has, the other has not."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from storage_articles import HOUR, NOW, draft

from storage.archive import Archive

LEASE = timedelta(minutes=5)
WORKERS = ("a", "b", "c", "d")


def test_sources_are_shared_out(archive: Archive) -> None:
    with archive.begin() as tx:
        tx.sync_sources({f"s{number:02}": HOUR for number in range(24)}, now=NOW)

    def work(owner: str) -> list[str]:
        got: list[str] = []
        for _ in range(8):
            with archive.begin() as tx:
                claimed = tx.claim_due(owner, now=NOW + HOUR, limit=2, lease=LEASE)
            got += [state.source_id for state in claimed]
        return got

    with ThreadPoolExecutor(len(WORKERS)) as pool:
        shares = list(pool.map(work, WORKERS))
    counted = Counter(source for share in shares for source in share)
    assert set(counted.values()) == {1}
    assert len(counted) == 24


def test_messages_are_claimed_once_and_one_a_destination(archive: Archive) -> None:
    with archive.begin() as tx:
        for number in range(12):
            tx.enqueue(draft(f"m{number}", destination=f"d{number % 3}"), now=NOW)

    def work(owner: str) -> list[tuple[str, str]]:
        with archive.begin() as tx:
            rows = tx.claim_outbox(owner, now=NOW, lease=LEASE, limit=10)
        return [(row.destination, row.dedupe_key) for row in rows]

    with ThreadPoolExecutor(len(WORKERS)) as pool:
        claimed = [row for share in pool.map(work, WORKERS) for row in share]
    assert sorted(destination for destination, _ in claimed) == ["d0", "d1", "d2"]
