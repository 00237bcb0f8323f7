"""Copies of an SQLite file that is in use: whole, checked, and durable before they have a name."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.errors import StorageCorrupt, StorageStopped
from storage.failpoints import failpoint

#: Ends the name of a copy that is no backup yet.
UNFINISHED = ".tmp"
#: Steps of SQLite's virtual machine between two questions: a row takes a handful, whatever its size.
_STEPS = 1000


def copy_into(path: Path, target: Path, stop: Callable[[], bool] | None = None) -> Path:
    """Write a compact copy of the database at *path* to *target*, replacing it at the very end.

    Args:
        stop: Asked every few milliseconds; true breaks it off.

    Raises:
        StorageStopped: *stop* said so; nothing is left of the copy.
        StorageCorrupt: the copy does not pass its check; it is removed.
        sqlite3.Error: the database cannot be read, or the copy cannot be written.
    """
    unfinished = target.with_name(target.name + UNFINISHED)
    unfinished.unlink(missing_ok=True)
    # VACUUM INTO accepts an existing file if it is empty, and keeps its permissions.
    handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        # Says to `storage.backup.sweep` that somebody is at it. SQLite's own locks are of another kind (fcntl's).
        fcntl.flock(handle, fcntl.LOCK_EX)
        with closing(_open(path)) as connection, _stoppable(connection, stop, path):
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        if problems := problems_of(unfinished, stop=stop):
            raise StorageCorrupt(f"{path}: its copy is damaged ({problems[0]}); run: db check")
        _sync(unfinished)
        failpoint("backup.vacuumed")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
        os.close(handle)
    sync_folder(target.parent)
    return target


def problems_of(
    path: Path, *, thorough: bool = False, stop: Callable[[], bool] | None = None
) -> tuple[str, ...]:
    """Return what SQLite finds wrong in the file at *path*, at most ten things.

    Raises:
        StorageStopped: *stop* said so.
    """
    try:
        with closing(_open(path)) as connection, _stoppable(connection, stop, path):
            pragma = "integrity_check" if thorough else "quick_check"
            found = [row[0] for row in connection.execute(f"PRAGMA {pragma}(10)")]
            problems = [] if found == ["ok"] else found
            for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
                problems.append(f"{table} row {rowid} points at a missing {parent}")
            return tuple(problems[:10])
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return (str(error),)
        raise


def schema_of(path: Path) -> str | None:
    """Return the schema of the database at *path*; None when it is not one of ours."""
    with closing(_open(path)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            return None
    return None if row is None else str(row[0])


def sync_folder(folder: Path) -> None:
    """Make a rename in *folder* survive a power cut."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _stoppable(
    connection: sqlite3.Connection, stop: Callable[[], bool] | None, path: Path
) -> Iterator[None]:
    """Break off what *connection* does in here when *stop* says so."""
    if stop is not None:
        connection.set_progress_handler(stop, _STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise StorageStopped(f"the copy of {path.name} was broken off") from None
        raise


def _open(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=15, isolation_level=None)
