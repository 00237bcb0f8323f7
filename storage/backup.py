"""Backups of an SQLite archive: made while it is in use, checked before they count."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from storage.archive import Archive
from storage.engine import translating_files
from storage.errors import StorageCorrupt, StorageRefused
from storage.migrations import HEAD
from storage.snapshot import UNFINISHED, copy_into, problems_of, schema_of, sync_folder

SUFFIX = ".backup.db"


def backup(
    archive: Archive,
    folder: Path,
    *,
    now: datetime,
    keep: int = 11,
    stop: Callable[[], bool] | None = None,
) -> Path:
    """Write a checked copy of *archive* into *folder*, drop the oldest beyond *keep*.

    Args:
        stop: Asked now and then while the copy is made; true breaks it off.

    Returns:
        The new file, readable only by its owner, named after its database and *now*.

    Raises:
        StorageRefused: the archive is on a server.
        StorageCorrupt: the copy did not pass its check; it is removed, older backups stay.
        StorageStopped: *stop* said so; nothing is left of the copy.
        StorageError: no room, no permission.
    """
    path = _file_of(archive)
    name = f"{path.stem}-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"
    with translating_files(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        made = copy_into(path, folder / name, stop)
        for old in sorted(folder.glob(f"{path.stem}-*{SUFFIX}"))[: -max(keep, 1)]:
            old.unlink()
    return made


def sweep(folder: Path) -> int:
    """Remove the backups in *folder* that a death left unfinished, and return how many.

    One that somebody is writing stays.

    Raises:
        OSError: one cannot be removed.
    """
    swept = 0
    for left in folder.glob(f"*{SUFFIX}{UNFINISHED}"):
        try:
            handle = os.open(left, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink(missing_ok=True)
            left.with_name(left.name + "-journal").unlink(missing_ok=True)
            swept += 1
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
    return swept


def restore(archive: Archive, copy: Path, *, now: datetime) -> Path | None:
    """Put the backup *copy* in the place of *archive*; the database it replaces is kept beside it.

    Returns:
        Where the replaced database is now; None when there was none.

    Raises:
        StorageRefused: the archive is on a server, or *copy* is not there.
        StorageCorrupt: *copy* is damaged or no Windcatch database; nothing is changed.
        StorageBusy: another program has the database open; stop it first.
    """
    path = _file_of(archive)
    if not copy.is_file():
        raise StorageRefused(f"{copy}: there is no such file")
    with translating_files(str(copy)):
        if problems := problems_of(copy):
            raise StorageCorrupt(f"{copy}: damaged ({problems[0]}); take another backup")
        if schema_of(copy) is None:
            raise StorageCorrupt(f"{copy}: not a Windcatch database")
    archive.close()
    with translating_files(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole and durable beside it first: between the two renames nothing can fail but power.
        ready = copy_into(copy, path.with_name(path.name + ".restoring"))
        try:
            aside = _move_aside(path, now) if path.exists() else None
            ready.replace(path)
        finally:
            ready.unlink(missing_ok=True)
        sync_folder(path.parent)
    archive.forget_schema()
    return aside


def _move_aside(path: Path, now: datetime) -> Path:
    """Keep the present database under another name, with its log written back into it.

    A log left behind would be played into the restored file and ruin it.
    """
    try:
        with closing(sqlite3.connect(path, timeout=2, isolation_level=None)) as connection:
            # In this mode SQLite asks for a lock that nobody else may share.
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise
        # It is damaged: that is why somebody restores. Its log stays with it.
    aside = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    for suffix in ("-wal", "-shm"):
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.replace(aside.with_name(aside.name + suffix))
    path.replace(aside)
    sync_folder(path.parent)
    return aside


def check(archive: Archive) -> tuple[str, ...]:
    """Return what is wrong with the database: nothing, one hopes.

    SQLite: every page, every foreign key, the schema. On a server, whose storage checks itself,
    only the schema.

    Raises:
        StorageError: it cannot be read at all.
    """
    problems: tuple[str, ...] = ()
    if archive.path is not None:
        with translating_files(archive.where):
            if not archive.path.exists():
                return (f"{archive.where}: there is no such file",)
            problems = problems_of(archive.path, thorough=True)
    found = archive.schema()
    if found != HEAD:
        problems += (f"the schema is {found or 'missing'}, not {HEAD}; run: windcatch db upgrade",)
    return problems


def _file_of(archive: Archive) -> Path:
    if archive.path is None:
        raise StorageRefused(
            f"{archive.where}: on a server; use its own tools: pg_dump and pg_restore"
        )
    return archive.path


def free_bytes(archive: Archive) -> int | None:
    """Return how much room the database's disk has left; None on a server."""
    if archive.path is None:
        return None
    with translating_files(archive.where):
        room = os.statvfs(archive.path.parent)
    return room.f_bavail * room.f_frsize
