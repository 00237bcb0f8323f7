"""Takes typed values out of a TOML table and collects everything that is wrong with it. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from storage.types import ChangeClass

#: Tables within tables that a file may have: ours need five, and dotted keys can make any number.
MAX_DEPTH = 32


def parse_toml(text: str) -> dict[str, Any]:
    """Return the table that *text* is.

    Raises:
        tomllib.TOMLDecodeError: It is no TOML.
        ValueError: It is nested deeper than `MAX_DEPTH`, by brackets or by dotted keys, or has a
            number that Python cannot hold.
    """
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    level: list[Any] = [table]
    for _ in range(MAX_DEPTH):
        level = [inner for value in level for inner in _inside(value)]
    if level:
        raise ValueError("nested too deeply")
    return table


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class TableError(ValueError):
    """A table cannot be used; `problems` has one line for each reason."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class TableReader:
    """Takes values out of a TOML table and collects what is wrong with them."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = dict(table)
        self.problems: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def done(self) -> None:
        self.problems += [f"{key}: unknown key" for key in sorted(self._table)]
        if self.problems:
            raise TableError(tuple(self.problems))

    def take(self, key: str, kind: type | tuple[type, ...], wanted: str, default: Any) -> Any:
        value = self._table.pop(key, default)
        # TOML's true is no number, though Python's is.
        if value is not default and (
            not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)
        ):
            self.problems.append(f"{key}: must be {wanted}, is {value!r:.60}")
            return default
        return value

    def choice(self, key: str, allowed: list[str], default: str) -> str:
        value = self.take(key, str, "a word", default)
        if value not in allowed:
            self.problems.append(f"{key}: must be one of {', '.join(allowed)}; is {value!r:.60}")
            return default
        return str(value)

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self.take(key, bool, "true or false", default))

    def number(self, key: str, default: float) -> float:
        value = self.take(key, (int, float), "a number", default)
        if not 0 <= value < float("inf"):
            self.problems.append(f"{key}: must be 0 or more, is {value!r}")
            return default
        return float(value)

    def words(self, key: str) -> tuple[str, ...]:
        value = self.take(key, list, "a list of words", [])
        if not all(isinstance(word, str) for word in value):
            self.problems.append(f"{key}: must be a list of words")
            return ()
        return tuple(value)

    def clock(self, key: str, default: time) -> time:
        value = self.take(key, (str, time), 'a time such as "08:00"', default)
        return self._time(key, value) or default

    def _time(self, key: str, value: str | time) -> time | None:
        try:
            found = value if isinstance(value, time) else time.fromisoformat(value)
        except ValueError:
            self.problems.append(f'{key}: must be a time such as "08:00", is {value!r:.60}')
            return None
        return found.replace(second=0, microsecond=0, tzinfo=None)

    def zone(self, key: str) -> str:
        name = str(self.take(key, str, "an IANA zone such as Europe/Brussels", "UTC"))
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            self.problems.append(
                f"{key}: no such time zone: {name!r:.60}; use an IANA name such as Europe/Brussels"
            )
            return "UTC"
        return name

    def quiet(self, key: str) -> tuple[time, time] | None:
        value = self.take(key, list, 'two times such as ["22:00", "07:00"]', [])
        if not value:
            return None
        if len(value) != 2 or not all(isinstance(each, str | time) for each in value):
            self.problems.append(f'{key}: must be two times such as ["22:00", "07:00"]')
            return None
        start, end = (self._time(key, each) for each in value)
        if start is None or end is None:
            return None
        if start == end:
            self.problems.append(f'{key}: begins when it ends; use mode = "digest" or "off"')
            return None
        return start, end

    def changes(self, key: str) -> frozenset[ChangeClass] | None:
        if key not in self._table:
            return None
        allowed = [c.value for c in ChangeClass if c is not ChangeClass.NEW]
        words = self.words(key)
        wrong = [word for word in words if word not in allowed]
        if wrong:
            self.problems.append(f"{key}: unknown {wrong!r:.60}; choose from {', '.join(allowed)}")
        return frozenset(ChangeClass(word) for word in words if word in allowed)

    def cap(self, key: str, default: int) -> int | None:
        value = self.take(key, int, "a whole number (0 for no cap)", default)
        if value < 0:
            self.problems.append(f"{key}: must be 0 (no cap) or more, is {value}")
        return value if value > 0 else None
