"""What tests of the small world share: pieces, sites, and a client that speaks to its proxy."""

from __future__ import annotations

import ssl
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError

from crawler.world.pieces import Piece
from crawler.world.site import Site

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class World(Protocol):
    """A FakeWorld or a ReplayWorld."""

    @property
    def proxy_url(self) -> str: ...
    @property
    def ca_file(self) -> Path: ...


def piece(number: int = 1, **fields: Any) -> Piece:
    """Return a piece at /a/*number*.html."""
    plain: dict[str, Any] = {
        "path": f"/a/{number}.html",
        "title": f"Title {number}",
        "text": f"First paragraph of {number}.\n\nSecond paragraph, 25 percent & more.",
        "published_at": NOON,
        "changed_at": NOON,
    }
    return Piece(**{**plain, **fields})


def site(count: int = 1, host: str = "one.example", **fields: Any) -> Site:
    """Return a site with *count* pieces."""
    pieces = tuple(piece(n) for n in range(1, count + 1))
    return Site(**{"host": host, "name": "One Times", "pieces": pieces, **fields})


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def get(world: World, url: str, timeout: float = 5, **headers: str) -> Got:
    """Return what *url* answers through the world's proxy; redirects are not followed.

    Raises:
        OSError: the connection failed, TLS included.
    """
    context = ssl.create_default_context(cafile=str(world.ca_file))
    proxies = {"http": world.proxy_url, "https": world.proxy_url}
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies),
        urllib.request.HTTPSHandler(context=context),
        _NoRedirect(),
    )
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with opener.open(urllib.request.Request(url, headers=names), timeout=timeout) as answer:
            return Got(answer.status, _lower(answer.headers), answer.read())
    except HTTPError as error:
        with error:
            return Got(error.code, _lower(error.headers), error.read())


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
