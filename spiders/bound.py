"""Several responses bound into one capture, and taken apart again. Pure.

An article on several pages is proven by all of them. They are kept as one body, MIME's own form
for that (RFC 2046, multipart/mixed): every page's bytes as served, with its address, its
content type and the validators it came with. Read from there, a stored article gives the same text
at any later time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from storage.types import Capture

_KIND = "multipart/mixed; boundary="
#: Says that we bound it: a server's own multipart answer is not taken apart.
_MARK = "x-windcatch-pages"
_KEPT = ("content-type", "content-language", "etag", "last-modified", "date")
#: The address of a page that did not come, with why.
_MISSING = "x-windcatch-missing"


def bind(pages: Sequence[Capture], *, missing: str | None = None) -> Capture:
    """Return *pages* of one article, in order, as one capture under the first one's addresses.

    Validators stay with their pages: no later request for the first page alone may be answered
    "not modified" for all of them. *missing* says which page did not come, and why.
    """
    if len(pages) == 1 and missing is None:
        return pages[0]
    digest = hashlib.sha256(b"".join(page.body for page in pages)).hexdigest()
    mark = f"windcatch-{digest[:32]}".encode("ascii")
    pieces = []
    for page in pages:
        head = [f"content-location: {page.final_url}"]
        head += [f"{name}: {value}" for name in _KEPT if (value := page.header(name))]
        head.append(f"content-length: {len(page.body)}")
        lines = "".join(f"{_plain(line)}\r\n" for line in head).encode("utf-8")
        pieces.append(b"--" + mark + b"\r\n" + lines + b"\r\n" + page.body + b"\r\n")
    headers = [("content-type", f"{_KIND}{mark.decode('ascii')}"), (_MARK, str(len(pages)))]
    if missing is not None:
        headers.append((_MISSING, _plain(missing)))
    body = b"".join(pieces) + b"--" + mark + b"--\r\n"
    return replace(pages[0], headers=tuple(headers), body=body)


def unbind(capture: Capture) -> tuple[Capture, ...]:
    """Return the pages that *capture* holds: itself, unless `bind` made it."""
    kind = capture.header("content-type") or ""
    if not kind.startswith(_KIND) or not capture.header(_MARK):
        return (capture,)
    mark = b"--" + kind.removeprefix(_KIND).encode("utf-8") + b"\r\n"
    pages: list[Capture] = []
    at = 0
    while capture.body.startswith(mark, at):
        start = at + len(mark)
        end = capture.body.find(b"\r\n\r\n", start)
        if end < 0:
            return (capture,)
        lines = capture.body[start:end].decode("utf-8", "replace").split("\r\n")
        headers = tuple(
            (name, value) for name, _, value in (line.partition(": ") for line in lines)
        )
        stated = dict(headers)
        size = stated.get("content-length", "")
        if not size.isascii() or not size.isdigit() or "content-location" not in stated:
            return (capture,)
        body = capture.body[end + 4 : end + 4 + int(size)]
        own = tuple((n, v) for n, v in headers if n not in ("content-location", "content-length"))
        # The address that the article is filed under is not the body's to say.
        url = stated["content-location"] if pages else capture.final_url
        pages.append(replace(capture, final_url=url, headers=own, body=body))
        at = end + 4 + int(size) + 2
    return tuple(pages) or (capture,)


def missing_from(capture: Capture) -> str | None:
    """Return which page of a bound *capture* did not come, and why; None when all did."""
    return capture.header(_MISSING) if capture.header(_MARK) else None


def _plain(line: str) -> str:
    return " ".join(line.split())
