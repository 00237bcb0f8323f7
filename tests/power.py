"""A disk that can lose power: what was not synced may be gone, whole or in part, in any order.

A VFS in front of the real file system keeps for each file what it held at its last sync, and every
write since. `Power.cut` lets each of these writes have happened, or not, or torn at a sector. The
driver is `apsw`, dressed as `sqlite3` as far as SQLAlchemy asks for it.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import apsw

T = TypeVar("T")
_SECTOR = 512


class PowerLost(OSError):
    """The machine is off."""


@dataclass
class Disk:
    """One file: its bytes as of the last sync, and what was done to it since."""

    synced: bytes
    #: (offset, bytes), or (length, None) for a truncation.
    since: list[tuple[int, bytes | None]] = field(default_factory=list)

    def after(self, dice: random.Random) -> bytes:
        """Return what a power cut may leave of it."""
        held = bytearray(self.synced)
        for offset, data in self.since:
            fate = dice.random()
            if fate < 0.4:
                continue
            if data is None:
                del held[offset:]
                continue
            if fate < 0.5:
                data = data[: dice.randrange(0, len(data) + 1) // _SECTOR * _SECTOR]
            if len(held) < offset:
                held.extend(bytes(offset - len(held)))
            held[offset : offset + len(data)] = data
        return bytes(held)


class Power:
    """A VFS named *name*; after `left` more writes and syncs the power is gone."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.disks: dict[str, Disk] = {}
        self.left: float = float("inf")
        self.syncs = 0
        self._vfs = _Vfs(self)

    def spend(self) -> None:
        """Take one step, or fail for ever."""
        self.left -= 1
        if self.left < 0:
            raise PowerLost("no power")

    def cut(self, dice: random.Random) -> None:
        """Leave on the real disk what a cut may leave."""
        for path, disk in self.disks.items():
            if Path(path).exists():
                Path(path).write_bytes(disk.after(dice))
            # It is in memory only.
            Path(path.removesuffix("-wal") + "-shm").unlink(missing_ok=True)
        self._vfs.unregister()

    def module(self) -> ModuleType:
        """Return `sqlite3`, connecting through this VFS."""
        dressed = ModuleType("sqlite3_power")
        for name, value in vars(sqlite3).items():
            setattr(dressed, name, value)
        dressed.connect = lambda path, **_: Connection(path, self.name)  # type: ignore[attr-defined]
        return dressed


class _Vfs(apsw.VFS):
    def __init__(self, power: Power) -> None:
        self.power = power
        super().__init__(power.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        return _File(self.power, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.power.spend()
        self.power.disks.pop(filename, None)
        super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    def __init__(self, power: Power, name: Any, flags: list[int]) -> None:
        self.power = power
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        super().__init__("", name, flags)
        held = Path(path).read_bytes() if Path(path).exists() else b""
        self.disk = power.disks.setdefault(path, Disk(held))
        self.path = path

    def xWrite(self, data: bytes, offset: int) -> None:
        self.power.spend()
        super().xWrite(data, offset)
        self.disk.since.append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        self.power.spend()
        super().xTruncate(size)
        self.disk.since.append((size, None))

    def xSync(self, flags: int) -> None:
        self.power.spend()
        super().xSync(flags)
        self.power.syncs += 1
        self.disk.synced = Path(self.path).read_bytes()
        self.disk.since.clear()


class Connection:
    """An apsw connection as `sqlite3` would have it."""

    def __init__(self, path: str, vfs: str) -> None:
        self._held = _ours(lambda: apsw.Connection(str(path), vfs=vfs))
        self.isolation_level: str | None = ""

    @property
    def in_transaction(self) -> bool:
        return bool(self._held.in_transaction)

    def cursor(self) -> Cursor:
        return Cursor(self._held)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(sql, values)

    def create_function(self, name: str, count: int, function: Any, **_: Any) -> None:
        self._held.create_scalar_function(name, function, count)

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        _ours(self._held.close)


class Cursor:
    """All rows of a statement at once."""

    def __init__(self, held: Any) -> None:
        self._held = held
        self.description: tuple[tuple[Any, ...], ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        def run() -> list[tuple[Any, ...]]:
            cursor = self._held.cursor()
            cursor.exec_trace = self._describe
            return list(cursor.execute(sql, tuple(values)))

        self._rows = _ours(run)
        changes = sql.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE")
        self.rowcount = self._held.changes() if changes else -1
        self.lastrowid = self._held.last_insert_rowid()
        return self

    def _describe(self, cursor: Any, _sql: str, _values: Any) -> bool:
        names = [name for name, *_ in cursor.get_description()]
        self.description = tuple((name, *[None] * 6) for name in names) or None
        return True

    def executemany(self, sql: str, many: Iterable[Sequence[Any]]) -> Cursor:
        total = 0
        for values in many:
            total += max(self.execute(sql, values).rowcount, 0)
        self.rowcount = total
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        size = size or self.arraysize
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


def _ours(call: Callable[[], T]) -> T:
    """Call it; let its errors be those of `sqlite3`."""
    try:
        return call()
    except PowerLost as error:
        raise _as_sqlite3(str(error), sqlite3.SQLITE_IOERR) from error
    except apsw.Error as error:
        raise _as_sqlite3(str(error), error.result) from error


def _as_sqlite3(words: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error
