"""Common Crawl's news archive: WARC files of 1 GiB, read a piece at a time, filtered by host.

There is no index by host: a month is some 600 files, of which every one must be read. A piece is
one range request; the cursor is the place of the first record that was not whole in it.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import AsyncIterator

from crawler.backfill.steps import Job, Step, WayFailed
from crawler.imports.members import MAX_SKIPPED
from crawler.imports.things import FoundPage, Problem
from crawler.imports.warc import read_warc
from spiders.items import Failed
from storage.units import Unit

#: Bytes of one request.
PIECE = 8 << 20
#: Files of one month; there were some 600 in 2022.
MAX_FILES = 3000
_MAX_LIST = 8 << 20
_STEP = 1 << 20


async def work(job: Job) -> AsyncIterator[Step]:
    """Yield a unit for each file of a month, or the source's pages of one file.

    Raises:
        WayFailed: the list or a piece did not come.
    """
    if not job.unit.key.endswith(".gz"):
        yield await _listed(job)
        return
    url = f"{job.services['commoncrawl']}/{job.unit.key}"
    at = int(job.unit.cursor.get("at", 0))
    while True:
        span = f"bytes={at}-{at + PIECE - 1}"
        options = {"service": "commoncrawl", "max_bytes": 2 * PIECE, "Range": span}
        answer = await job.get(url, **options)
        if isinstance(answer, Failed):
            # 416: the end was the end of the last piece.
            if at and "416" in answer.detail:
                return
            raise WayFailed(f"{url[:200]}: {answer.error_class}: {answer.detail}")
        ranged = answer.status == 206
        over = not ranged or len(answer.body) < PIECE
        end = len(answer.body) if over else whole_records(answer.body)
        pages, notes = [], []
        for thing in read_warc(io.BytesIO(answer.body[:end]), job.unit.key[-60:]):
            if isinstance(thing, FoundPage) and job.owns(thing.capture.final_url):
                pages.append(thing.capture)
            elif isinstance(thing, Problem):
                notes.append(f"{thing.where}: {thing.reason}")
        at += end
        yield Step(
            captures=tuple(pages),
            cursor={"over": True} if over else {"at": at},
            notes=tuple(notes[:3]),
        )
        if over:
            return


async def _listed(job: Job) -> Step:
    year, number = job.unit.key.split("-")
    url = f"{job.services['commoncrawl']}/crawl-data/CC-NEWS/{year}/{number}/warc.paths.gz"
    answer = await job.document(url, service="commoncrawl", max_bytes=_MAX_LIST)
    paths = read_paths(answer.body)
    notes = () if len(paths) <= MAX_FILES else (f"{len(paths)} files: {MAX_FILES} are read",)
    return Step(
        units=tuple(
            Unit(
                source_id=job.unit.source_id,
                way=job.unit.way,
                key=path,
                begins_at=job.unit.begins_at,
                ends_at=job.unit.ends_at,
                place=job.unit.place,
            )
            for path in paths[:MAX_FILES]
        ),
        notes=notes,
    )


def read_paths(body: bytes) -> list[str]:
    """Return the paths in a `warc.paths.gz`.

    Raises:
        WayFailed: it is none.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(body, _MAX_LIST).decode("ascii", "replace")
    except zlib.error:
        raise WayFailed("the list of files is damaged") from None
    return [line for line in text.split() if line.startswith("crawl-data/") and ".." not in line]


def whole_records(data: bytes) -> int:
    """Return where the last gzip member that is whole in *data* ends; all of it when none is.

    A member that is larger than a piece is passed over with it.
    """
    end, view = 0, memoryview(data)
    while end < len(data):
        unpacker = zlib.decompressobj(wbits=31)
        rest: bytes | memoryview = view[end:]
        unpacked = 0
        try:
            while not unpacker.eof and len(rest) and unpacked <= MAX_SKIPPED:
                unpacked += len(unpacker.decompress(rest, _STEP))
                rest = unpacker.unconsumed_tail
        except zlib.error:
            # Damage: what reads the records finds the next one.
            break
        if not unpacker.eof:
            break
        end = len(data) - len(unpacker.unused_data)
    return end or len(data)
