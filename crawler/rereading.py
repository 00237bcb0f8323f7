"""A page that changed is compared with what this extractor makes of the stored one."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from crawler.result import BROKEN
from spiders.items import Page
from storage.archive import Archive
from storage.rewrite_tx import Proven
from storage.types import Article, Capture

logger = logging.getLogger(__name__)

Extract = Callable[[Page], Awaitable[Article]]
InDatabase = Callable[[Callable[[], Any]], Awaitable[Any]]


async def reread(
    archive: Archive,
    page: Page,
    article: Article,
    *,
    extract: Extract,
    in_database: InDatabase,
    now: datetime,
) -> str | None:
    """Let this extractor read the stored version of *page* too, when another one read that.

    After an upgrade, or with other selectors, every page would seem edited at its next change:
    what the extractor reads otherwise would be told as what the publisher wrote otherwise.

    Args:
        page: the answer to a recheck.
        article: what it says now.

    Returns:
        What became of the stored version: see `Transaction.rewrite`; None when there was nothing to do.
    """
    if not article.is_article or article.extractor is None:
        return None
    held = await in_database(lambda: _held(archive, article))
    if held is None:
        return None
    proven, capture = held
    stored = await extract(replace(page, capture=capture))
    if (stored.refusal or "").startswith(BROKEN):
        return None
    outcome: str = await in_database(lambda: _rewrite(archive, proven, stored, now))
    logger.info("revision %d: read by this extractor: %s", proven.revision_id, outcome)
    return outcome


def _held(archive: Archive, article: Article) -> tuple[Proven, Capture] | None:
    with archive.begin() as tx:
        proven = tx.read_by_another(article)
        view = tx.capture(proven.capture_id, with_body=True) if proven is not None else None
    if proven is None or view is None or view.capture is None or not view.capture.body:
        return None
    return proven, view.capture


def _rewrite(archive: Archive, proven: Proven, stored: Article, now: datetime) -> str:
    with archive.begin() as tx:
        return tx.rewrite(proven.revision_id, stored, now=now)
