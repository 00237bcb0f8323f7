"""Reading what a user hands to a command: files, compressed files, standard input, JSON Lines."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

#: Largest page or text, after decompression; the largest real article page measured is 6 MB.
MAX_PAGE = 64 << 20
#: Longest line of a JSON Lines input.
MAX_LINE = 64 << 20

STDIN = "-"


class InputProblem(Exception):
    """An input cannot be read or used; the message names it, and the line where that helps."""


@dataclass(frozen=True, slots=True)
class Line:
    """One object of a JSON Lines input."""

    #: From 1.
    number: int
    data: dict[str, Any]


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file, or of standard input for "-"; gzip is undone.

    Raises:
        InputProblem: it cannot be read, or holds more than 64 MiB.
    """
    if str(path) == STDIN:
        data = sys.stdin.buffer.read(MAX_PAGE + 1)
    else:
        with _opened(path) as file:
            data = file.read(MAX_PAGE + 1)
    if data[:2] == b"\x1f\x8b":
        data = _gunzip(data, path)
    if len(data) > MAX_PAGE:
        raise InputProblem(f"{path}: larger than {MAX_PAGE >> 20} MiB")
    return data


def _gunzip(data: bytes, path: str | Path) -> bytes:
    """Return *data* unpacked, as far as the limit; a bomb is not unpacked to find out its size."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        out = unpacker.decompress(data, MAX_PAGE + 1)
    except zlib.error as error:
        raise InputProblem(f"{path}: damaged gzip: {error}") from None
    if not unpacker.eof and len(out) <= MAX_PAGE:
        raise InputProblem(f"{path}: damaged gzip: it ends too early")
    return out


def _opened(path: str | Path) -> BinaryIO:
    try:
        if Path(path).is_dir():
            raise InputProblem(f"{path}: is a directory, not a file")
        return Path(path).open("rb")
    except FileNotFoundError:
        raise InputProblem(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputProblem(f"{path}: cannot be read: {reason}") from None


def read_lines(path: str | Path) -> Iterator[Line]:
    """Yield the objects of a JSON Lines file (or of standard input), one at a time.

    Raises:
        InputProblem: a line is no JSON object; the message says which.
    """
    if str(path) == STDIN:
        yield from lines_in(sys.stdin.buffer, "standard input")
        return
    with _opened(path) as file:
        yield from lines_in(file, str(path))


def lines_in(file: BinaryIO, name: str) -> Iterator[Line]:
    """Yield the objects of an open JSON Lines *file*, called *name* in messages.

    Raises:
        InputProblem: a line is no JSON object; the message says which.
    """
    number = 0
    while raw := file.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE:
            raise InputProblem(f"{name}:{number}: a line longer than {MAX_LINE >> 20} MiB")
        if raw.strip():
            yield Line(number, _object(raw, name, number))


def _object(raw: bytes, name: str, number: int) -> dict[str, Any]:
    try:
        data = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        raise InputProblem(f"{name}:{number}: not text in UTF-8") from None
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or "nested too deeply"
        raise InputProblem(f"{name}:{number}: not JSON: {reason}") from None
    if not isinstance(data, dict):
        raise InputProblem(f"{name}:{number}: expected a JSON object, one a line")
    return data


def text_of(line: Line, key: str, name: str, *, required: bool = False) -> str | None:
    """Return the text under *key*, None when it is missing or null.

    Raises:
        InputProblem: it is something other than text, or required and missing.
    """
    value = line.data.get(key)
    if value is None and not required:
        return None
    if not isinstance(value, str):
        said = "missing" if value is None else "expected text"
        raise InputProblem(f'{name}:{line.number}: "{key}": {said}')
    return value
