"""Pairs of versions that a user hands over, and what separates them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.answers import NOWHERE
from crawler.inputs import InputProblem, Line, read_bytes, read_lines, text_of
from storage.changes import compare
from storage.types import Capture, Difference

_HTML = (".html", ".htm", ".xhtml")


def compare_files(old: str, new: str, *, language: str | None = None) -> Difference:
    """Return what separates two files of text or HTML.

    Raises:
        InputProblem: one cannot be read.
    """
    return compare(_version(old), _version(new), language=language)


def compare_pairs(path: str, *, language: str | None = None) -> Iterator[tuple[Any, Difference]]:
    """Yield the id of each pair in a JSON Lines file with what separates its two sides.

    Raises:
        InputProblem: a line is no pair; the message says which.
    """
    for line in read_lines(path):
        spoken = text_of(line, "language", path) or language
        old, new = _side(line, "old", path), _side(line, "new", path)
        yield line.data.get("id"), compare(old, new, language=spoken)


def _side(line: Line, key: str, path: str) -> tuple[str, str]:
    side = line.data.get(key)
    if not isinstance(side, dict):
        raise InputProblem(f'{path}:{line.number}: "{key}": expected {{"title": ..., "text": ...}}')
    inner = Line(line.number, side)
    return text_of(inner, "title", path) or "", text_of(inner, "text", path) or ""


def _version(path: str) -> tuple[str, str]:
    """Return (title, text) of a file; HTML is extracted, anything else is text without a title."""
    body = read_bytes(path)
    name = path.removesuffix(".gz").lower()
    if name.endswith(_HTML) or body.lstrip()[:1] == b"<":
        from spiders.extract import extract

        url = NOWHERE + Path(name).name
        now = datetime.now(UTC)
        capture = Capture(url=url, final_url=url, status=200, body=body, fetched_at=now)
        article = extract(capture, source_id="given")
        return article.title, article.text
    try:
        return "", body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputProblem(f"{path}: neither HTML nor text in UTF-8") from None
