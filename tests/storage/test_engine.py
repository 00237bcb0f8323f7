"""What can go wrong with a database, and what a person is told."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from storage_articles import HOUR, NOW, OTHER, article, capture, draft, record

from storage import engine
from storage.archive import Archive
from storage.backup import check
from storage.errors import (
    StorageBusy,
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageReadOnly,
    StorageRefused,
    StorageUnreachable,
)
from storage.types import OutboxState


@contextmanager
def as_nobody(*paths: Path) -> Iterator[None]:
    """Be a user to whom permissions apply."""
    if os.geteuid() != 0:
        yield
        return
    for path in paths:
        for folder in (path, *path.parents[:4]):
            if "pytest" in str(folder):
                folder.chmod(folder.stat().st_mode | 0o055)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_locked_by_another_program(
    sqlite_archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    archive = Archive(sqlite_archive.url.render_as_string())
    with closing(sqlite3.connect(archive.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy, match="another program has held it"), archive.begin():
            pass
        # Readers are not in its way.
        with archive.read() as reader:
            assert reader.articles() == ()
        other.execute("COMMIT")
    assert record(archive, article()).outcome == "new"
    archive.close()


def test_a_writer_waits_for_another(sqlite_archive: Archive) -> None:
    held, outcome = threading.Event(), []

    def second() -> None:
        held.wait()
        outcome.append(record(sqlite_archive, article(2)).outcome)

    thread = threading.Thread(target=second)
    thread.start()
    with sqlite_archive.begin() as tx:
        held.set()
        thread.join(timeout=0.3)
        assert outcome == []
        tx.enqueue(draft("a"), now=NOW)
    thread.join(timeout=15)
    assert outcome == ["new"]


def write_once(archive: Archive, error: type[Exception] | None = None) -> None:
    with archive.begin() as tx:
        tx.enqueue(draft("a"), now=NOW)
        if error is not None:
            raise error


@pytest.mark.parametrize("make_archive", [True, False])
def test_a_folder_that_may_not_be_written(tmp_path: Path, make_archive: bool) -> None:
    path = tmp_path / "sub" / "windcatch.db"
    path.parent.mkdir()
    if make_archive:
        with Archive(f"sqlite:///{path}") as archive:
            archive.create()
        path.chmod(0o444)
    path.parent.chmod(0o555)
    archive = Archive(f"sqlite:///{path}")
    try:
        with as_nobody(path.parent), pytest.raises(StorageReadOnly) as raised:
            (write_once if make_archive else Archive.create)(archive)
        assert str(path) in str(raised.value)
        assert "permission" in str(raised.value) or "may write" in str(raised.value)
    finally:
        archive.close()
        path.parent.chmod(0o755)


def test_the_folder_does_not_exist(tmp_path: Path) -> None:
    archive = Archive(f"sqlite:///{tmp_path / 'no' / 'such' / 'windcatch.db'}")
    with pytest.raises(StorageError, match=r"windcatch\.db.*No such file"):
        archive.create()


def test_some_other_file(tmp_path: Path) -> None:
    path = tmp_path / "photo.db"
    path.write_bytes(b"GIF89a" + b"x" * 5000)
    archive = Archive(f"sqlite:///{path}")
    with pytest.raises(StorageCorrupt, match="some other file"), archive.read():
        pass
    assert "not a database" in check_text(archive)


def check_text(archive: Archive) -> str:
    try:
        return " ".join(check(archive))
    except StorageCorrupt as error:
        return str(error)


def test_a_damaged_page(sqlite_archive: Archive) -> None:
    for number in range(30):
        record(sqlite_archive, article(number, text=f"{number} {OTHER}"))
    sqlite_archive.close()
    path = sqlite_archive.path
    whole = path.read_bytes()
    # Everything but the first page, which says that it is a database.
    path.write_bytes(whole[:4096] + b"\xab" * (len(whole) - 4096))
    with pytest.raises(StorageCorrupt, match="restore a backup"), sqlite_archive.begin() as tx:
        tx.claim_outbox("a", now=NOW, lease=HOUR, limit=1)
    assert check_text(sqlite_archive)


def test_disk_full_at_any_write_leaves_all_or_nothing(sqlite_archive: Archive) -> None:
    """The nth page more fails, n = 1, 2, 3...: until it all fits."""
    path = sqlite_archive.path
    with closing(sqlite3.connect(path)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    sqlite_archive.close()
    for extra in range(60):
        archive = Archive(f"sqlite:///{path}")
        event.listen(
            archive._writers,
            "connect",
            lambda raw, _, n=pages + extra: raw.execute(f"PRAGMA max_page_count={n}"),
        )
        try:
            with archive.begin() as tx:
                tx.add_capture("example", capture(body=os.urandom(20_000)))
                tx.enqueue(draft("a"), now=NOW)
            done = True
        except StorageFull as error:
            done, told = False, str(error)
        finally:
            archive.close()
        with archive.read() as reader:
            rows = reader.stats().rows
        assert (rows["capture"], rows["alert"]) == ((1, 1) if done else (0, 0))
        if done:
            break
    assert extra > 3
    assert "make room" in told
    assert check(sqlite_archive) == ()


def test_an_unreachable_server_and_a_wrong_password_are_not_bugs(postgres_url: str) -> None:
    with Archive("postgresql+psycopg://me:secret@127.0.0.1:1/name") as archive:
        with pytest.raises(StorageUnreachable, match="check that the server runs") as raised:
            archive.schema()
        assert "secret" not in str(raised.value)
    with (
        Archive(postgres_url.replace("/postgres?", "/nothing?")) as archive,
        pytest.raises(StorageRefused, match="does not exist"),
    ):
        archive.schema()


def test_a_connection_cut_by_the_server_comes_back(postgres_url: str) -> None:
    with Archive(postgres_url) as archive:
        with pytest.raises(StorageUnreachable), archive.begin() as tx:
            tx._db.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        with archive.read() as reader:
            reader.outbox()


def test_a_bug_keeps_its_own_exception(archive: Archive) -> None:
    with pytest.raises(ZeroDivisionError):
        write_once(archive, ZeroDivisionError)
    with archive.begin() as tx:
        assert tx.outbox_counts() == {}
        assert tx.enqueue(draft("a"), now=NOW)
        assert tx.outbox_counts() == {OutboxState.PENDING: 1}


def test_a_reader_cannot_write(archive: Archive) -> None:
    with pytest.raises(StorageReadOnly), archive.read() as reader:
        reader._db.exec_driver_sql("DELETE FROM outbox")
