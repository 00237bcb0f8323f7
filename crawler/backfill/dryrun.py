"""`backfill --dry-run`: the plan, with the indexes read, in a copy of the database."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from alerts.match import Matcher
from crawler.backfill.run import run_backfill
from crawler.backfill.wish import Result, Wish
from crawler.config import Config
from crawler.crawling import fetch_options
from crawler.ingest import Desk
from storage.archive import Archive
from storage.snapshot import copy_into
from storage.units import Unit


def dry_run(config: Config, ids: Sequence[str], wish: Wish) -> tuple[tuple[Unit, ...], Result]:
    """Return the units that *wish* comes to, as they stand, and what reading the indexes said.

    With a database on a server, which cannot be copied aside, every unit counts as new.

    Raises:
        StorageError: the database cannot be copied: no room, or it is damaged.
    """
    with tempfile.TemporaryDirectory(prefix="windcatch-plan-") as folder:
        copy = Path(folder) / "windcatch.db"
        with Archive(config.database_url) as archive:
            held = archive.path if archive.path is not None and archive.path.exists() else None
        if held is not None:
            copy_into(held, copy)
        with Archive(f"sqlite:///{copy}") as archive:
            archive.create()
            result = run_backfill(
                archive,
                {id_: config.sources[id_] for id_ in ids},
                replace(wish, plan_only=True),
                desk=Desk(matcher=Matcher(()), watchlists=()),
                fetch=fetch_options(config),
            )
            with archive.read() as reader:
                return reader.units(ids), result
