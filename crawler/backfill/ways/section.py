"""Section pages, page after page, until enough entries in a row are older than what is wanted."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from crawler.backfill.dates import Reach, Run, of_entry
from crawler.backfill.steps import Job, Step, Wanted, WayFailed
from spiders.listings import read_listing

#: Older entries in a row that end a section: more than any site pins to the top.
ENOUGH = 20
MAX_PAGES = 2000
#: Pages one after another of which nothing is wanted, and that are not known to be older: a trap,
#: or a list that states no dates at all would be fetched and thrown away for ever.
MAX_BARREN = 30


async def work(job: Job) -> AsyncIterator[Step]:
    """Yield the pages of a section.

    Raises:
        WayFailed: the first page did not come; or the section does not end.
    """
    channel = job.channel
    assert channel is not None
    numbered = "{page}" in channel.url
    cursor = dict(job.unit.cursor)
    number = int(cursor.get("page", 1))
    url: str | None = cursor.get("url") or channel.url.replace("{page}", str(number))
    row = Run(ENOUGH, int(cursor.get("older", 0)))
    seen: set[str] = set()
    pages: set[str] = set()
    barren = 0
    while url is not None:
        if number > MAX_PAGES:
            raise WayFailed(f"more than {MAX_PAGES} pages")
        if barren >= MAX_BARREN:
            raise WayFailed(f"{MAX_BARREN} pages in a row without an entry of the wanted time")
        answer = await job.document(url)
        digest = hashlib.sha256(answer.body).hexdigest()
        page = read_listing(
            answer.body,
            url=answer.final_url,
            encoding=job.source.hints.encoding or answer.encoding,
            links=channel.links,
            next_page=channel.next_page,
            zone=job.source.zone,
        )
        if not page.entries and number == 1:
            raise WayFailed("; ".join((*page.warnings, "no list of article links on the page")))
        fresh = [entry for entry in page.entries if entry.url not in seen]
        if not fresh or digest in pages:
            # The page after the last is often the first or the last again.
            return
        seen.update(entry.url for entry in fresh)
        pages.add(digest)
        wanted = []
        for entry in fresh:
            reach = of_entry(entry, job.span, zone=job.source.zone, trusted=True)
            row.take(reach)
            if reach in (Reach.WITHIN, Reach.UNKNOWN):
                wanted.append(Wanted(entry=entry))
        barren = 0 if wanted else barren + 1
        number += 1
        url = channel.url.replace("{page}", str(number)) if numbered else page.next_url
        if row.over:
            url = None
        yield Step(
            wanted=tuple(wanted),
            outside=len(fresh) - len(wanted),
            cursor={"page": number, "older": row.count} | ({"url": url} if url else {"over": True}),
        )
