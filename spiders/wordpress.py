"""WordPress's REST API (wp-json/wp/v2/posts) to entries. Pure; nothing is fetched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from spiders.feeds import MAX_SUMMARY, MAX_TITLE, clean
from storage.types import Discovery, Entry

#: The API's own maximum is 100.
PER_PAGE = 50
#: Everything else (rendered content, links, media) would be ten times the bytes.
FIELDS = "link,date_gmt,modified_gmt,title,excerpt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """One page of posts."""

    entries: tuple[Entry, ...] = ()
    readable: bool = True
    warnings: tuple[str, ...] = ()


def posts_url(endpoint: str, *, page: int = 1) -> str:
    """Return the URL of one page of posts, newest first.

    *endpoint* is a site's `.../wp-json/wp/v2/posts`, with or without a query of its own
    (`?categories=12`, `?rest_route=/wp/v2/posts`), which is kept.
    """
    parts = urlsplit(endpoint)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query.setdefault("per_page", str(PER_PAGE))
    query.setdefault("_fields", FIELDS)
    if page > 1:
        query["page"] = str(page)
    return urlunsplit(parts._replace(query=urlencode(query, safe=",/")))


def read_posts(body: bytes, *, url: str) -> Posts:
    """Return the entries of one page of posts. Never raises on any bytes."""
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return Posts(readable=False, warnings=("not readable as JSON",))
    if not isinstance(data, list):
        code = data.get("code") if isinstance(data, dict) else None
        return Posts(readable=False, warnings=(f"not a list of posts ({code})"[:200],))
    found = tuple(e for post in data[:100] if (e := _entry(post, url)) is not None)
    return Posts(entries=found)


def _entry(post: object, url: str) -> Entry | None:
    if not isinstance(post, dict) or not isinstance(post.get("link"), str):
        return None
    return Entry(
        url=post["link"],
        found_by=Discovery.WORDPRESS,
        found_in=url,
        title=clean(_rendered(post.get("title")), MAX_TITLE),
        summary=clean(_rendered(post.get("excerpt")), MAX_SUMMARY),
        published_at=_utc(post.get("date_gmt")),
    )


def _rendered(value: object) -> object:
    return value.get("rendered") if isinstance(value, dict) else value


def _utc(value: object) -> datetime | None:
    """Return `date_gmt`, which is UTC without saying so."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if 1990 <= moment.year <= 2100 else None
