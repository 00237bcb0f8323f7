"""Extraction of many files: what `windcatch extract` does, in killable worker processes."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.answers import NOWHERE, explained, extract_answer, unreadable_answer
from crawler.inputs import STDIN, InputProblem, Line, lines_in, read_bytes, read_lines, text_of
from storage.types import Capture

if TYPE_CHECKING:
    from crawler.extract_pool import ExtractPool

#: Names that mean an index, not a page.
_INDEX = (".jsonl", ".ndjson")
_SOURCE = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One page to extract."""

    #: As the user, or the index, writes it.
    file: str
    path: str
    url: str | None
    #: The page itself, when it came on standard input.
    body: bytes | None = field(default=None, repr=False)
    #: Why it cannot be read, once that is known.
    problem: str | None = None


def jobs(inputs: Iterable[str], *, url: str | None = None) -> Iterator[Job]:
    """Yield the pages that *inputs* name, in order.

    Raises:
        InputProblem: an input does not exist, or an index is no index.
    """
    for given in inputs:
        if given != STDIN and not Path(given).exists():
            raise InputProblem(f"{given}: no such file")
        if given == STDIN:
            yield from _given(read_bytes(STDIN), url)
        elif given.endswith(_INDEX):
            yield from _listed(read_lines(given), given, Path(given).parent)
        else:
            yield Job(file=given, path=given, url=url)


def _given(data: bytes, url: str | None) -> Iterator[Job]:
    """Yield what came on standard input: an index when it begins as JSON does, else a page."""
    if data.lstrip()[:1] == b"{":
        name = "standard input"
        yield from _listed(lines_in(BytesIO(data), name), name, Path())
    else:
        yield Job(file=STDIN, path=STDIN, url=url, body=data)


def _listed(lines: Iterable[Line], name: str, folder: Path) -> Iterator[Job]:
    for line in lines:
        file = text_of(line, "file", name, required=True)
        assert file is not None
        yield Job(file=file, path=str(folder / file), url=text_of(line, "url", name))


def run(
    listed: Iterable[Job], *, now: datetime, workers: int = 0, explain: bool = False
) -> Iterator[tuple[Job, dict[str, Any]]]:
    """Yield each job with its answer, in the order given; one that cannot be read has `problem` set.

    Args:
        workers: processes; 0 means one for each core.
        explain: answers say too what was removed from the text, and where each value is from.
    """
    # Only now: a wrong argument is told without loading what reads pages.
    from crawler.extract_pool import ExtractPool

    listed = list(listed)
    count = max(1, min(workers or os.cpu_count() or 1, len(listed)))
    waiting: deque[Future[tuple[Job, dict[str, Any]]]] = deque()
    with ExtractPool(count) as pool, ThreadPoolExecutor(count) as threads:
        for job in listed:
            waiting.append(threads.submit(_answer, pool, job, now, explain))
            # A window, so that a million pages are not all in memory.
            while len(waiting) > 4 * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _answer(
    pool: ExtractPool, job: Job, now: datetime, explain: bool
) -> tuple[Job, dict[str, Any]]:
    try:
        body = read_bytes(job.path) if job.body is None else job.body
    except InputProblem as error:
        reason = str(error)
        failed = Job(file=job.file, path=job.path, url=job.url, problem=reason)
        return failed, unreadable_answer(job.file, job.url, reason)
    url = job.url or NOWHERE
    capture = Capture(url=url, final_url=url, status=200, body=body, fetched_at=now)
    reading = pool.read(capture, source_id=_SOURCE)
    answer = extract_answer(job.file, job.url, reading.article)
    return job, explained(answer, reading) if explain else answer
