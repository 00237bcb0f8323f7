"""The copies others keep of a made-up history: a Wayback Machine, news WARC files, JSON Lines.

Every tenth article was captured twice, and had been edited in between: two revisions. Of half of
those the later capture comes first, as it does in real files.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from crawler.backfill.span import month
from crawler.exports.warc import response_record
from crawler.world.archive_site import History
from crawler.world.reply import Reply, Request
from storage.types import Capture

WAYBACK_HOST, CRAWL_HOST = "wayback.example.com", "crawl.example.com"
#: A capture follows the article by so much; the second one comes later.
SOON, LATER = timedelta(hours=3), timedelta(days=20)

_HEAD = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest"]


def revisions(number: int) -> int:
    """Return how many texts article *number* has had."""
    return 2 if number % 10 == 0 else 1


class Copies:
    """Answers for both archives; everything else is the site's own business (`ArchiveWorld`)."""

    def __init__(self, history: History) -> None:
        """Make nothing yet: each month's file when it is asked for."""
        self._history = history
        self._turn = threading.Lock()
        self._file = lru_cache(maxsize=2)(self._made)

    def __call__(self, request: Request) -> Reply | None:
        """Return the answer; None when another host is asked."""
        if request.host == WAYBACK_HOST:
            return self._index(request) if "/cdx/" in request.path else self._capture(request)
        if request.host == CRAWL_HOST:
            return self._part(request)
        return None

    def _index(self, request: Request) -> Reply:
        asked = request.query
        begin = datetime.strptime(asked["from"], "%Y%m%d").replace(tzinfo=UTC)
        numbers = self._history.within(begin - LATER, begin + timedelta(days=32))
        found = sorted(
            (f"{one.fetched_at:%Y%m%d%H%M%S}", one.url)
            for one in captures(self._history, numbers)
            if asked["from"] <= f"{one.fetched_at:%Y%m%d%H%M%S}" <= asked["to"]
        )
        first, size = int(asked.get("resumeKey", "0")), int(asked["limit"])
        rows = [
            ["key", stamp, url, "text/html", "200", f"{stamp}{url[-11:]}"]
            for stamp, url in found[first : first + size]
        ]
        page: list[object] = [_HEAD, *rows]
        if first + size < len(found):
            page += [[], [str(first + size)]]
        return _reply(json.dumps(page).encode(), "application/json")

    def _capture(self, request: Request) -> Reply:
        stamp, _, original = request.path.removeprefix("/web/").partition("id_/")
        number = self._history.number_of(original)
        if number is None:
            return Reply(status=404, body=b"no capture")
        for one in captures(self._history, range(number, number + 1)):
            if f"{one.fetched_at:%Y%m%d%H%M%S}" == stamp:
                return _reply(one.body, "text/html")
        return Reply(status=404, body=b"no capture")

    def _part(self, request: Request) -> Reply:
        parts = request.path.strip("/").split("/")
        if len(parts) != 5:
            return Reply(status=404)
        year, number, name = parts[2:]
        if name == "warc.paths.gz":
            whole = month(int(year), int(number))
            there = bool(self._history.within(whole.begin, whole.end))
            path = f"crawl-data/CC-NEWS/{year}/{number}/CC-NEWS-{year}{number}.warc.gz\n"
            return _reply(gzip.compress(path.encode() * there), "application/gzip")
        with self._turn:
            data = self._file(int(year), int(number))
        asked = (request.header("range") or "bytes=0-").removeprefix("bytes=").split("-")
        first, last = int(asked[0]), int(asked[1] or len(data))
        if first >= len(data):
            return Reply(status=416)
        kind = (("Content-Type", "application/gzip"),)
        return Reply(status=206, headers=kind, body=data[first : last + 1])

    def _made(self, year: int, number: int) -> bytes:
        whole = month(year, number)
        numbers = self._history.within(whole.begin, whole.end)
        return b"".join(
            response_record(one, source_id="archive", packed=True)
            for one in captures(self._history, numbers)
        )


def captures(history: History, numbers: range) -> Iterator[Capture]:
    """Yield the captures of these articles, not always in order."""
    for number in numbers:
        found = []
        for revision in range(1, revisions(number) + 1):
            url = history.url(number)
            found.append(
                Capture(
                    url=url,
                    final_url=url,
                    status=200,
                    body=history.page(number, revision),
                    fetched_at=history.at(number) + (SOON if revision == 1 else LATER),
                    headers=(("content-type", "text/html; charset=utf-8"),),
                )
            )
        yield from reversed(found) if number % 20 == 0 else found


def write_warc(history: History, out: BinaryIO) -> None:
    """Write all captures as one WARC file."""
    out.writelines(
        response_record(one, source_id="archive", packed=True)
        for one in captures(history, range(history.count))
    )


def write_lines(history: History, path: Path) -> None:
    """Write all revisions as JSON Lines, as `articles export` does."""
    with path.open("w", encoding="utf-8") as out:
        for one in captures(history, range(history.count)):
            number = history.number_of(one.url) or 0
            text = one.body.decode().partition("</h1>")[2].replace("</p><p>", "\n\n")
            line = {
                "url": one.url,
                "title": history.title(number),
                "text": text.removeprefix("<p>").partition("</p></article>")[0],
                "language": "en",
                "published_at": history.at(number).isoformat(),
                "captured_at": one.fetched_at.isoformat(),
            }
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def _reply(body: bytes, kind: str) -> Reply:
    return Reply(headers=(("Content-Type", kind),), body=body)
