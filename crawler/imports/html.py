"""HTML files, alone or named by an index, to captures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from crawler.imports.stated import Unusable, moment_of, text_of, url_of
from crawler.imports.things import FoundPage, Problem, Thing
from crawler.inputs import InputProblem, Line, read_bytes
from storage.types import Capture

_HEAD = 200_000
_TAG = re.compile(r"<(?:link|meta)\b[^>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([\w:-]{1,40})\s*=\s*(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s>"']+))"""
)


def from_file(path: Path) -> Iterator[Thing]:
    """Yield the page in *path*, under the URL that the page itself states."""
    try:
        body = read_bytes(path)
    except InputProblem as error:
        yield Problem(where=str(path), reason=str(error))
        return
    url = own_url(body)
    if url is None:
        reason = 'states no URL of its own: name it in an index of {"file": ..., "url": ...}'
        yield Problem(where=str(path), reason=reason)
        return
    yield _page(str(path), url, body, _changed_at(path))


def from_index(index: str, line: Line) -> Iterator[Thing]:
    """Yield the page that *line* of *index* names: file, url, and perhaps captured_at."""
    where = f"{index}:{line.number}"
    try:
        file = text_of(line.data, "file", required=True)
        assert file is not None
        path = Path(index).parent / file
        body = read_bytes(path)
        url = url_of(line.data, "url") or own_url(body)
        if url is None:
            raise Unusable('no "url", and the page states none')
        captured_at = moment_of(line.data, "captured_at") or _changed_at(path)
    except (Unusable, InputProblem) as error:
        yield Problem(where=where, reason=str(error))
        return
    yield _page(where, url, body, captured_at)


def own_url(body: bytes) -> str | None:
    """Return the URL that a page states as its own: rel=canonical, else og:url; absolute only."""
    stated: dict[str, str] = {}
    for tag in _TAG.finditer(body[:_HEAD].decode("latin-1")):
        named = {
            found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
            for found in _ATTRIBUTE.finditer(tag.group())
        }
        if "canonical" in named.get("rel", "").lower().split():
            stated.setdefault("canonical", named.get("href", ""))
        elif named.get("property", "").lower() == "og:url":
            stated.setdefault("og:url", named.get("content", ""))
    for key in ("canonical", "og:url"):
        url = stated.get(key, "").strip()
        if url.startswith(("http://", "https://")):
            return url
    return None


def _page(where: str, url: str, body: bytes, captured_at: datetime) -> FoundPage:
    capture = Capture(url=url, final_url=url, status=200, body=body, fetched_at=captured_at)
    return FoundPage(where=where, capture=capture)


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
