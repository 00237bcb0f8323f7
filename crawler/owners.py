"""Whose site an address is: to tell a user that it is watched already, or could be. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from spiders.sources import Source
from storage.urls import same_site


def owner(url: str, sources: Iterable[Source]) -> Source | None:
    """Return the source whose site *url* is on, the one with the very host first; None for none."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    loose = None
    for source in sources:
        own = {urlsplit(u).hostname or "" for u in (source.home, *(c.url for c in source.channels))}
        if host in {name.removeprefix("www.") for name in own}:
            return source
        if loose is None and any(_same(url, f"https://{name}/") for name in own if name):
            loose = source
    return loose


def _same(one: str, two: str) -> bool:
    try:
        return same_site(one, two)
    except ValueError:
        return False
