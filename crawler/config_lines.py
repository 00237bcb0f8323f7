"""On which line a key of a TOML text stands; tomllib keeps no positions. Pure."""

from __future__ import annotations

import re
import tomllib

_KEY = r"(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')"
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_TABLE = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_ASSIGN = re.compile(rf"\s*({_DOTTED})\s*=")
_PART = re.compile(_KEY)
_AT = re.compile(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)")

Path = tuple[str | int, ...]


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def key_lines(text: str) -> dict[Path, int]:
    """Return the line, from 1, of each table and key that begins a line of *text*.

    A search, not a parser: keys inside an inline table are not found, and whoever asks for
    one gets the nearest key around it from `line_of`.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:
            if fence in line:
                fence = ""
            continue
        if found := _TABLE.match(line):
            table = _with_indices(_parts(found[2]), counts)
            if found[1] == "[[":
                index = counts.get(table, -1) + 1
                counts[table] = index
                lines.setdefault(table, number)
                table = (*table, index)
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], number)
        elif found := _ASSIGN.match(line):
            path: Path = table
            for part in _parts(found[1]):
                path = (*path, part)
                lines.setdefault(path, number)
            rest = line[found.end() :]
            fence = next((mark for mark in ('"""', "'''") if rest.count(mark) % 2), "")
    return lines


def _with_indices(parts: tuple[str, ...], counts: dict[Path, int]) -> Path:
    """Return *parts* as a path, each array of tables on the way with its last index."""
    path: Path = ()
    for at, part in enumerate(parts):
        path = (*path, part)
        if path in counts and at < len(parts) - 1:
            path = (*path, counts[path])
    return path


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """Return the line of *path*, or of the nearest key around it; None when even that is unknown."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def syntax_problem(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, str]:
    """Return the line of a syntax error and what is wrong there."""
    said = str(error)
    at = _AT.search(said)
    if at is None:
        return 1, said
    reason = _AT.sub("", said)
    if reason == "Cannot overwrite a value":
        reason = "this key is written twice"
    if at[1] is None:
        last = text.rstrip().count("\n") + 1
        return last, reason if reason.endswith("twice") else f"{reason} (the file ends too early)"
    return int(at[1]), f"{reason} (column {at[2]})"
