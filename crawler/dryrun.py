"""`crawl --dry-run`: a crawl into a copy of the database that is thrown away afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.config import Config
from crawler.crawling import crawl
from crawler.result import RunResult
from storage.archive import Archive
from storage.snapshot import copy_into
from storage.views import AlertView, ArticleView

_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldBe:
    """What a crawl would have done."""

    result: RunResult
    #: New and revised articles.
    articles: tuple[ArticleView, ...]
    alerts: tuple[AlertView, ...]


def dry_run(
    config: Config, ids: Sequence[str], *, now: datetime, alert_baseline: bool = False
) -> WouldBe:
    """Crawl *ids* and return what would have been stored and told; nothing of it is kept.

    Publishers are asked as in a real crawl. With a database on a server, which cannot be copied
    aside, everything counts as new.

    Raises:
        StorageError: the database cannot be copied: no room, or it is damaged.
    """
    with tempfile.TemporaryDirectory(prefix="windcatch-dry-") as folder:
        copy = Path(folder) / "windcatch.db"
        with Archive(config.database_url) as archive:
            held = archive.path if archive.path is not None and archive.path.exists() else None
        if held is not None:
            copy_into(held, copy)
        url = f"sqlite:///{copy}"
        with Archive(url) as archive:
            archive.create()
        result = crawl(
            config, ids, trigger="crawl", database_url=url, alert_baseline=alert_baseline
        )
        with Archive(url) as archive, archive.read() as reader:
            recent = reader.articles(limit=_MOST)
            return WouldBe(
                result=result,
                articles=tuple(a for a in recent if a.last_changed_at >= now),
                alerts=reader.alerts(since=now, limit=_MOST),
            )
