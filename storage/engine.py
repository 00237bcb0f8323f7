"""Connections: how each back end is opened, and its errors translated, in one place."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.errors import (
    StorageBusy,
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageReadOnly,
    StorageRefused,
    StorageUnreachable,
)
from storage.waiting import until_free

#: How long a writer waits for another one, in milliseconds.
BUSY_TIMEOUT_MS = 15_000

# FULL, not NORMAL: with NORMAL, 24 of 25 simulated power cuts lost acknowledged commits, and a
# lost claim is a second message. FULL lost none (docs/design.md, "Storage").
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "wal_autocheckpoint=1000",
)


def parse_url(url: str) -> URL:
    """Return *url* as SQLAlchemy sees it.

    Raises:
        StorageRefused: it is no address of an SQLite file or a PostgreSQL database.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise StorageRefused(
            "the database address cannot be read; it looks like sqlite:///windcatch.db "
            "or postgresql+psycopg://user@host/name"
        ) from error
    if backend == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise StorageRefused("the SQLite database must be a file: sqlite:///windcatch.db")
        return parsed.set(drivername="sqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise StorageRefused(f"{backend} is not supported; use sqlite:/// or postgresql+psycopg://")


def shown(url: URL) -> str:
    """Return where the database is, for people: a path, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)


def make_file(path: Path) -> None:
    """Make an empty database file that only its owner may read, if there is none.

    The write-ahead log inherits its permissions from the database file.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return


def open_engine(url: URL, *, read_only: bool) -> Engine:
    """Return an engine whose transactions are ready for use at once.

    A writer's begins as a writer: a transaction that reads first and upgrades later loses
    updates or fails as locked, whatever the timeout (measured: 554 of 1000).

    Raises:
        StorageRefused: the driver is not installed.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, json_serializer=_dump)
        event.listen(engine, "connect", _set_read_pragmas if read_only else _set_pragmas)
        event.listen(engine, "begin", _begin if read_only else _begin_immediate)
        return engine
    # One transaction sees one moment; writers see each other's commits and rely on row locks.
    isolation = "REPEATABLE READ" if read_only else "READ COMMITTED"
    timeouts = f"-c timezone=UTC -c lock_timeout={BUSY_TIMEOUT_MS}"
    try:
        return create_engine(
            url,
            json_serializer=_dump,
            isolation_level=isolation,
            pool_pre_ping=True,
            execution_options={"postgresql_readonly": True} if read_only else {},
            connect_args={"connect_timeout": 10, "options": timeouts},
        )
    except (NoSuchModuleError, ImportError) as error:
        raise StorageRefused(
            "PostgreSQL needs its driver: pip install 'windcatch[postgres]'"
        ) from error


def _dump(value: object) -> str:
    # Chinese text takes half the room when it is not escaped.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver never begins a transaction by itself
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _set_read_pragmas(connection: Any, record: object) -> None:
    _set_pragmas(connection, record)
    connection.execute("PRAGMA query_only=ON")


def _begin_immediate(connection: Connection) -> None:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    # SQLite's own waiting, for all else that this connection does, starves writers.
    raw.execute("PRAGMA busy_timeout=0")
    try:
        until_free(lambda: raw.execute("BEGIN IMMEDIATE"), timeout_s=BUSY_TIMEOUT_MS / 1000)
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


@contextmanager
def translating(where: str) -> Iterator[None]:
    """Turn a database's error into the StorageError that says what to do.

    What is left alone is a bug of ours and keeps its traceback.
    """
    try:
        yield
    except DBAPIError as error:
        ours = _from_sqlite(error.orig, where) or _from_postgres(error.orig, where)
        if ours is None:
            raise
        raise ours from error
    except sqlite3.Error as error:
        ours = _from_sqlite(error, where)
        if ours is None:
            raise
        raise ours from error
    except PoolTimeout as error:
        raise StorageBusy(f"{where}: too many connections are open; try again") from error


@contextmanager
def translating_files(where: str) -> Iterator[None]:
    """Do the same for work on the database's file, where the system's errors are ours too."""
    with translating(where):
        try:
            yield
        except PermissionError as error:
            raise StorageReadOnly(f"{where}: {error.strerror}; check the permissions") from error
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            kind = StorageFull if full else StorageError
            raise kind(f"{where}: {error.strerror or error}") from error


def _from_sqlite(error: BaseException | None, where: str) -> StorageError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(error, sqlite3.Error):
        return None
    detail = f"{where}: {error}"
    # The low byte is the error, the others its circumstances.
    match (code or 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StorageBusy(
                f"{detail}; another program has held it for {BUSY_TIMEOUT_MS // 1000} s: "
                "close it, or try again"
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return StorageReadOnly(
                f"{detail}; give this user write permission on the file and on its folder"
            )
        case sqlite3.SQLITE_CANTOPEN:
            return StorageReadOnly(
                f"{detail}; check that the folder exists and that this user may write there"
            )
        case sqlite3.SQLITE_FULL:
            return StorageFull(f"{detail}; make room, nothing stored so far is lost")
        case sqlite3.SQLITE_CORRUPT:
            return StorageCorrupt(
                f"{detail}; keep the file, then restore a backup: windcatch db restore"
            )
        case sqlite3.SQLITE_NOTADB:
            return StorageCorrupt(f"{detail}; the address names some other file, or it is damaged")
        case sqlite3.SQLITE_IOERR:
            return StorageError(f"{detail}; check the disk (and that it is not a network share)")
        case _:
            return None


# PostgreSQL's error codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
_BUSY_STATES = ("40001", "40P01", "55P03", "53300", "57014")
_REFUSED_STATES = ("28000", "28P01", "3D000", "42501")
_LOST_STATES = ("08", "57P")


def _from_postgres(error: BaseException | None, where: str) -> StorageError | None:
    if type(error).__module__.split(".")[0] != "psycopg":
        return None
    state = getattr(error, "sqlstate", None)
    detail = f"{where}: {str(error).strip().splitlines()[0] if str(error) else error!r}"
    if state is None:
        if type(error).__name__ not in {"OperationalError", "ConnectionTimeout"}:
            return None
        # A connection that failed has no code: the server's words are all there is.
        if "authentication" in detail or "does not exist" in detail:
            return StorageRefused(f"{detail}; check the user, the password and the name")
        return StorageUnreachable(f"{detail}; check that the server runs and can be reached")
    if state in _BUSY_STATES:
        return StorageBusy(f"{detail}; try again")
    if state.startswith(_LOST_STATES):
        return StorageUnreachable(f"{detail}; check that the server runs and can be reached")
    if state in {"53100", "53200"}:
        return StorageFull(f"{detail}; make room on the server, nothing stored so far is lost")
    if state == "25006":
        return StorageReadOnly(f"{detail}; the server is read-only: is it a standby?")
    if state in {"XX001", "XX002"}:
        return StorageCorrupt(f"{detail}; restore a backup of the server")
    if state in _REFUSED_STATES:
        return StorageRefused(f"{detail}; check the user, its rights and the name")
    return None
