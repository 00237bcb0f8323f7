"""The database is held, full, read-only or damaged: what the commands say, and that work resumes."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cli_runs import Cli, Said
from disks import fill, full_disk, unwritable
from storage_articles import NOW, article, draft

from storage import engine
from storage.archive import Archive
from storage.types import Discovery

#: A source that nobody serves: what is asked of it fails at once, on loopback.
SOURCE = """
[destinations.policy]
type = "console"
[fetch]
allow_private_networks = ["127.0.0.0/8"]
[sources.mine]
name = "Mine"
home = "http://127.0.0.1:9/"
channels = [{kind = "feed", url = "http://127.0.0.1:9/"}]
"""

#: Every command that writes, with what it needs. `crawl` and `backfill` come before any request.
WRITING = [
    "crawl", "deliver", "run", "backfill mine --since 2026-01-01", "import one.jsonl",
    "alerts mute source mine", "alerts drop 1", "alerts retry 1", "reextract", "db restore copy.db",
    # It brings its index up to date first.
    "articles search word",
]  # fmt: skip
READING = ["status", "articles list", "alerts list", "stories list"]


@pytest.fixture
def house(made: Cli) -> Cli:
    """A folder with an article, an alert, and a source that is not there."""
    made.write("windcatch.toml", SOURCE)
    made.write(
        "one.jsonl",
        '{"url": "https://mine.example/2026/1.html", "title": "A title of some length",'
        ' "text": "A text that is long enough to be one. It has sentences.",'
        ' "published_at": "2026-01-02T00:00:00Z", "language": "en"}\n',
    )
    with Archive(f"sqlite:///{made.folder / 'windcatch.db'}") as archive:
        with archive.begin() as tx:
            tx.record(article(1), found_by=Discovery.FEED, now=NOW)
            tx.enqueue(replace(draft("one"), destination="policy"), now=NOW)
        archive.tidy()
    shutil.copy(made.folder / "windcatch.db", made.folder / "copy.db")
    return made


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the full 15 s."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 60)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Let another program hold the database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def stored(house: Cli) -> tuple[int, int]:
    with Archive(f"sqlite:///{house.folder / 'windcatch.db'}") as archive, archive.read() as reader:
        rows = reader.stats().rows
    return rows["article"], rows["alert"]


def told(result: Said, *words: str) -> None:
    """Check that it failed in words that help."""
    assert result.code in (1, 2), result.out + result.err
    said = " ".join((result.out + result.err).split())
    # A long path is broken where the line ends.
    assert "windcatch.db" in said.replace(" ", "")
    assert any(word in said for word in words), said


@pytest.mark.parametrize("command", WRITING)
def test_a_command_that_must_write_says_who_is_in_the_way(
    house: Cli, brief: None, command: str
) -> None:
    with held(house.folder / "windcatch.db"):
        told(house(*command.split()), "close it, or try again", "stop the service")
    assert stored(house) == (1, 1)


@pytest.mark.parametrize("command", READING)
def test_reading_goes_on_beside_a_writer(house: Cli, brief: None, command: str) -> None:
    with held(house.folder / "windcatch.db"):
        assert house(*command.split()).code == 0


def test_work_resumes_when_it_is_let_go(house: Cli, brief: None) -> None:
    with held(house.folder / "windcatch.db"):
        assert house("deliver").code == 1
    assert house("deliver").code == 0
    assert "sent" in house("alerts", "list", "--json").out


def test_a_full_disk_is_told_and_nothing_is_lost(house: Cli) -> None:
    with full_disk(house.folder, 4) as place:
        shutil.copy(house.folder / "windcatch.db", place / "windcatch.db")
        url = f'[database]\nurl = "sqlite:///{place / "windcatch.db"}"\n'
        house.write("windcatch.toml", url + SOURCE)
        ballast = fill(place)
        for command in ("deliver", "import one.jsonl", "alerts mute source mine"):
            told(house(*command.split()), "make room", "check the disk", "No space left")
        ballast.unlink()
        assert house("deliver").code == 0
        assert house("import", "one.jsonl").code == 0
        assert house("db", "check").code == 0
        with Archive(f"sqlite:///{place / 'windcatch.db'}") as archive, archive.read() as reader:
            assert reader.stats().rows["article"] == 2


@pytest.mark.parametrize("command", ["deliver", "crawl", "run", "alerts mute source mine"])
def test_a_read_only_folder_is_told(house: Cli, command: str) -> None:
    place = house.folder / "fixed"
    place.mkdir()
    shutil.copy(house.folder / "windcatch.db", place / "windcatch.db")
    url = f'[database]\nurl = "sqlite:///{place / "windcatch.db"}"\n'
    house.write("windcatch.toml", url + SOURCE)
    with unwritable(place):
        told(house(*command.split()), "write permission", "may write", "check the permissions")
    assert house("deliver").code == 0


def test_init_in_a_read_only_folder_is_told(house: Cli) -> None:
    place = house.folder / "fixed"
    place.mkdir()
    with unwritable(place):
        result = house("init", place / "mine")
    assert result.code in (1, 2)
    assert str(place) in result.err
    assert "choose another place" in result.err


def flip(data: bytes) -> bytes:
    """Damage every page but the first, which says that it is a database."""
    return data[:4096] + bytes(byte ^ 0x5A for byte in data[4096:])


#: What happened to the file, how, and words of what is said; any of them.
DAMAGE: list[tuple[str, Callable[[bytes], bytes], tuple[str, ...]]] = [
    ("bytes flipped", flip, ("restore a backup", "damaged")),
    ("cut off", lambda data: data[: len(data) // 3], ("restore a backup", "damaged")),
    ("cut inside the first page", lambda data: data[:1000], ("other file", "damaged", "restore")),
    ("not a database", lambda data: b"no database at all" * 400, ("some other file",)),
]


@pytest.mark.parametrize(("name", "damage", "words"), DAMAGE, ids=[row[0] for row in DAMAGE])
def test_a_damaged_file_is_told_by_every_command(
    house: Cli, name: str, damage: Callable[[bytes], bytes], words: tuple[str, ...]
) -> None:
    path = house.folder / "windcatch.db"
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    for command in ("db check", "doctor", "deliver", "crawl", "run", "status"):
        result = house(*command.split())
        if result.code == 0:
            # It met no damaged page; the two that look for damage always do.
            assert command not in ("db check", "doctor", "run"), result.out + result.err
            continue
        told(result, *words)
    # What was said helps: the copy is put back, and work goes on.
    assert house("db", "restore", "copy.db").code == 0
    assert house("deliver").code == 0
    assert list(house.folder.glob("windcatch.db.*")), "the damaged file is kept"


def test_a_log_that_was_deleted_loses_only_what_was_in_it(house: Cli) -> None:
    path = house.folder / "windcatch.db"
    with closing(sqlite3.connect(path)) as keeper:
        # Somebody reads: the last connection to close would write the log back.
        keeper.execute("SELECT count(*) FROM article").fetchone()
        assert house("alerts", "mute", "source", "mine").code == 0
        frozen = path.read_bytes()
        assert path.with_name("windcatch.db-wal").stat().st_size > 0
    path.write_bytes(frozen)
    for name in ("windcatch.db-wal", "windcatch.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    assert house("db", "check").code == 0
    assert house("deliver").code == 0
    assert stored(house) == (1, 1)
