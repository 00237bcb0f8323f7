"""A request for something of a source, and a discovery document's answer as a plain value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import scrapy
from scrapy.http import Response, TextResponse

from spiders.discovery import Answer, Reading
from spiders.feedgate import MAX_BYTES as MAX_FEED
from spiders.gate import GatePolicy, check_url
from spiders.hints import max_age_s
from spiders.items import Failed, Found
from spiders.responses import single_headers, status_failure
from spiders.sources import Source
from storage.types import Validator


def request_for(
    source: Source,
    url: str,
    headers: Mapping[str, str],
    *,
    gate: GatePolicy,
    scope: str = "any",
    max_bytes: int | None = None,
    **kwargs: Any,
) -> scrapy.Request:
    """Return a request for *url*.

    Args:
        scope: Where a redirect may lead: "own" keeps a new article on its own site; a document or
            an article we hold may have moved anywhere, and where to is what the judge of changes
            must see.
        max_bytes: Less than the source's own limit.

    Raises:
        Refused: The gate does not let it through.
    """
    meta: dict[str, Any] = {"handle_httpstatus_all": True}
    if max_bytes is not None and max_bytes < source.politeness.max_bytes:
        meta["download_maxsize"] = max_bytes
    meta["scope"] = scope
    return scrapy.Request(
        check_url(url, policy=gate),
        headers={**source.headers, **headers},
        meta=meta,
        # One URL is asked for once by our own rules; Scrapy's filter would drop in silence.
        dont_filter=True,
        **kwargs,
    )


def document_request(
    source: Source, url: str, sent: Mapping[str, str], *, gate: GatePolicy
) -> scrapy.Request:
    """Return a request for a discovery document, with the conditions *sent*.

    Raises:
        Refused: The gate does not let it through.
    """
    return request_for(source, url, sent, gate=gate, max_bytes=MAX_FEED)


def answer_of(
    response: Response, source_id: str, url: str, *, sent: Mapping[str, str], held: Validator | None
) -> Answer | Failed:
    """Return what *response* is for the discovery document *url*, asked for with *sent*."""
    if response.status not in {200, 304} or (response.status == 304 and not sent):
        word, detail = status_failure(response)
        return Failed(source_id=source_id, url=url, error_class=word, detail=detail)
    digest = hashlib.sha256(response.body).hexdigest()
    return Answer(
        url=url,
        final_url=response.url,
        status=response.status,
        headers=single_headers(response),
        body=response.body,
        # To find it out is work: what has no body is in none.
        encoding=response.encoding
        if response.body and isinstance(response, TextResponse)
        else None,
        full=not sent,
        seen=held is not None,
        same=bool(response.body) and held is not None and held.body_hash == digest,
    )


def found_in(
    source_id: str,
    reading: Reading,
    answer: Answer,
    *,
    count: int = 0,
    known: int = 0,
    wanted: tuple[str, ...] = (),
    left: int = 0,
    refused: Mapping[str, int] | None = None,
) -> Found:
    """Return what to say of a document that came; of one that is unchanged, no entries."""
    return Found(
        source_id=source_id,
        url=reading.url,
        kind=reading.kind,
        count=count,
        known=known,
        wanted=wanted,
        left=left,
        whole=reading.whole,
        unchanged=answer.unchanged,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        body_hash=hashlib.sha256(answer.body).hexdigest() if answer.body else None,
        full=answer.full,
        refused=refused or {},
        warnings=reading.warnings,
        final_url=answer.final_url,
        hint_s=max(reading.ttl_s, max_age_s(answer.headers)),
    )
