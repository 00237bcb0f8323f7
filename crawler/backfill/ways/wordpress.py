"""WordPress's REST API, a month at a time: `after`, `before`, oldest first, so that pages stay put."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.backfill.dates import Reach, of_entry
from crawler.backfill.span import DAY
from crawler.backfill.steps import Job, Step, Wanted, WayFailed
from spiders.items import Failed
from spiders.wordpress import PER_PAGE, posts_url, read_posts

#: 20,000 posts a month are more than any site has.
MAX_PAGES = 400


async def work(job: Job) -> AsyncIterator[Step]:
    """Yield the posts of one month.

    Raises:
        WayFailed: a page did not come, or the API is none.
    """
    assert job.channel is not None
    number = int(job.unit.cursor.get("page", 1))
    while number <= MAX_PAGES:
        url = month_url(job, number)
        answer = await job.get(url)
        if isinstance(answer, Failed):
            # The API answers 400 after the last page.
            if number > 1 and answer.error_class == "http_4xx":
                return
            raise WayFailed(f"{url[:200]}: {answer.error_class}: {answer.detail}")
        posts = read_posts(answer.body, url=answer.final_url)
        if not posts.readable:
            raise WayFailed("; ".join(posts.warnings))
        wanted = [
            Wanted(entry=entry)
            for entry in posts.entries
            if of_entry(entry, job.span, zone=job.source.zone, trusted=True)
            in (Reach.WITHIN, Reach.UNKNOWN)
        ]
        total = answer.headers.get("x-wp-total", "")
        number += 1
        over = len(posts.entries) < PER_PAGE
        yield Step(
            wanted=tuple(wanted),
            outside=len(posts.entries) - len(wanted),
            cursor={"page": number, **({"over": True} if over else {})},
            expected=int(total) if total.isdigit() else None,
        )
        if over:
            return
    raise WayFailed(f"more than {MAX_PAGES} pages in one month")


def month_url(job: Job, number: int) -> str:
    """Return the URL of page *number*; a day wider on both sides, for the site's own time zone."""
    assert job.channel is not None
    parts = urlsplit(posts_url(job.channel.url, page=number))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    # `after` excludes the moment itself.
    query["after"] = (job.span.begin - DAY - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
    query["before"] = (job.span.end + DAY).strftime("%Y-%m-%dT%H:%M:%S")
    query |= {"orderby": "date", "order": "asc"}
    return urlunsplit(parts._replace(query=urlencode(query, safe=",:")))
