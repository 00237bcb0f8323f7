"""The import itself: pages are read in worker processes, and filed a batch at a time."""

from __future__ import annotations

import logging
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crawler.clock import utcnow
from crawler.imports.things import FoundArticle, FoundPage, Problem, Skipped, Thing
from crawler.imports.whose import Owners
from crawler.indexing import follow
from crawler.ingest import Desk, ingest_into, ingest_read
from crawler.result import BROKEN
from spiders.items import Page
from storage.archive import Archive, Transaction
from storage.errors import StorageError
from storage.types import Article, Discovery, Entry

if TYPE_CHECKING:
    from crawler.extract_pool import ExtractPool

logger = logging.getLogger(__name__)

#: Articles filed in one transaction: some 300 ms, in which nothing else writes on SQLite.
BATCH = 100
#: Problems kept word for word; the rest is counted.
MAX_TOLD = 50
#: Every so many batches the search index follows: one merge instead of many.
_INDEX_EVERY = 5


@dataclass(slots=True)
class Report:
    """What an import came to."""

    #: new, revised, unchanged, older, refused, problems, skipped, ...
    counts: Counter[str] = field(default_factory=Counter)
    #: Reasons of what was skipped and refused, with how often.
    reasons: Counter[str] = field(default_factory=Counter)
    #: The first problems: where, and what.
    problems: list[str] = field(default_factory=list)
    #: Articles filed whose publication time is not known.
    undated: int = 0

    @property
    def read(self) -> int:
        """Pages and articles that were found."""
        return sum(n for name, n in self.counts.items() if name not in ("problems", "skipped"))

    def problem(self, where: str, reason: str) -> None:
        """Count one problem, and keep it while there are few."""
        self.counts["problems"] += 1
        if len(self.problems) < MAX_TOLD:
            self.problems.append(f"{where}: {reason}")

    def skip(self, reason: str) -> None:
        """Count one thing that is no page."""
        self.counts["skipped"] += 1
        if len(self.reasons) < 200 or reason in self.reasons:
            self.reasons[reason] += 1


@dataclass(frozen=True, slots=True)
class _Read:
    """One article, ready to be filed."""

    where: str
    article: Article
    #: None for an article that came without its page.
    page: Page | None


def run_import(
    archive: Archive,
    things: Iterable[Thing],
    *,
    desk: Desk,
    owners: Owners,
    clock: Callable[[], datetime] = utcnow,
    baseline: bool = True,
    workers: int = 0,
    config_hash: str | None = None,
    batch: int = BATCH,
    progress: Callable[[Report], None] = lambda _: None,
) -> Report:
    """File *things* and return what came of it; doing it again adds nothing.

    Args:
        clock: asked before each batch: an import may last past a digest.
        baseline: nobody is told.
        workers: processes that read pages; 0 means one a core, -1 reads them in this one.
        progress: called after every batch.

    Raises:
        StorageError: the database refused; what was filed before stays.
    """
    report = Report()
    with archive.begin() as tx:
        run_id = tx.start_run("import", [], now=clock(), pid=os.getpid(), config_hash=config_hash)
    outcome, error = "interrupted", None
    try:
        waiting: list[_Read] = []
        batches = 0
        for read in _read(_sorted_out(things, report), owners, workers):
            if (read.article.refusal or "").startswith(BROKEN):
                # Our fault, not the page's: the same import again takes it.
                report.problem(read.where, read.article.refusal or "")
                continue
            waiting.append(read)
            if len(waiting) >= batch:
                batches += 1
                _file(archive, waiting, report, desk, clock(), run_id, baseline)
                waiting = []
                if batches % _INDEX_EVERY == 0:
                    follow(archive)
                progress(report)
        _file(archive, waiting, report, desk, clock(), run_id, baseline)
        follow(archive)
        progress(report)
        outcome = "finished"
    except Exception as failure:
        outcome, error = "failed", f"{type(failure).__name__}: {failure}"
        raise
    finally:
        with archive.begin() as tx:
            counts = {"import": {**report.counts, "undated": report.undated}}
            tx.end_run(run_id, now=clock(), outcome=outcome, counts=counts, error=error)
    return report


