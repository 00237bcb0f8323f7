"""Several processes at once, and processes that die: nothing lost, nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from storage_articles import NOW, article, edit, url

from storage.archive import Archive
from storage.backup import check
from storage.types import Discovery

ROOT = Path(__file__).parents[2]

_WORKER = """
import sys
sys.path.insert(0, "tests")
from storage_articles import NOW, edit
from storage.archive import Archive
from storage.types import Discovery

archive, worker = Archive(sys.argv[1]), int(sys.argv[2])
archive.schema()
print("ready", flush=True)
sys.stdin.read()
for step in range(int(sys.argv[3])):
    with archive.begin() as tx:
        tx.record(edit(worker, step), found_by=Discovery.FEED, capture=None, now=NOW)
"""

_CRASH = """
import sys
sys.path.insert(0, "tests")
from storage_articles import NOW, article, capture, draft
from storage.archive import Archive
from storage.failpoints import failpoint
from storage.types import Discovery, Validator

archive = Archive(sys.argv[1])
one = article()
with archive.begin() as tx:
    recorded = tx.record(one, found_by=Discovery.FEED, capture=capture(), now=NOW)
    if recorded.change is not None:
        tx.enqueue(draft(f"story:{recorded.member.story_id}", article_id=recorded.article_id), now=NOW)
    failpoint("ingest.before_commit")
failpoint("ingest.after_commit")
with archive.begin() as tx:
    tx.save_validator(
        Validator(url=one.url, source_id="example", etag="1", checked_at=NOW, full_at=NOW)
    )
"""


def start_together(workers: list[subprocess.Popen[bytes]]) -> None:
    """Wait until each says that it is ready, then let all of them go."""
    for worker in workers:
        assert worker.stdout is not None
        with worker.stdout as told:
            assert told.readline() == b"ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.close()


def run(
    code: str, *arguments: object, pipes: dict[str, int] | None = None, **environment: str
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        **(pipes or {}),
    )


def test_four_processes_lose_no_update(archive: Archive, archive_url: str) -> None:
    """Each revision reads the newest and adds one: a lost update would be a gap or a clash."""
    steps = 5
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    workers = [run(_WORKER, archive_url, worker, steps, pipes=pipes) for worker in range(4)]
    # Starting takes longer than the work itself: left alone, they would take turns.
    start_together(workers)
    assert [worker.wait(timeout=100) for worker in workers] == [0] * 4
    with archive.read() as reader:
        (view,) = reader.articles()
        revisions = reader.revisions(view.id)
        changes = reader.changes(view.id)
    assert [revision.number for revision in revisions] == list(range(1, 4 * steps + 1))
    # Every edit that was sent is there, whole, and once.
    sent = [edit(worker, step) for worker in range(4) for step in range(steps)]
    stored = sorted((revision.title, revision.text) for revision in revisions)
    assert stored == sorted((one.title, one.text) for one in sent)
    assert len({revision.fingerprint for revision in revisions}) == 4 * steps
    # Each change starts where the one before it ended.
    links = [(c.before.number if c.before else 0, c.after.number) for c in changes]
    assert sorted(links) == [(n, n + 1) for n in range(4 * steps)]


@pytest.mark.parametrize(
    ("point", "stored"),
    [
        ("ingest.article_inserted", False),  # K3
        ("ingest.before_commit", False),  # K4
        ("ingest.after_commit", True),  # K5
    ],
)
def test_killed_while_recording(
    archive: Archive, archive_url: str, point: str, stored: bool
) -> None:
    killed = run(_CRASH, archive_url, WINDCATCH_FAILPOINT=f"{point}:1:kill")
    assert killed.wait(timeout=60) == -9
    with archive.begin() as tx:
        rows = tx.stats().rows
        # Not before what it stands for is committed.
        assert tx.validator(url(1)) is None
    filed = ("article", "revision", "change", "story", "alert", "capture")
    assert [rows[name] for name in filed] == [int(stored)] * 6
    assert check(archive) == ()
    assert run(_CRASH, archive_url).wait(timeout=60) == 0
    with archive.begin() as tx:
        rows = tx.stats().rows
        assert tx.validator(url(1)) is not None
        assert tx.outbox_counts() == {"pending": 1}
        again = tx.record(article(), found_by=Discovery.FEED, now=NOW)
    assert [rows[name] for name in filed] == [1] * 6
    assert again.outcome == "unchanged"
    assert check(archive) == ()
