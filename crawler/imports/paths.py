"""What an import was given, file by file: folders are walked, kinds are told by name and content."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from crawler.imports import html
from crawler.imports.jsonlines import lines_of
from crawler.imports.lines import from_line
from crawler.imports.things import Problem, Skipped, Thing
from crawler.imports.warc import read_warc
from crawler.inputs import InputProblem

_LINES = (".jsonl", ".ndjson")
_HTML = (".html", ".htm", ".xhtml", ".shtml")


def files_in(paths: Iterable[str]) -> Iterator[Path]:
    """Yield the files that *paths* name, folders walked in order of names.

    Raises:
        InputProblem: one does not exist.
    """
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p, path))
        elif path.exists():
            yield path
        else:
            raise InputProblem(f"{given}: no such file")


def things_in(paths: Iterable[str], *, source_of: Callable[[str], str]) -> Iterator[Thing]:
    """Yield what the files of *paths* hold. A file that cannot be used is a Problem, never an error.

    Pages that an index names are read through the index only.

    Args:
        source_of: the id of the source a URL belongs to.

    Raises:
        InputProblem: a path does not exist.
    """
    files = list(files_in(paths))
    named: set[Path] = set()
    # Indexes first, so that what they name is known.
    for path in sorted(files, key=lambda path: _stem(path) not in _LINES):
        if path.resolve() in named:
            continue
        try:
            yield from _things(path, named, source_of)
        except InputProblem as error:
            yield Problem(where=str(path), reason=str(error).removeprefix(f"{path}: "))
        except (OSError, EOFError, zlib.error) as error:
            yield Problem(where=str(path), reason=f"cannot be read: {error}")


def _things(path: Path, named: set[Path], source_of: Callable[[str], str]) -> Iterator[Thing]:
    kind = _stem(path)
    if kind in _LINES:
        changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for line in lines_of(path):
            if isinstance(line, Problem):
                yield line
            elif isinstance(line.data.get("file"), str):
                with contextlib.suppress(ValueError, OSError):
                    named.add((path.parent / line.data["file"]).resolve())
                yield from html.from_index(str(path), line)
            else:
                yield from from_line(str(path), line, changed_at=changed_at, source_of=source_of)
    elif kind == ".warc" or _begins(path, b"WARC/"):
        with path.open("rb") as file:
            yield from read_warc(file, str(path))
    elif kind in _HTML or _begins(path, b"<"):
        yield from html.from_file(path)
    else:
        yield Skipped(where=str(path), reason=f"{kind or 'no'} file")


def _stem(path: Path) -> str:
    """Return the ending that says what *path* holds: ".warc" of "a.warc.gz"."""
    endings = [ending.lower() for ending in path.suffixes[-2:]]
    while endings and endings[-1] in (".gz", ".gzip"):
        endings.pop()
    return endings[-1] if endings else ""


def _begins(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 512)
        except zlib.error:
            return False
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(mark)


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)
