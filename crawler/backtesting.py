"""The backtest: themes over everything stored, read in pieces, by several processes if worth it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

from alerts.backtest import Count, Report, Tried
from alerts.match import Matcher
from alerts.theme import Watchlist
from crawler.subjects import subject_of
from storage.archive import Archive

#: Revisions in one piece of work, by id.
PIECE = 500
#: With fewer, other processes would still be starting when one had done the work (measured: 1.5 s).
WORTH_IT = 4_000
#: More would wait for the database.
MOST_PROCESSES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is tried on what."""

    database_url: str
    watchlists: tuple[Watchlist, ...]
    since: datetime | None = None
    #: Hits to draw for each theme, and what they are drawn by.
    sample: int = 0
    seed: str = ""


def run_backtest(task: Task, *, progress: Callable[[int, int], None], processes: int = 0) -> Report:
    """Return what the themes would have matched in the newest revision of every stored article.

    Args:
        progress: told now and then how much of how much is done.
        processes: 0 takes as many as are worth it.

    Raises:
        StorageError: the database cannot be read.
    """
    with Archive(task.database_url) as archive, archive.read() as reader:
        last = reader.last_revision()
        stored = reader.revision_count()
    pieces = [(at, min(at + PIECE, last)) for at in range(0, last, PIECE)]
    wanted = processes or (1 if stored < WORTH_IT else min(os.cpu_count() or 1, MOST_PROCESSES))
    count = Count(sample=task.sample, seed=task.seed)
    work = _alone if wanted == 1 else _together
    for done, piece in enumerate(work(task, pieces, wanted), 1):
        count.merge(piece)
        progress(min(done * PIECE, last), last)
    return count.report(task.watchlists, Matcher(task.watchlists))


class _Worker:
    """Counts pieces; each process has one."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._archive = Archive(task.database_url)
        self._matcher = Matcher(task.watchlists)

    def count(self, after: int, until: int) -> Count:
        """Return the count of the newest revisions with an id over *after*, up to *until*."""
        with self._archive.read() as reader:
            found = reader.stored_revisions(
                after=after, until=until, newest=True, since=self._task.since
            )
        count = Count(sample=self._task.sample, seed=self._task.seed)
        for revision in found:
            subject = subject_of(revision)
            tried = Tried(
                article_id=revision.article_id, subject=subject, seen_at=revision.first_seen_at
            )
            count.add(tried, self._matcher.match(subject))
        return count

    def close(self) -> None:
        """Give back the connections."""
        self._archive.close()


def _alone(task: Task, pieces: Sequence[tuple[int, int]], _: int) -> Iterator[Count]:
    worker = _Worker(task)
    try:
        for after, until in pieces:
            yield worker.count(after, until)
    finally:
        worker.close()


def _together(task: Task, pieces: Sequence[tuple[int, int]], processes: int) -> Iterator[Count]:
    """Yield the counts of *pieces* as they are done, in any order."""
    with ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_start, initargs=(task,)
    ) as pool:
        left = iter(pieces)
        running: set[Future[Count]] = set()
        try:
            while True:
                # A few ahead: finished counts must not heap up while we merge.
                for after, until in left:
                    running.add(pool.submit(_piece, after, until))
                    if len(running) >= 3 * processes:
                        break
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_mine: list[_Worker] = []


def _start(task: Task) -> None:
    # Ctrl-C reaches the whole group; the one that started us decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _mine[:] = [_Worker(task)]


def _piece(after: int, until: int) -> Count:
    return _mine[0].count(after, until)
