"""What every part of a transaction shares: the connection, and inserts that may find a row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.models import Base

# Any number will do, as long as every Windcatch on one PostgreSQL uses the same.
INGEST_LOCK = 0x57494E44_0001
OUTBOX_LOCK = 0x57494E44_0002
SOURCES_LOCK = 0x57494E44_0003


Value = TypeVar("Value")


class Part:
    """One side of an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def _rows(self, query: str, values: tuple[Any, ...]) -> Sequence[Any]:
        """Return the answer to a query written as SQLite takes it, with a `?` for each value.

        For the look-ups of every article: what SQLAlchemy does around a statement costs more than
        the answer. No types are converted: for numbers, text and bytes only.
        """
        if self._postgres:
            return self._db.exec_driver_sql(query.replace("?", "%s"), values).all()
        # Its errors are translated as SQLAlchemy's are: `storage.engine.translating`.
        found: list[tuple[Any, ...]] = self._driver.execute(query, values).fetchall()
        return found

    @cached_property
    def _driver(self) -> Any:
        """The connection of the database's own driver."""
        return self._db.connection.driver_connection

    def _insert_new(self, model: type[Base], values: dict[str, Any]) -> bool:
        """Insert a row unless a unique constraint says that it is there; say if it was new."""
        statement = _inserting_new(model, postgres=self._postgres)
        # Without this option a driver may leave the count of an INSERT unknown.
        counted = {"preserve_rowcount": True}
        return self._db.execute(statement, values, execution_options=counted).rowcount > 0

    def _insert_all(self, model: type[Base], rows: list[dict[str, Any]]) -> None:
        """Insert these rows but for those that are there."""
        if rows:
            self._db.execute(_inserting_new(model, postgres=self._postgres), rows)

    def _insert(self, model: type[Base], values: dict[str, Any]) -> int:
        """Insert a row and return its id."""
        key = self._db.execute(_inserting(model), values).inserted_primary_key
        assert key is not None
        return int(key[0])

    def _upsert(
        self,
        model: type[Base],
        keys: tuple[str, ...],
        values: dict[str, Any],
        update: dict[str, Any],
    ) -> None:
        """Insert a row, or set *update* on the one that has the same *keys*."""
        statement = self._dialect_insert(model).values(**values)
        self._db.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=update))

    def _dialect_insert(self, model: type[Base]) -> Any:
        # Two dialects, two classes, one method name; SQLAlchemy has no common type for them.
        return postgresql.insert(model) if self._postgres else sqlite.insert(model)

    @property
    def _postgres(self) -> bool:
        return self._db.dialect.name == "postgresql"

    def _serialise(self, lock: int) -> None:
        """Wait until no other transaction holds *lock*; held until this one ends.

        On SQLite a writing transaction is alone from its start.
        """
        if self._postgres:
            self._db.execute(select(func.pg_advisory_xact_lock(lock)))


# Made once, with the values apart: to build a statement costs more than SQLite takes to obey it.
@cache
def _inserting(model: type[Base]) -> Insert:
    return insert(model.__table__)  # type: ignore[arg-type]  # typed as any selectable; ours are tables


@cache
def _inserting_new(model: type[Base], *, postgres: bool) -> Any:
    dialect: Any = postgresql if postgres else sqlite
    return dialect.insert(model.__table__).on_conflict_do_nothing()


def widened(query: str, count: int) -> str:
    """Return *query* with room for *count* values in each of its lists `(?)`."""
    return query.replace("(?)", f"({', '.join('?' * count)})")


def filled(values: Sequence[Value], count: int) -> tuple[Value, ...]:
    """Return *values*, at least one, as so many: the last again and again where there are fewer.

    For a list of `widened`: one statement for all lengths, so that the database prepares it once.
    """
    found = tuple(values)
    return found + found[-1:] * (count - len(found))
