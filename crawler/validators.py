"""What to ask with the next time, after each kind of answer (RFC 9110, conditional requests). Pure."""

from __future__ import annotations

from datetime import datetime

from spiders.items import Found, Page, Unchanged
from storage.types import Article, Validator


def of_article(page: Page, article: Article, source_id: str, now: datetime) -> Validator:
    """Return what to ask with the next time, after a whole page."""
    capture = page.capture
    return Validator(
        url=article.canonical_url,
        source_id=source_id,
        etag=capture.header("etag"),
        last_modified=capture.header("last-modified"),
        body_hash=capture.body_hash,
        checked_at=now,
        full_at=now,
    )


def renewed(item: Unchanged, held: Validator | None, source_id: str, now: datetime) -> Validator:
    """Return what is held after an unchanged answer; a 304 may bring new validators (RFC 9110)."""
    full = item.status == 200
    return Validator(
        url=item.url,
        source_id=source_id,
        etag=item.etag or (held.etag if held and not full else None),
        last_modified=item.last_modified or (held.last_modified if held and not full else None),
        body_hash=item.body_hash or (held.body_hash if held else None),
        checked_at=now,
        full_at=now if full or held is None else held.full_at,
    )


def of_document(found: Found, held: Validator | None, now: datetime) -> Validator:
    """Return what is held after a look at a discovery document."""
    fresh = not found.unchanged or found.body_hash is not None
    etag = found.etag or (held.etag if held and not fresh else None)
    last_modified = found.last_modified or (held.last_modified if held and not fresh else None)
    if held is not None and fresh and held.body_hash != found.body_hash:
        # It stayed the same while the bytes did not: a server that will say 304 to news. Empty,
        # it is never sent again.
        etag = "" if held.etag == "" or (etag and etag == held.etag) else etag
        same = last_modified and last_modified == held.last_modified
        last_modified = "" if held.last_modified == "" or same else last_modified
    elif held is not None:
        etag = "" if held.etag == "" else etag
        last_modified = "" if held.last_modified == "" else last_modified
    return Validator(
        url=found.url,
        source_id=found.source_id,
        etag=etag,
        last_modified=last_modified,
        body_hash=found.body_hash or (held.body_hash if held else None),
        checked_at=now,
        full_at=now if fresh or held is None else held.full_at,
    )
