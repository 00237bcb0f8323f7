"""The Wayback Machine: its index (CDX) by month, and the captures as they were served.

A capture is evidence of the original: its address, the moment of its capture. Several captures of
one page become its revisions, in the order of capture.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from crawler.backfill.plan import hosts
from crawler.backfill.span import month
from crawler.backfill.steps import Job, Step, Wanted, WayFailed
from storage.types import Discovery, Entry

#: Rows of one answer.
PER_PAGE = 500
#: Answers of one month and host.
MAX_PAGES = 200
_MAX_BYTES = 32 << 20
_FIELDS = "urlkey,timestamp,original,mimetype,statuscode,digest"


async def work(job: Job) -> AsyncIterator[Step]:
    """Yield the captures of one month, host by host.

    Raises:
        WayFailed: the index cannot be read.
    """
    names = hosts(job.source)
    at = int(job.unit.cursor.get("host", 0))
    resume = job.unit.cursor.get("resume")
    for number in range(at, len(names)):
        for _ in range(MAX_PAGES):
            url = index_url(job.services["wayback"], names[number], job.unit.key, resume)
            answer = await job.document(url, service="wayback-search", max_bytes=_MAX_BYTES)
            rows, resume = read_rows(answer.body)
            over = resume is None
            where = {"host": number + 1} if over else {"host": number, "resume": resume}
            yield Step(
                wanted=tuple(
                    _wanted(job.services["wayback"], original, stamp) for stamp, original in rows
                ),
                cursor={"resume": None, **where},
            )
            if over:
                break
        else:
            raise WayFailed(f"more than {MAX_PAGES} pages for {names[number]} in {job.unit.key}")


def index_url(base: str, host: str, key: str, resume: object) -> str:
    """Return the query for one month of *host* and its sub-domains.

    `urlkey` must be among the fields, or the resume key comes back wrong (wayback#121).
    """
    year, number = key.split("-")
    whole = month(int(year), int(number))
    query: list[tuple[str, str]] = [
        ("url", host),
        ("matchType", "domain"),
        ("from", whole.begin.strftime("%Y%m%d")),
        ("to", (whole.end - (whole.end - whole.begin) / 10**6).strftime("%Y%m%d%H%M%S")),
        ("output", "json"),
        ("fl", _FIELDS),
        ("filter", "statuscode:200"),
        ("filter", "mimetype:text/html"),
        ("collapse", "digest"),
        ("limit", str(PER_PAGE)),
        ("showResumeKey", "true"),
    ]
    if isinstance(resume, str):
        query.append(("resumeKey", resume))
    return f"{base}/cdx/search/cdx?{urlencode(query)}"


def read_rows(body: bytes) -> tuple[list[tuple[datetime, str]], str | None]:
    """Return the captures (time, original URL) of one answer, and the key to go on with.

    Raises:
        WayFailed: it is no answer of the index.
    """
    try:
        data: Any = json.loads(body.decode("utf-8", "replace") or "[]")
    except (ValueError, RecursionError):
        raise WayFailed("the index answered with something that is not JSON") from None
    if not isinstance(data, list):
        raise WayFailed("the index answered with something that is no list")
    resume = None
    if len(data) >= 2 and data[-2] == [] and isinstance(data[-1], list) and data[-1]:
        resume, data = str(data[-1][0]), data[:-2]
    rows: list[tuple[datetime, str]] = []
    for row in data[1:]:
        if not isinstance(row, list) or len(row) < 6 or not isinstance(row[2], str):
            continue
        if (stamp := read_stamp(row[1])) is not None:
            rows.append((stamp, row[2]))
    return rows, resume


def read_stamp(text: object) -> datetime | None:
    """Return a Wayback timestamp (14 digits) as aware UTC; None when it is none."""
    if not isinstance(text, str) or len(text) != 14 or not text.isdigit():
        return None
    try:
        moment = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if 1990 <= moment.year <= 2100 else None


def _wanted(base: str, original: str, stamp: datetime) -> Wanted:
    # `id_`: the page as it was served, without the archive's own bar and rewritten links.
    return Wanted(
        entry=Entry(url=original, found_by=Discovery.BACKFILL),
        ask=f"{base}/web/{stamp:%Y%m%d%H%M%S}id_/{original}",
        captured_at=stamp,
        service="wayback",
    )
