"""Schema migrations: every released schema leads to this one. Alembic is loaded only when needed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from storage.errors import StorageCorrupt, StorageRefused
from storage.part import INGEST_LOCK

#: The schema this program needs.
HEAD = "0007"

#: Every schema that can be brought to it.
KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")

SCRIPTS = Path(__file__).parent


def upgrade(engine: Engine, *, to: str = HEAD) -> None:
    """Bring the database to *to* in one transaction: the old schema or the new one, never between.

    Raises:
        StorageRefused: there are tables, and they are not ours.
        StorageCorrupt: rows would be left that point nowhere; nothing is changed.
    """
    from alembic import command
    from alembic.config import Config

    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Copying a table the way SQLite needs it drops the old one, and with foreign keys on
            # that deletes the rows that point at it (measured). No effect inside a transaction.
            _keys(connection, "OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": INGEST_LOCK})
                _refuse_strangers(connection)
                config = Config()
                config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
                config.attributes["connection"] = connection
                command.upgrade(config, to)
                if sqlite:
                    _check_keys(connection)
        finally:
            if sqlite:
                _keys(connection, "ON")


def _keys(connection: Connection, state: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={state}")


def _refuse_strangers(connection: Connection) -> None:
    tables = set(inspect(connection).get_table_names())
    if tables and "alembic_version" not in tables:
        raise StorageRefused(
            f"the database holds other tables ({', '.join(sorted(tables)[:5])}) and is not ours; "
            "give Windcatch a database of its own"
        )


def _check_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise StorageCorrupt(
            f"{len(broken)} rows point at rows that are not there, the first in {broken[0][0]}; "
            "nothing was changed: restore a backup, or ask for help with this message"
        )
