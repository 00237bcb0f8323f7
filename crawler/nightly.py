"""What is done once a night: a checked backup, then letting go of what is old."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.archive import Archive
from storage.backup import SUFFIX, backup
from storage.errors import StorageError, StorageStopped
from storage.prune_tx import Pruned, Retention

logger = logging.getLogger(__name__)

#: Copies that are kept: the last of each of so many days, and of so many weeks before.
DAILY, WEEKLY = 7, 4
#: Not twice in one night, even when clocks go back.
EVERY = timedelta(hours=20)
#: A machine that is never on at night has it done some time after its start.
OVERDUE = timedelta(hours=26)
SETTLED = timedelta(hours=1)

#: Two nights: one that was missed is made up for.
STALE = timedelta(hours=50)

_STAMP = re.compile(r"-(\d{8}T\d{6}Z)" + re.escape(SUFFIX) + "$")


def is_due(now: datetime, *, last: datetime | None, started: datetime, hour: int) -> bool:
    """Tell whether the nightly work should begin at *now*, with *last* its last beginning."""
    if last is not None and timedelta() <= now - last < EVERY:
        return False
    if now.astimezone().hour == hour:
        return True
    overdue = last is None or now - last >= OVERDUE or now < last
    return overdue and now - started >= SETTLED


def newest(folder: Path) -> datetime | None:
    """Return when the newest backup in *folder* was made; None when there is none."""
    names = [path.name for path in folder.glob(f"*{SUFFIX}")] if folder.is_dir() else []
    return max((made for name in names if (made := _made(name))), default=None)


def stale(folder: Path, *, since: datetime, now: datetime) -> str | None:
    """Return what is wrong with the age of the backups in *folder*; None when nothing is.

    Args:
        since: from when on there should have been one a night.
    """
    last = newest(folder)
    if now - (last or since) < STALE:
        return None
    if last is None:
        return f"no backup in {folder} yet, though there should be one a night"
    return f"the newest backup in {folder} is of {last:%Y-%m-%d %H:%M}Z"


def _made(name: str) -> datetime | None:
    found = _STAMP.search(name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None


def to_drop(copies: Collection[str]) -> tuple[str, ...]:
    """Return those backups, by file name, that `DAILY` and `WEEKLY` do not keep.

    A file whose name holds no time is not ours, and stays.
    """
    times = {name: made for name in copies if (made := _made(name))}
    newest_first = sorted(times, key=lambda name: times[name], reverse=True)
    days: dict[object, str] = {}
    weeks: dict[object, str] = {}
    for name in newest_first:
        days.setdefault(times[name].date(), name)
        weeks.setdefault(times[name].isocalendar()[:2], name)
    kept = {*list(days.values())[:DAILY], *list(weeks.values())[:WEEKLY]}
    return tuple(name for name in newest_first if name not in kept)


def nightly(
    archive: Archive,
    *,
    folder: Path | None,
    retention: Retention,
    now: datetime,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Back up into *folder* (None: no backup), then prune; return whether this process did it.

    Nothing is pruned after a backup that failed.

    Args:
        stop: Asked now and then; where it is true the work is broken off, and is as due as before.

    Raises:
        StorageError: the backup or the database failed; the run is noted as failed.
    """
    with archive.begin() as tx:
        run_id = tx.start_nightly(now=now, pid=os.getpid(), every=EVERY)
    if run_id is None:
        return False
    counts: dict[str, object] = {}
    outcome, error = "interrupted", None
    try:
        if folder is not None and archive.path is not None:
            made = backup(archive, folder, now=now, keep=10_000, stop=stop)
            counts["backup"] = made.name
            for name in to_drop([path.name for path in folder.glob(f"*{SUFFIX}")]):
                (folder / name).unlink(missing_ok=True)
        counts["pruned"] = _pruned(archive, retention, now, stop)
        if stop():
            raise StorageStopped("pruning was broken off")
        outcome = "finished"
        logger.info("nightly work done: %s", counts)
    except StorageStopped as stopped:
        logger.info("nightly work: %s; it is done again", stopped)
    except (OSError, StorageError) as failure:
        outcome, error = "failed", str(failure)
        raise
    finally:
        with archive.begin() as tx:
            tx.end_run(run_id, now=now, outcome=outcome, counts=counts, error=error)
    return True


def _pruned(
    archive: Archive, retention: Retention, now: datetime, stop: Callable[[], bool]
) -> dict[str, int]:
    total: dict[str, int] = {}
    # A bound, so that a bug cannot keep the database busy all night.
    for _ in range(2000):
        if stop():
            break
        with archive.begin() as tx:
            pruned: Pruned = tx.prune(retention, now=now)
        for name in ("messages", "runs", "refusals", "captures", "bodies"):
            total[name] = total.get(name, 0) + getattr(pruned, name)
        if not pruned.more:
            break
    return total
