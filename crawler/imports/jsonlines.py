"""JSON Lines read to the end, whatever single lines hold; .gz too, a piece at a time."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from crawler.imports.things import Problem
from crawler.inputs import MAX_LINE, Line


def lines_of(path: Path) -> Iterator[Line | Problem]:
    """Yield the objects of *path*; a line that is none is a Problem, and the rest is read.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        opened = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file
        number = 0
        while True:
            number += 1
            where = f"{path}:{number}"
            try:
                raw = opened.readline(MAX_LINE + 1)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                yield Problem(where=where, reason=f"damaged gzip: {error}")
                return
            if not raw:
                return
            if len(raw) > MAX_LINE:
                yield Problem(where=where, reason=f"a line longer than {MAX_LINE >> 20} MiB")
                return
            if raw.strip():
                yield _line(raw, where, number)


def _line(raw: bytes, where: str, number: int) -> Line | Problem:
    try:
        data = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        return Problem(where=where, reason="not text in UTF-8")
    except (ValueError, RecursionError) as error:
        return Problem(
            where=where, reason=f"not JSON: {getattr(error, 'msg', None) or 'nested too deeply'}"
        )
    if not isinstance(data, dict):
        return Problem(where=where, reason="expected a JSON object, one a line")
    return Line(number, data)