def _sorted_out(things: Iterable[Thing], report: Report) -> Iterator[FoundPage | FoundArticle]:
    for thing in things:
        if isinstance(thing, Problem):
            logger.warning("%s: %s", thing.where, thing.reason)
            report.problem(thing.where, thing.reason)
        elif isinstance(thing, Skipped):
            report.skip(thing.reason)
        else:
            yield thing


def _read(
    found: Iterable[FoundPage | FoundArticle], owners: Owners, workers: int
) -> Iterator[_Read]:
    """Yield what was found as articles, in order; worker processes start with the first page."""
    count = workers if workers > 0 else 0 if workers < 0 else os.cpu_count() or 1
    pool: ExtractPool | None = None
    threads: ThreadPoolExecutor | None = None
    waiting: deque[Future[_Read] | _Read] = deque()
    with ExitStack() as stack:
        for thing in found:
            if isinstance(thing, FoundArticle):
                waiting.append(_Read(thing.where, thing.article, None))
            elif not count:
                waiting.append(_extracted(None, thing, owners))
            else:
                if pool is None or threads is None:
                    from crawler.extract_pool import ExtractPool

                    pool = stack.enter_context(ExtractPool(count))
                    threads = stack.enter_context(ThreadPoolExecutor(count))
                waiting.append(threads.submit(_extracted, pool, thing, owners))
            # A window, so that a file of a million pages is never in memory.
            while len(waiting) > 4 * count:
                yield _settled(waiting.popleft())
        while waiting:
            yield _settled(waiting.popleft())


def _settled(read: Future[_Read] | _Read) -> _Read:
    return read if isinstance(read, _Read) else read.result()


def _extracted(pool: ExtractPool | None, found: FoundPage, owners: Owners) -> _Read:
    capture = found.capture
    source = owners.source_of(capture.final_url)
    source_id = owners.id_of(capture.final_url)
    entry = Entry(url=capture.url, found_by=Discovery.IMPORT, found_in=found.where[:500])
    options: dict[str, Any] = {"entry": entry}
    if source is not None:
        options |= {"hints": source.hints, "zone": source.zone, "language": source.language}
    if pool is not None:
        article = pool.extract(capture, source_id=source_id, **options)
    else:
        from spiders.extract import extract

        article = extract(capture, source_id=source_id, **options)
    return _Read(found.where, article, Page(source_id=source_id, entry=entry, capture=capture))


def _file(
    archive: Archive,
    batch: Sequence[_Read],
    report: Report,
    desk: Desk,
    now: datetime,
    run_id: int,
    baseline: bool,
) -> None:
    """File a batch in one transaction; one by one when an article of it makes trouble."""
    if not batch:
        return

    def one(tx: Transaction, read: _Read, counted: Report) -> None:
        recorded = (
            ingest_read(
                tx,
                read.article,
                found_by=Discovery.IMPORT,
                desk=desk,
                now=now,
                run_id=run_id,
                baseline=baseline,
            )
            if read.page is None
            else ingest_into(
                tx,
                read.page,
                read.article,
                desk=desk,
                now=now,
                run_id=run_id,
                baseline=baseline,
                history=True,
            )
        )
        counted.counts[recorded.outcome] += 1
        if recorded.outcome == "refused":
            counted.reasons[f"refused: {recorded.reason}"[:120]] += 1
        elif read.article.published_at is None:
            counted.undated += 1

    counted = Report()
    try:
        with archive.begin() as tx:
            for read in batch:
                one(tx, read, counted)
    except StorageError:
        raise
    except Exception as error:
        if len(batch) == 1:
            logger.exception("a bug, met at %s", batch[0].where)
            report.problem(batch[0].where, f"{type(error).__name__}: {error}")
            return
        # Rolled back as a whole: find the one.
        for read in batch:
            _file(archive, [read], report, desk, now, run_id, baseline)
        return
    report.counts += counted.counts
    report.reasons += counted.reasons
    report.undated += counted.undated
