"""Copies of an SQLite file that is in use: whole, checked, and durable before they have a name."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.errors import StorageCorrupt
from storage.failpoints import failpoint

#: Ends the name of a copy that is no backup yet.
UNFINISHED = ".tmp"


def copy_into(path: Path, target: Path) -> Path:
    """Write a compact copy of the database at *path* to *target*, replacing it at the very end.

    Raises:
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
        with closing(_open(path)) as connection:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        if problems := problems_of(unfinished):
            raise StorageCorrupt(f"{path}: its copy is damaged ({problems[0]}); run: db check")
        _sync(unfinished)
        failpoint("backup.vacuumed")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
        os.close(handle)
    sync_folder(target.parent)
    return target


def problems_of(path: Path, *, thorough: bool = False) -> tuple[str, ...]:
    """Return what SQLite finds wrong in the file at *path*, at most ten things."""
    try:
        with closing(_open(path)) as connection:
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


def _open(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=15, isolation_level=None)
