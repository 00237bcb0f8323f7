"""Backups: whole or not there; restoring is what is tested."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from storage_articles import HOUR, NOW, article, draft, record

from storage import snapshot
from storage.archive import Archive
from storage.backup import backup, check, free_bytes, restore, sweep
from storage.errors import StorageBusy, StorageCorrupt, StorageRefused, StorageStopped


def titles(archive: Archive) -> list[str]:
    with archive.read() as reader:
        return [one.title for one in reader.articles()]


def test_a_backup_is_made_in_use_and_restored(sqlite_archive: Archive, tmp_path: Path) -> None:
    archive = sqlite_archive
    record(archive, article(1))
    with archive.read():
        made = backup(archive, tmp_path / "backups", now=NOW)
    assert made.name == "windcatch-20260302T090000Z.backup.db"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    record(archive, article(2, fetched_at=NOW + HOUR))
    aside = restore(archive, made, now=NOW)
    assert titles(archive) == ["Battery swapping grows, part 1"]
    assert check(archive) == ()
    with Archive(f"sqlite:///{aside}") as before:
        assert len(titles(before)) == 2
    record(archive, article(3))


@pytest.mark.parametrize("looks", [0, 5, "the check"])
def test_a_copy_broken_off_leaves_nothing(
    sqlite_archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looks: int | str
) -> None:
    monkeypatch.setattr(snapshot, "_STEPS", 20)
    record(sqlite_archive, article(1))
    folder = tmp_path / "backups"
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        if looks == "the check":
            (unfinished,) = folder.iterdir()
            # Written whole, and being read: the check is at work.
            return unfinished.stat().st_size == whole
        return asked > int(looks)

    whole = backup(sqlite_archive, tmp_path, now=NOW).stat().st_size
    with pytest.raises(StorageStopped, match=r"the copy of windcatch\.db was broken off"):
        backup(sqlite_archive, folder, now=NOW, stop=stop)
    assert list(folder.iterdir()) == []
    assert titles(sqlite_archive) == ["Battery swapping grows, part 1"]


def test_what_was_told_since_a_backup_is_looked_for_first(sqlite_archive: Archive) -> None:
    later = NOW + HOUR
    with sqlite_archive.begin() as tx:
        tx.sync_sources({"example": HOUR, "never-read": HOUR}, now=NOW)
        tx.claim_sources(["example"], "me", now=NOW, lease=HOUR)
        tx.release_source(
            "example", "me", now=NOW, next_due_at=NOW, ok=True, new=1, error=None, memory={"a": 1}
        )
        for key in ("sent", "waiting"):
            tx.enqueue(draft(key), now=NOW)
        (row,) = tx.claim_outbox("me", now=NOW, lease=HOUR, limit=1)
        tx.mark_sent(row.id, message_id="1.0", channel="C1", at=NOW)
    with sqlite_archive.begin() as tx:
        assert tx.after_restore(now=later) == (1, 1)
        assert tx.outbox_counts() == {"sent": 1, "check": 1}
        read, never = tx.source_state("example"), tx.source_state("never-read")
    assert (read.baseline_at, read.memory) == (later, {"a": 1, "baseline_open": True})
    assert never.baseline_at is None


def test_the_oldest_go(sqlite_archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for hours in range(5):
        backup(sqlite_archive, folder, now=NOW + hours * HOUR, keep=2)
    times = sorted(path.name.partition("T")[2][:4] for path in folder.iterdir())
    assert times == ["1200", "1300"]


def test_a_damaged_database_can_be_replaced(sqlite_archive: Archive, tmp_path: Path) -> None:
    archive = sqlite_archive
    record(archive, article(1))
    made = backup(archive, tmp_path / "backups", now=NOW)
    archive.close()
    size = archive.path.stat().st_size
    archive.path.write_bytes(b"\x00" * size)
    assert check_fails(archive)
    restore(archive, made, now=NOW)
    assert len(titles(archive)) == 1


def check_fails(archive: Archive) -> bool:
    try:
        return check(archive) != ()
    except StorageCorrupt:
        return True


def test_a_damaged_or_foreign_backup_is_refused(sqlite_archive: Archive, tmp_path: Path) -> None:
    record(sqlite_archive, article(1))
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"not a database at all" * 500)
    with pytest.raises(StorageCorrupt):
        restore(sqlite_archive, junk, now=NOW)
    empty = tmp_path / "empty.db"
    empty.touch()
    with pytest.raises(StorageCorrupt, match="not a Windcatch database"):
        restore(sqlite_archive, empty, now=NOW)
    with pytest.raises(StorageRefused, match="no such file"):
        restore(sqlite_archive, tmp_path / "none", now=NOW)
    assert len(titles(sqlite_archive)) == 1


def test_not_while_somebody_has_it_open(sqlite_archive: Archive, tmp_path: Path) -> None:
    made = backup(sqlite_archive, tmp_path / "backups", now=NOW)
    with (
        Archive(sqlite_archive.url.render_as_string()) as other,
        other.begin(),
        pytest.raises(StorageBusy),
    ):
        restore(sqlite_archive, made, now=NOW)


_KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from storage.archive import Archive
from storage.backup import backup
backup(Archive(f"sqlite:///{sys.argv[1]}"), Path(sys.argv[2]), now=datetime(2026, 3, 3, tzinfo=UTC))
"""


def test_killed_before_the_rename_the_older_backup_is_intact(
    sqlite_archive: Archive, tmp_path: Path
) -> None:
    """K13."""
    folder = tmp_path / "backups"
    older = backup(sqlite_archive, folder, now=NOW)
    record(sqlite_archive, article())
    root = Path(__file__).parents[2]
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, sqlite_archive.path, folder],
        env={
            **os.environ,
            "PYTHONPATH": str(root),
            "WINDCATCH_FAILPOINT": "backup.vacuumed:1:kill",
        },
        check=False,
    )
    assert killed.returncode == -9
    assert [path.suffix for path in sorted(folder.iterdir())] == [".db", ".tmp"]
    newer = backup(sqlite_archive, folder, now=NOW + HOUR)
    assert sorted(folder.iterdir()) == [older, newer]


def test_check_names_what_is_broken(sqlite_archive: Archive) -> None:
    record(sqlite_archive, article())
    assert check(sqlite_archive) == ()
    with closing(sqlite3.connect(sqlite_archive.path)) as careless, careless:
        careless.execute("DELETE FROM story")
    assert any("missing story" in problem for problem in check(sqlite_archive))
    assert free_bytes(sqlite_archive) > 0


def test_a_server_has_tools_of_its_own(postgres_url: str, tmp_path: Path) -> None:
    with Archive(postgres_url) as archive:
        with pytest.raises(StorageRefused, match="pg_dump"):
            backup(archive, tmp_path, now=NOW)
        assert check(archive) == ()
        assert free_bytes(archive) is None


def test_what_a_death_left_is_swept_but_not_what_is_being_written(tmp_path: Path) -> None:
    for name in ("a.backup.db", "left.backup.db.tmp", "mine.backup.db.tmp"):
        (tmp_path / name).write_bytes(b"x")
    with (tmp_path / "mine.backup.db.tmp").open("rb") as at_work:
        fcntl.flock(at_work, fcntl.LOCK_EX)
        # What SQLite writes beside it goes with it.
        (tmp_path / "left.backup.db.tmp-journal").touch()
        assert sweep(tmp_path) == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "a.backup.db",
            "mine.backup.db.tmp",
        ]
    assert sweep(tmp_path) == 1
    assert sweep(tmp_path / "none") == 0
