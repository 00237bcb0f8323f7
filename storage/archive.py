"""Archive: the only way into the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, inspect, text

from storage.backfill_tx import BackfillPart, BackfillReadPart
from storage.engine import (
    BUSY_TIMEOUT_MS,
    make_file,
    open_engine,
    parse_url,
    shown,
    translating,
    translating_files,
)
from storage.errors import SchemaNewer, SchemaOutdated, StorageBusy
from storage.export_tx import ExportReadPart
from storage.folding_tx import FoldingPart, FoldReadPart
from storage.lines_tx import LinesPart, LinesReadPart
from storage.migrations import HEAD, KNOWN, upgrade
from storage.prune_tx import PrunePart
from storage.reading import ReadPart
from storage.reading_alerts import ReadAlertsPart
from storage.regroup_tx import RegroupPart
from storage.rematch_tx import RematchPart, RematchReadPart
from storage.restless_tx import RestlessReadPart
from storage.restore_tx import RestorePart
from storage.rewrite_tx import RewritePart
from storage.run_tx import RunPart
from storage.schedule_tx import SchedulePart
from storage.search_tx import SearchPart, SearchReadPart
from storage.snapshot import copy_into
from storage.turns import Turns


class Reader(
    ReadPart,
    ReadAlertsPart,
    FoldReadPart,
    SearchReadPart,
    BackfillReadPart,
    ExportReadPart,
    RematchReadPart,
    RestlessReadPart,
    LinesReadPart,
):
    """A read-only transaction: everything in it is of one moment."""


class Transaction(
    RewritePart,
    RegroupPart,
    FoldingPart,
    SchedulePart,
    RunPart,
    PrunePart,
    SearchPart,
    BackfillPart,
    RematchPart,
    RestorePart,
    LinesPart,
    Reader,
):
    """A writing transaction: committed as a whole, or not at all."""


class Archive:
    """What we know, in one SQLite file or one PostgreSQL database. Safe to share by threads."""

    def __init__(self, url: str) -> None:
        """Take the address; nothing is opened before the first transaction.

        Args:
            url: ``sqlite:///path`` or ``postgresql+psycopg://user@host/name``.

        Raises:
            StorageRefused: *url* is no such address.
        """
        self.url = parse_url(url)
        #: The path or the address, without its password.
        self.where = shown(self.url)
        self._writers: Engine = open_engine(self.url, read_only=False)
        self._readers: Engine = open_engine(self.url, read_only=True)
        self._checked = False
        self._turns = Turns()

    @property
    def path(self) -> Path | None:
        """The database file; None on a server."""
        return Path(self.where) if self.url.get_backend_name() == "sqlite" else None

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a writing transaction: commit at the end, roll back on any exception.

        Keep it short (under 50 ms) and never wait for the network inside one: on SQLite it is
        the only one.

        Raises:
            StorageError: the database cannot be written; the message says why and what to do.
        """
        with translating(self.where):
            self._check()
            with self._turn(), self._writers.begin() as connection:
                yield Transaction(connection)

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Open a read-only transaction. Close it soon: an open one keeps SQLite's log growing.

        Raises:
            StorageError: the database cannot be read; the message says why and what to do.
        """
        with translating(self.where):
            self._check()
            with self._readers.begin() as connection:
                yield Reader(connection)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the other writers of this process; a server lets several in at once."""
        if self.path is None:
            yield
            return
        with ExitStack() as stack:
            try:
                stack.enter_context(self._turns.take(timeout_s=BUSY_TIMEOUT_MS / 1000))
            except TimeoutError:
                raise StorageBusy(
                    f"{self.where}: another part of this program has been writing for "
                    f"{BUSY_TIMEOUT_MS // 1000} s; try again"
                ) from None
            yield

    def create(self) -> None:
        """Make the database if there is none, and bring it to the current schema."""
        self.upgrade()

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the schema to the current one.

        An existing file is copied first, beside itself, as ``<name>.schema-<old schema>``.

        Returns:
            The schema before (None: there was none) and after.

        Raises:
            SchemaNewer: the database was made by a newer Windcatch.
            StorageError: the database cannot be written; it is as it was before.
        """
        with translating_files(self.where):
            if self.path is not None:
                make_file(self.path)
            before = self.schema()
            if before is not None and before not in KNOWN:
                raise SchemaNewer(_newer(self.where, before))
            if before != HEAD:
                if self.path is not None and before is not None:
                    copy_into(self.path, self.path.with_name(f"{self.path.name}.schema-{before}"))
                upgrade(self._writers)
        self._checked = False
        return before, HEAD

    def forget_schema(self) -> None:
        """Look at the schema again before the next transaction: the file was replaced."""
        self._checked = False

    def schema(self) -> str | None:
        """Return the schema the database has; None when it has none, or is not there."""
        with translating(self.where):
            if self.path is not None and not self.path.exists():
                return None
            with self._readers.begin() as connection:
                if not inspect(connection).has_table("alembic_version"):
                    return None
                found = connection.execute(text("SELECT version_num FROM alembic_version"))
                return found.scalar_one_or_none()

    def _check(self) -> None:
        """Refuse a schema that is not ours, once per Archive."""
        if self._checked:
            return
        found = self.schema()
        if found is None:
            raise SchemaOutdated(
                f"{self.where}: there is no Windcatch database; run: windcatch db upgrade"
            )
        if found not in KNOWN:
            raise SchemaNewer(_newer(self.where, found))
        if found != HEAD:
            raise SchemaOutdated(
                f"{self.where}: its schema is {found}, this program needs {HEAD}; "
                "run: windcatch db upgrade"
            )
        self._checked = True

    def tidy(self) -> None:
        """Write SQLite's log back into the file and renew its statistics: nightly, say.

        An open reader keeps the log; then as much is written back as can be.
        """
        if self.path is None:
            return
        with translating(self.where), closing(self._writers.raw_connection()) as raw:
            driver = raw.driver_connection
            assert driver is not None
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            driver.execute("PRAGMA optimize").fetchall()

    def close(self) -> None:
        """Give back every connection."""
        self._writers.dispose()
        self._readers.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _newer(where: str, found: str) -> str:
    return (
        f"{where}: its schema is {found}, made by a newer Windcatch (this one knows {HEAD}); "
        "install the newer one"
    )
