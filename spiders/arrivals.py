"""What the answer to an article's request means, as items: unchanged, failed, refused."""

from __future__ import annotations

import hashlib

from scrapy.http import Response
from twisted.python.failure import Failure

from spiders.failures import Dropped, classify
from spiders.gate import Refused
from spiders.items import Failed, Unchanged
from spiders.responses import single_headers, status_failure
from storage.types import Discovery, Entry, Validator

#: Answers that will be the same next time; 404 is not among them, since feeds run ahead of pages.
_FINAL = frozenset({410, 451})


def unchanged(
    response: Response, entry: Entry, held: Validator | None, *, source_id: str
) -> Unchanged | None:
    """Return that *response* brings what we hold, by its status or its bytes; None when it may not.

    A 304 counts only on a recheck: nothing conditional is asked of an article never seen.
    """
    digest = hashlib.sha256(response.body).hexdigest()
    same = response.status == 200 and held is not None and held.body_hash == digest
    confirmed = response.status == 304 and entry.found_by is Discovery.RECHECK
    if not confirmed and not (same and response.body):
        return None
    headers = single_headers(response)
    return Unchanged(
        source_id=source_id,
        url=entry.url,
        status=response.status,
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        body_hash=digest if same else None,
    )


def no_article(response: Response, entry: Entry, *, source_id: str) -> Failed:
    """Return why an answer other than 200 brings no new article."""
    word, detail = status_failure(response)
    return Failed(
        source_id=source_id,
        url=entry.url,
        error_class=word,
        detail=detail,
        entry=entry,
        final=response.status in _FINAL,
    )


def lost(failure: Failure, *, source_id: str) -> Failed:
    """Return why no answer came to the request that *failure* carries."""
    request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
    entry: Entry = request.cb_kwargs["entry"]
    error = failure.value or RuntimeError("a failure without a cause")
    word, detail = classify(error)
    return Failed(
        source_id=source_id,
        url=entry.url,
        error_class=word,
        detail=detail,
        entry=entry,
        final=isinstance(error, Dropped) and error.final,
    )


def refused(entry: Entry, error: Refused, *, source_id: str) -> Failed:
    """Return that the gate lets nothing be asked for *entry*."""
    return Failed(
        source_id=source_id,
        url=entry.url,
        error_class="gate",
        detail=str(error),
        entry=entry,
        final=True,
    )
