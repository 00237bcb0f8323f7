"""Scrapy's responses as plain values."""

from __future__ import annotations

from datetime import datetime

from scrapy.http import Response

from storage.types import Capture


def status_failure(response: Response) -> tuple[str, str]:
    """Return the error class and detail of an answer that is no document."""
    word = "http_5xx" if response.status >= 500 else "http_4xx"
    if response.status < 400:
        # A redirect without a target, or a success that is no document (204, 206).
        word = "parse"
    return word, f"HTTP {response.status}"


def single_headers(response: Response) -> dict[str, str]:
    """Return the last value of each header, names in lower case."""
    return dict(headers_of(response))


def headers_of(response: Response) -> tuple[tuple[str, str], ...]:
    """Return all headers, names in lower case."""
    return tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )


def capture_of(response: Response, asked: str, *, now: datetime) -> Capture:
    """Return *response* as evidence for the URL that was *asked* for."""
    request = response.request
    hops = request.meta.get("redirect_urls", []) if request is not None else []
    return Capture(
        url=asked,
        final_url=response.url,
        redirects=tuple(hops[1:]),
        status=response.status,
        headers=headers_of(response),
        body=response.body,
        fetched_at=now,
    )
