"""Fixtures: one archive on SQLite, one on PostgreSQL, the same tests on both.

A test folder takes them with ``from storage_backends import *`` names in its conftest.py.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from storage.archive import Archive
from storage.models import Base

__all__ = ["archive", "archive_url", "postgres_url", "sqlite_archive", "sqlite_template"]

_START_S = 30


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _user() -> str | None:
    """PostgreSQL refuses to run as root; None means that we are somebody else already."""
    return "postgres" if os.geteuid() == 0 else None


def _dies_with_us() -> None:
    # A test run that is killed must not leave a server behind (PR_SET_PDEATHSIG).
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of an empty database with our schema, on a server of this test run's own."""
    pytest.importorskip("psycopg")
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    user = _user()
    if user is not None and not any(entry.pw_name == user for entry in pwd.getpwall()):
        pytest.skip("PostgreSQL refuses root, and there is no user postgres")
    folder = Path(tempfile.mkdtemp(prefix="windcatch-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    init = [binaries / "initdb", "-D", data, "-U", "windcatch", "-A", "trust", "-E", "UTF8"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/", "user": user}
    subprocess.run([*init, "--locale=C", "-N"], check=True, **quiet)
    server = subprocess.Popen(
        [
            *(binaries / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="),
            *("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=40"),
        ],
        preexec_fn=_dies_with_us,  # noqa: PLW1509 - one system call, no thread of ours
        **quiet,
    )
    try:
        yield _ready(f"postgresql+psycopg://windcatch@/postgres?host={folder}")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _ready(url: str) -> str:
    deadline = time.monotonic() + _START_S
    engine = create_engine(url)
    while True:
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
            break
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    engine.dispose()
    with Archive(url) as archive:
        archive.create()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file with our schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "windcatch.db"
    with Archive(f"sqlite:///{path}") as archive:
        archive.create()
    return path


@pytest.fixture
def sqlite_archive(tmp_path: Path, sqlite_template: Path) -> Iterator[Archive]:
    """An empty archive in a file."""
    path = tmp_path / "windcatch.db"
    shutil.copy(sqlite_template, path)
    with Archive(f"sqlite:///{path}") as archive:
        _hurry(archive)
        yield archive


def _emptied(url: str) -> str:
    tables = ", ".join(f'"{name}"' for name in Base.metadata.tables)
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    finally:
        # In failure too: psycopg warns of a connection left open, and the warning would fail
        # whichever later test runs when it is collected.
        engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def archive_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty archive, on each back end in turn."""
    if request.param == "postgresql":
        return _emptied(request.getfixturevalue("postgres_url"))
    path = tmp_path / "windcatch.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def archive(archive_url: str) -> Iterator[Archive]:
    """An empty archive, on each back end in turn."""
    with Archive(archive_url) as opened:
        _hurry(opened)
        yield opened


def _hurry(opened: Archive) -> None:
    """Leave out the waiting for the disk, which these tests do not pull the plug of."""
    if opened.path is not None:
        event.listen(
            opened._writers, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF")
        )
