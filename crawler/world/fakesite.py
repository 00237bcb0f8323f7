"""A world of scripted sites, served on loopback through a proxy: `with FakeWorld(sites) as world`."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from ssl import SSLContext
from typing import Any

from crawler.world.faults import Armed, Fault, apply, arm
from crawler.world.hosts import HostsOnLoopback
from crawler.world.ledger import Served
from crawler.world.pieces import Fate, Piece
from crawler.world.reply import Reply, Request
from crawler.world.site import Site, respond


def _utcnow() -> datetime:
    return datetime.now(UTC)


class FakeWorld(HostsOnLoopback):
    """Named hosts on one loopback port.

    Configure `[fetch] proxy = world.proxy_url`, allow 127.0.0.0/8, and give the client
    `SSL_CERT_FILE=world.ca_file` where sites are https. Safe to change while being crawled.
    """

    def __init__(
        self,
        sites: Iterable[Site] = (),
        *,
        clock: Callable[[], datetime] = _utcnow,
        port: int = 0,
    ) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sites = {site.host: site for site in sites}
        self._armed: dict[str, list[Armed]] = {}
        self._ticks = itertools.count(1)
        super().__init__(port=port)

    @property
    def sites(self) -> dict[str, Site]:
        """The sites as they stand, by host."""
        with self._lock:
            return dict(self._sites)

    def direct_url(self, path: str = "/") -> str:
        """Return a loopback URL of the only site's *path*, for clients without a proxy."""
        return self.proxy_url + path

    # Script steps ------------------------------------------------------------------------------

    def add(self, site: Site) -> None:
        """Put *site* on line, in place of one of the same host."""
        with self._lock:
            self._sites[site.host] = site

    def change(self, host: str, **fields: Any) -> None:
        """Replace *fields* of the site at *host*: `change("a.example", noisy=True)`."""
        with self._lock:
            self._sites[host] = replace(self._sites[host], **fields)

    def publish(self, host: str, *pieces: Piece) -> tuple[str, ...]:
        """Put *pieces* on line; return their URLs."""
        with self._lock:
            site = self._sites[host]
            for piece in pieces:
                site = site.with_piece(piece)
            self._sites[host] = site
            return tuple(site.url(piece.path) for piece in pieces)

    def edit(
        self, host: str, path: str, *, title: str | None = None, text: str | None = None
    ) -> Piece:
        """Put the next revision of a piece on line and return it; a removed one comes back."""
        with self._lock:
            site = self._sites[host]
            piece = site.piece(path).edited(self._clock(), title=title, text=text)
            self._sites[host] = site.with_piece(piece)
            return piece

    def remove(self, host: str, path: str, fate: Fate = Fate.NOT_FOUND) -> None:
        """Take a piece off line in the way *fate* names."""
        self._settle(host, path, fate=fate)

    def restore(self, host: str, path: str) -> None:
        """Bring a removed piece back as it was."""
        self._settle(host, path, fate=Fate.LIVE)

    def move(self, host: str, path: str, to: str) -> None:
        """Move a piece to path *to* on the same host; the old address redirects."""
        with self._lock:
            site = self._sites[host]
            piece = site.piece(path)
            gone = replace(piece, fate=Fate.MOVED, moved_to=site.url(to), listed=False)
            self._sites[host] = site.with_piece(replace(piece, path=to)).with_piece(gone)

    def unlist(self, host: str, path: str) -> None:
        """Let a piece stand but drop it from feeds, sitemaps and listings."""
        self._settle(host, path, listed=False)

    def fault(self, host: str, where: str, fault: Fault) -> None:
        """Spoil answers of *host* whose path and query match the regular expression *where*."""
        with self._lock:
            self._armed.setdefault(host, []).append(arm(fault, where))

    def heal(self, host: str | None = None) -> None:
        """Take away all faults, of *host* or of the world."""
        with self._lock:
            if host is None:
                self._armed.clear()
            else:
                self._armed.pop(host, None)

    def _settle(self, host: str, path: str, **fields: Any) -> None:
        with self._lock:
            site = self._sites[host]
            self._sites[host] = site.with_piece(replace(site.piece(path), **fields))

    # Serving -----------------------------------------------------------------------------------

    def _context(self, host: str) -> SSLContext | None:
        with self._lock:
            site = self._sites.get(host)
            return None if site is None else self._authority.context(host, site.certificate)

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            site = self._site_for(request)
            reply = self._reply(site, request)
            self.ledger.add(_line(self._clock(), request, reply))
        return reply

    def _site_for(self, request: Request) -> Site | None:
        found = self._sites.get(request.host)
        if found is None and request.host in ("127.0.0.1", "localhost") and len(self._sites) == 1:
            return next(iter(self._sites.values()))
        return found

    def _reply(self, site: Site | None, request: Request) -> Reply:
        if site is None:
            return Reply(status=502, body=f"no such host: {request.host}\n".encode())
        reply = respond(site, request, next(self._ticks))
        for armed in self._armed.get(site.host, ()):
            if armed.takes(request):
                return apply(armed.fault, reply)
        return reply


def _line(at: datetime, request: Request, reply: Reply) -> Served:
    names = {name for name, _ in request.headers}
    return Served(
        at=at,
        method=request.method,
        url=request.url,
        status=reply.status,
        size=len(reply.body),
        user_agent=request.header("user-agent"),
        conditional=bool(names & {"if-none-match", "if-modified-since"}),
        piece=reply.piece,
        revision=reply.revision,
        fault=reply.fault,
    )
