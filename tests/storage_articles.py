"""Builders for storage tests: fine in every way except what the test is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.archive import Archive
from storage.types import (
    AlertDraft,
    AlertKind,
    Article,
    Capture,
    Discovery,
    OutboxOp,
    Recorded,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

TEXT = "\n\n".join(
    f"The ministry of section {place} said on Monday that {12 + place} provinces would build "
    f"{place * 130 + 40} battery-swapping stations before the end of the year, more than planned."
    for place in range(8)
)

OTHER = "\n\n".join(
    f"Fishermen of harbour {place} landed {place * 17 + 5} tonnes of herring in the storm, "
    f"while the lighthouse keeper counted {place + 3} boats that did not come home in time."
    for place in range(8)
)

_WHO = ("The harbour master", "A spokesman for the union", "The mayor", "An engineer on the site")
_WHAT = (
    "denied that the stations had been ordered",
    "called for an inquiry into the costs",
    "resigned over the choice of the supplier",
    "promised work for everybody in the valley",
    "blamed the flood for the delay",
)


def url(number: int) -> str:
    return f"https://news.example.com/policy/2026/story-{number}.html"


def article(number: int = 1, **fields: Any) -> Article:
    address = fields.pop("url", None) or url(number)
    return Article(
        **{
            "source_id": "example",
            "url": address,
            "canonical_url": address,
            "title": f"Battery swapping grows, part {number}",
            "text": TEXT,
            "fetched_at": NOW,
            "language": "en",
            **fields,
        }
    )


def edit(who: int, what: int) -> Article:
    """One of 4 x 5 edits of article 1, each a headline and a closing paragraph of its own.

    The new headline makes it an edit whatever came before: a paragraph alone, another one at every
    look, is soon taken for a teaser (storage/volatile.py).
    """
    said = f"{_WHO[who]} {_WHAT[what]}"
    return article(title=said, text=f"{TEXT}\n\n{said}, as was heard on Monday.")


def capture(address: str | None = None, **fields: Any) -> Capture:
    address = address or url(1)
    return Capture(
        **{
            "url": address,
            "final_url": address,
            "status": 200,
            "headers": (("content-type", "text/html"),),
            "body": b"<html><p>evidence</p></html>",
            "fetched_at": NOW,
            **fields,
        }
    )


def record(archive: Archive, one: Article, **fields: Any) -> Recorded:
    """Record *one* with its evidence, in a transaction of its own, at the time it was fetched."""
    now = fields.pop("now", one.fetched_at)
    found_by = fields.pop("found_by", Discovery.FEED)
    evidence = fields.pop("capture", capture(one.url, fetched_at=one.fetched_at))
    with archive.begin() as tx:
        return tx.record(one, capture=evidence, found_by=found_by, now=now, **fields)


def draft(key: str, **fields: Any) -> AlertDraft:
    return AlertDraft(
        **{
            "dedupe_key": key,
            "watchlist": "energy",
            "themes": ("batteries",),
            "kind": AlertKind.STORY,
            "op": OutboxOp.POST,
            "destination": "desk",
            "story_id": None,
            "article_id": None,
            "revision": 1,
            "change_id": None,
            "payload": {"title": key},
            **fields,
        }
    )
