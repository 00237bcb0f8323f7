"""The schema: one path to it, on both back ends, all or nothing."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from storage_articles import article, record

from storage import migrations
from storage.archive import Archive
from storage.backup import check
from storage.engine import open_engine, parse_url
from storage.errors import SchemaNewer, SchemaOutdated, StorageError, StorageRefused
from storage.models import Base


def test_head_is_the_newest_script() -> None:
    scripts = ScriptDirectory(str(migrations.SCRIPTS))
    assert scripts.get_current_head() == migrations.HEAD
    assert {script.revision for script in scripts.walk_revisions()} == set(migrations.KNOWN)


def test_the_migrations_make_exactly_the_tables_of_the_models(archive_url: str) -> None:
    engine = open_engine(parse_url(archive_url), read_only=True)
    try:
        with engine.connect() as connection:
            # The search index is derived data, made when somebody first searches
            # (storage/search_tx.py): another test of the same server may have left one.
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "include_name": lambda name, kind, _: (
                        kind != "table" or name != "revision_search"
                    ),
                },
            )
            assert compare_metadata(context, Base.metadata) == []
    finally:
        # psycopg warns of a connection left open, which would fail some later test as well.
        engine.dispose()


def test_create_all_and_upgrade_write_the_same_sql(tmp_path: Path, sqlite_template: Path) -> None:
    made = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    Base.metadata.create_all(made)
    made.dispose()

    def schema(path: Path) -> dict[str, str]:
        connection = sqlite3.connect(path)
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        # Column order is free; everything else, WITHOUT ROWID too, must be the same.
        found = {name: sorted(sql.replace('"', "").split()) for name, sql in rows}
        connection.close()
        found.pop("alembic_version", None)
        return {name: " ".join(words).replace(",", "") for name, words in found.items()}

    assert schema(tmp_path / "made.db") == schema(sqlite_template)


def test_a_new_database_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with Archive(f"sqlite:///{path}") as archive:
        assert archive.schema() is None
        assert archive.upgrade() == (None, migrations.HEAD)
        assert archive.upgrade() == (migrations.HEAD, migrations.HEAD)
        record(archive, article())
        for file in tmp_path.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        assert check(archive) == ()
        with archive.begin() as tx:
            pragma = tx._db.exec_driver_sql
            assert pragma("PRAGMA journal_mode").scalar() == "wal"
            assert pragma("PRAGMA synchronous").scalar() == 2
            assert pragma("PRAGMA foreign_keys").scalar() == 1
            assert pragma("PRAGMA busy_timeout").scalar() == 15_000


def _stamp(archive: Archive, version: str) -> None:
    engine = open_engine(archive.url, read_only=False)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    engine.dispose()


def test_another_schema_is_refused_with_what_to_do(archive: Archive) -> None:
    _stamp(archive, "9999")
    try:
        with pytest.raises(SchemaNewer, match="install the newer one"), archive.read():
            pass
        with pytest.raises(SchemaNewer, match="install the newer one"):
            archive.upgrade()
    finally:
        _stamp(archive, migrations.HEAD)


def test_an_older_schema_is_refused(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.archive.HEAD", "9999")
    with pytest.raises(SchemaOutdated, match="run: windcatch db upgrade"), archive.begin():
        pass


def test_no_database_is_not_made_by_mistake(tmp_path: Path) -> None:
    archive = Archive(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(SchemaOutdated, match="windcatch db upgrade"), archive.read():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_strangers_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (id)")
    connection.close()
    with Archive(f"sqlite:///{path}") as archive, pytest.raises(StorageRefused, match="customers"):
        archive.upgrade()


_HEAD = migrations.HEAD
_NEXT = f"""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "next", "{_HEAD}", None, None
def upgrade():
    with op.batch_alter_table("article") as batch:
        batch.add_column(sa.Column("extra", sa.Text()))
    with op.batch_alter_table("run", recreate="always") as batch:
        batch.alter_column("trigger", type_=sa.Text())
