"""Printing: for people on a terminal, for programs as JSON. No foreign string is ever markup."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from crawler.durations import format_duration

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

#: C0 and C1 controls, and the characters that turn or hide text. Tab and newline are kept apart.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    r"\u2028\u2029\ud800-\udfff]"
)


def clean(text: str) -> str:
    """Return *text* without anything a terminal would act on; newlines and tabs stay."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))


def line(text: str) -> str:
    """Return *text* as one clean line."""
    return " ".join(clean(text.replace("\r", "\n").replace("\x85", " ")).split())


def foreign(text: str | None, style: str = "") -> Text:
    """Return a foreign string for a table or a page: one line, never markup."""
    from rich.text import Text

    return Text(line(text or ""), style=style)


def console(*, stderr: bool = False) -> Console:
    """Return a console that reads no markup and colours nothing by itself."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)


def say(*parts: RenderableType) -> None:
    """Print for people, on standard output."""
    out = console()
    for part in parts:
        out.print(part)


def say_block(text: str) -> None:
    """Print a foreign text of several lines as it is, to be copied: never wrapped or cut."""
    from rich.text import Text

    console().print(Text(clean(text).rstrip("\n")), soft_wrap=True)


def note(text: str) -> None:
    """Print one line for people on standard error: progress, advice."""
    print(clean(text), file=sys.stderr, flush=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; by default its text wraps."""

    name: str
    right: bool = False
    no_wrap: bool = False
    max_width: int | None = None


def number(name: str) -> Column:
    """Return a column of numbers."""
    return Column(name, right=True, no_wrap=True)


def whole(name: str) -> Column:
    """Return a column whose text is never broken."""
    return Column(name, no_wrap=True)


def short(name: str, width: int) -> Column:
    """Return a column that is cut, with an ellipsis, at *width*."""
    return Column(name, no_wrap=True, max_width=width)


def table(columns: Iterable[str | Column], rows: Iterable[Sequence[object]]) -> RenderableType:
    """Return a table that fits the terminal; strings are literal, whatever they hold."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1))
    for given in columns:
        column = Column(given) if isinstance(given, str) else given
        shown.add_column(
            Text(column.name),
            justify="right" if column.right else "left",
            no_wrap=column.no_wrap,
            max_width=column.max_width,
            overflow="ellipsis" if column.max_width else "fold",
        )
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else foreign(_cell(cell)) for cell in row))
    return shown


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def plain(value: Any) -> Any:
    """Return *value* as JSON-able data: dataclasses as objects, times as ISO 8601 with zone."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return value.value
        case str():
            return value
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case PurePath():
            return str(value)
        case bytes():
            return None
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case set() | frozenset():
            return sorted(plain(inner) for inner in value)
        case list() | tuple():
            return [plain(inner) for inner in value]
    if dataclasses.is_dataclass(value):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if hasattr(value, "model_dump"):
        return plain(value.model_dump())
    raise TypeError(f"no JSON for {type(value).__name__}")


def dumps(value: Any) -> str:
    """Return *value* as one line of JSON; readable text stays readable."""
    data = plain(value)
    text = json.dumps(data, ensure_ascii=False, separators=(", ", ": "))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8; escaped it survives.
        return json.dumps(data, separators=(", ", ": "))
    return text


def print_json(value: Any) -> None:
    """Print one JSON object on one line of standard output, always in UTF-8."""
    write_line(dumps(value))


def write_line(text: str) -> None:
    """Write one line of UTF-8 to standard output, whatever the locale says."""
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        sys.stdout.write(text + "\n")
    else:
        sys.stdout.flush()
        binary.write(text.encode("utf-8") + b"\n")
        binary.flush()


def when(moment: datetime | None) -> str:
    """Return *moment* in the local zone, to the minute; "never" for None."""
    return "never" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M")


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how far *moment* is from *now*: "3m ago", "in 2h", "never", "now"."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 1:
        return "now"
    for size in (86_400, 3600, 60):
        if abs(seconds) >= 2 * size:
            rounded = timedelta(seconds=abs(seconds) // size * size)
            break
    else:
        rounded = timedelta(seconds=int(abs(seconds)))
    span = format_duration(rounded)
    return f"{span} ago" if seconds > 0 else f"in {span}"


def day(moment: datetime | None, precision: str | None) -> str:
    """Return a publication time: a stated day stays a day, and is not moved by a time zone."""
    if moment is None:
        return ""
    return moment.strftime("%Y-%m-%d") if precision == "day" else when(moment)


def size(count: int) -> str:
    """Return a number of bytes for people: "12.3 MiB"."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def facts(rows: Iterable[tuple[str, str | None]]) -> RenderableType:
    """Return names and values in two columns; what is unknown is left out."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        if value:
            grid.add_row(Text(name, style="dim"), foreign(value))
    return grid
