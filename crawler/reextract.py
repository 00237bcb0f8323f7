"""Reads stored captures anew with the extractor of today; what it says replaces what was said."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from crawler.extract_pool import ExtractPool
from crawler.extractor import Memories, stamped
from spiders.sources import Source
from storage.archive import Archive
from storage.rewrite_tx import Proven
from storage.types import Article, Capture

logger = logging.getLogger(__name__)

#: Revisions read in one go: one transaction writes what came of them.
BATCH = 20


def reextract(
    archive: Archive,
    sources: Mapping[str, Source],
    *,
    now: datetime,
    source: str | None = None,
    workers: int = 2,
    dry_run: bool = False,
    progress: Callable[[Counter[str]], None] = lambda counts: None,
) -> Counter[str]:
    """Run extraction over the captures of stored revisions; return how many came out how.

    The keys are those of `Transaction.rewrite`, and `gone` where a capture has no body. Nobody is
    told: a better extractor is no news. Ended half-way, it can be run again.

    Raises:
        StorageError: the database refused.
    """
    counts: Counter[str] = Counter()
    last = 0
    memories = Memories()
    with archive.read() as reader:
        for state in reader.sources():
            memories.recall(state.source_id, reader.site_lines(state.source_id))
    with ExtractPool(size=workers) as pool, ThreadPoolExecutor(workers) as threads:
        while True:
            with archive.begin() as tx:
                batch = tx.proven(after=last, source=source, limit=BATCH)
                views = [tx.capture(one.capture_id, with_body=True) for one in batch]
            if not batch:
                break
            last = batch[-1].revision_id
            captures = [view.capture if view else None for view in views]
            read = list(
                threads.map(
                    lambda pair: _read(pool, sources, memories, *pair),
                    zip(batch, captures, strict=True),
                )
            )
            _write(archive, batch, read, counts, now=now, dry_run=dry_run)
            progress(counts)
    if counts["rewritten"] and not dry_run:
        with archive.begin() as tx:
            tx.drop_search()
    return counts


def _read(
    pool: ExtractPool,
    sources: Mapping[str, Source],
    memories: Memories,
    proven: Proven,
    capture: Capture | None,
) -> Article | None:
    if capture is None or not capture.body:
        return None
    source = sources.get(proven.source_id)
    learned = memories.recurring(proven.source_id)
    if source is None:
        return pool.extract(capture, source_id=proven.source_id, learned=learned)
    article = pool.extract(
        capture,
        source_id=source.id,
        hints=source.hints,
        zone=source.zone,
        language=source.language,
        learned=learned,
    )
    return stamped(article, source)


def _write(
    archive: Archive,
    batch: tuple[Proven, ...],
    read: list[Article | None],
    counts: Counter[str],
    *,
    now: datetime,
    dry_run: bool,
) -> None:
    with archive.begin() as tx:
        for proven, article in zip(batch, read, strict=True):
            if article is None:
                outcome = "gone"
            elif dry_run:
                held = tx.revision_text(proven.revision_id)
                outcome = "same" if held == (article.title, article.text) else "rewritten"
                outcome = outcome if article.is_article else "refused"
            else:
                outcome = tx.rewrite(proven.revision_id, article, now=now)
            counts[outcome] += 1
            if outcome == "refused":
                logger.info("revision %d: no article to this extractor", proven.revision_id)
