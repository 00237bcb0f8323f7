"""One writer a format: each takes articles one at a time and keeps none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from crawler import __version__
from crawler.exports.rows import KEYS, flat
from crawler.exports.warc import info_record, response_record
from storage.types import Capture

#: Rows of one Parquet row group: some 10 MB of text.
_GROUP = 1000


class MissingLibrary(Exception):
    """A format needs a library that is not installed; the message says how to get it."""


class Writer(Protocol):
    """Where records go."""

    #: Whether `captures` is wanted instead of `record`.
    evidence: bool

    def record(self, record: Mapping[str, Any]) -> None:
        """Write one record of crawler.exports.rows."""
        ...

    def captures(self, source_id: str, captures: Iterable[Capture]) -> None:
        """Write the evidence of one article."""
        ...

    def finish(self) -> None:
        """Write what is left."""
        ...


class _Records:
    evidence = False

    def captures(self, source_id: str, captures: Iterable[Capture]) -> None:
        """Nothing: records carry no evidence."""

    def finish(self) -> None:
        """Nothing is left."""


class JsonLines(_Records):
    """One JSON object a line."""

    def __init__(self, out: BinaryIO, _now: datetime) -> None:
        self._out = out

    def record(self, record: Mapping[str, Any]) -> None:
        """Write one line."""
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        self._out.write(text.encode("utf-8", "replace") + b"\n")


class Csv(_Records):
    """A table that spreadsheets open rightly: a byte order mark, and no formulas."""

    def __init__(self, out: BinaryIO, _now: datetime) -> None:
        self._out = out
        out.write(b"\xef\xbb\xbf")
        self._row(KEYS)

    def record(self, record: Mapping[str, Any]) -> None:
        """Write one row."""
        self._row(tuple(flat(record).values()))

    def _row(self, cells: tuple[str, ...]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerow(cells)
        self._out.write(text.getvalue().encode("utf-8", "replace"))


class Warc:
    """The evidence, each response as it was served."""

    evidence = True

    def __init__(self, out: BinaryIO, now: datetime, *, packed: bool = True) -> None:
        self._out, self._packed = out, packed
        out.write(info_record(f"Windcatch/{__version__}", now=now, packed=packed))

    def record(self, record: Mapping[str, Any]) -> None:
        """Nothing: a WARC file holds responses."""

    def captures(self, source_id: str, captures: Iterable[Capture]) -> None:
        """Write one record for each."""
        for capture in captures:
            self._out.write(response_record(capture, source_id=source_id, packed=self._packed))

    def finish(self) -> None:
        """Nothing is left."""


class Parquet(_Records):
    """A columnar file; every column is text but for the numbers and lists."""

    def __init__(self, out: BinaryIO, _now: datetime) -> None:
        try:
            pyarrow = import_module("pyarrow")
            parquet = import_module("pyarrow.parquet")
        except ImportError:
            raise MissingLibrary(
                "Parquet needs pyarrow: pip install 'windcatch[parquet]'"
            ) from None
        self._arrow = pyarrow
        text, texts = pyarrow.string(), pyarrow.list_(pyarrow.string())
        kinds = dict.fromkeys(("id", "revision", "revisions", "story"), pyarrow.int64())
        kinds |= dict.fromkeys(("authors", "captions", "themes", "aliases"), texts)
        times = ("captured_at", "published_at", "updated_at", "first_seen_at", "last_seen_at")
        kinds |= dict.fromkeys(times, pyarrow.timestamp("us", tz="UTC"))
        self._times = times
        self._schema = pyarrow.schema([(key, kinds.get(key, text)) for key in KEYS])
        self._writer = parquet.ParquetWriter(out, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def record(self, record: Mapping[str, Any]) -> None:
        """Keep one row until a group is full."""
        row = dict(record)
        for key in self._times:
            row[key] = datetime.fromisoformat(row[key]) if row[key] else None
        for key in ("wire", "attribution", "facts"):
            row[key] = json.dumps(row[key], ensure_ascii=False) if row[key] else None
        self._rows.append(row)
        if len(self._rows) >= _GROUP:
            self._flush()

    def finish(self) -> None:
        """Write the last group and the file's footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            table = self._arrow.Table.from_pylist(self._rows, schema=self._schema)
            self._writer.write_table(table)
            self._rows = []


def writer_for(format_: str, path: Path | None) -> Callable[[BinaryIO, datetime], Writer]:
    """Return what makes the writer of *format_*, for a file named *path* (None: standard output).

    Raises:
        KeyError: there is no such format.
    """
    if format_ == "warc":
        packed = path is None or path.suffix == ".gz"
        return lambda out, now: Warc(out, now, packed=packed)
    made: dict[str, Callable[[BinaryIO, datetime], Writer]] = {
        "jsonl": JsonLines,
        "csv": Csv,
        "parquet": Parquet,
    }
    return made[format_]