"""


@pytest.fixture
def next_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations with one more."""
    scripts = tmp_path / "scripts"
    (scripts / "versions").mkdir(parents=True)
    names = ["env.py", "script.py.mako"]
    names += [f"versions/{file.name}" for file in (migrations.SCRIPTS / "versions").glob("*.py")]
    for name in names:
        (scripts / name).write_text((migrations.SCRIPTS / name).read_text())
    (scripts / "versions" / "next.py").write_text(_NEXT)
    return scripts


_UPGRADE = """
import sys
from pathlib import Path
from storage import archive, migrations
migrations.SCRIPTS = Path(sys.argv[2])
archive.HEAD, archive.KNOWN = "next", (*archive.KNOWN, "next")
migrations.upgrade.__kwdefaults__["to"] = "next"
archive.Archive(f"sqlite:///{sys.argv[1]}").upgrade()
"""


def _upgrade(path: Path, scripts: Path, **environment: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", _UPGRADE, path, scripts],
        env={**os.environ, "PYTHONPATH": str(Path(migrations.SCRIPTS).parents[1]), **environment},
        check=False,
    ).returncode


def test_killed_in_the_middle_it_has_the_old_schema(
    sqlite_archive: Archive, next_schema: Path
) -> None:
    """K14: a batch migration of a filled database, with rows that point at what is copied."""
    archive, path = sqlite_archive, sqlite_archive.path
    with archive.begin() as tx:
        run_id = tx.start_run("crawl", ["a"], now=article().fetched_at, pid=1, config_hash=None)
    record(archive, article(), run_id=run_id)
    archive.close()
    assert _upgrade(path, next_schema, WINDCATCH_FAILPOINT="migrate.mid:1:kill") == -9
    assert check(archive) == ()
    with archive.read() as reader:
        assert reader.stats().rows["change"] == 1
    # What it did first: a copy.
    copy = Archive(f"sqlite:///{path}.schema-{_HEAD}")
    assert check(copy) == ()
    copy.close()
    archive.close()
    assert _upgrade(path, next_schema) == 0
    assert archive.schema() == "next"
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("SELECT count(*) FROM change JOIN run").fetchone() == (1,)
    connection.close()
    engine = open_engine(archive.url, read_only=True)
    assert "extra" in {column["name"] for column in inspect(engine).get_columns("article")}
    engine.dispose()


def test_what_sources_have_learned_moves_out_of_their_memory(tmp_path: Path) -> None:
    """0007: nothing of it is lost, and nothing else in the memory changes."""
    path = tmp_path / "w.db"
    engine = open_engine(parse_url(f"sqlite:///{path}"), read_only=False)
    migrations.upgrade(engine, to="0006")
    learned = {"pages": 2, "seen": {"00ff": ["a"]}}
    memories = {"a": {"rhythm": 1, "learned": learned}, "b": {"rhythm": 2}}
    with engine.begin() as connection:
        for source_id, memory in memories.items():
            connection.execute(
                text(
                    "INSERT INTO source (id, interval_s, failures, health, memory)"
                    " VALUES (:id, 1800, 0, 'healthy', :memory)"
                ),
                {"id": source_id, "memory": json.dumps(memory)},
            )
    engine.dispose()
    with Archive(f"sqlite:///{path}") as archive:
        archive.upgrade()
        with archive.read() as reader:
            assert {s.source_id: s.memory for s in reader.sources()} == {
                "a": {"rhythm": 1},
                "b": {"rhythm": 2},
            }
            assert (reader.site_lines("a"), reader.site_lines("b")) == (learned, {})


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://x/y", "use sqlite"),
        ("nonsense", "looks like sqlite"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
    ],
)
def test_addresses_that_cannot_be(address: str, told: str) -> None:
    with pytest.raises(StorageError, match=told):
        Archive(address)
