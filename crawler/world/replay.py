"""Recorded real pages, served by their true URLs through the proxy, and found by real discovery.

Each host gets one generated document that names its pages (feed, sitemap or listing, in turn), since
the recordings have none. Bytes are sent as recorded; the charset is left to the page, as recordings
keep no headers.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path
from ssl import SSLContext
from urllib.parse import unquote, urlsplit

from crawler.world.hosts import HostsOnLoopback
from crawler.world.ledger import Served
from crawler.world.reply import Reply, Request
from storage.urls import canonical_url

FEED, SITEMAP, LISTING = "/windcatch-feed.xml", "/windcatch-sitemap.xml", "/windcatch-list.html"
#: CSS selector of the links on a generated listing.
LINKS = "li.news a"
#: No recorded page is larger than a few MB; a broken index must not fill the memory.
MAX_PAGE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recorded page."""

    #: "fundus/…".
    id: str
    url: str
    file: Path
    #: article, listing or collection.
    page_type: str

    @property
    def host(self) -> str:
        """The host name, lower-case."""
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def set(self) -> str:
        """The set it belongs to."""
        return self.id.partition("/")[0]


def key(url: str) -> tuple[str, str, str]:
    """Return what recordings are looked up by: host, decoded path and query; any scheme."""
    parts = urlsplit(url)
    return ((parts.hostname or "").lower(), unquote(parts.path) or "/", unquote(parts.query))


def load(data: Path) -> tuple[Recording, ...]:
    """Return the recordings that *data*/pages.jsonl lists, one for each canonical URL.

    Two spellings of one URL are one article to the crawler, which fetches it once.

    Raises:
        OSError: the index cannot be read.
        ValueError: a line is not as data's README says.
    """
    found: dict[str, Recording] = {}
    with (data / "pages.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            # Some recorders kept the URL as it stood in HTML.
            url = unescape(entry["url"]).partition("#")[0]
            recording = Recording(
                id=entry["id"],
                url=url,
                file=data / entry["file"],
                page_type=entry.get("page_type", "article"),
            )
            if recording.host:
                found.setdefault(canonical_url(url), recording)
    return tuple(found.values())


def select(
    recordings: Iterable[Recording], *, pages: int, per_host: int = 8, small: bool = False
) -> list[Recording]:
    """Return about *pages* recordings, sets in turn, hosts with most pages first.

    Hosts with many pages first keeps the number of sources, each with its own robots.txt and feed,
    in proportion. With *small*, the smallest pages instead, whoever's they are: quick to read.
    Home pages are left out: no feed names them, and a spider takes none for an article.
    """
    recordings = [recording for recording in recordings if not _is_home(recording.url)]
    if small:
        return sorted(recordings, key=lambda r: (r.file.stat().st_size, r.id))[:pages]
    hosts: dict[tuple[str, str], list[Recording]] = defaultdict(list)
    for recording in recordings:
        hosts[recording.set, recording.host].append(recording)
    queues: dict[str, list[list[Recording]]] = defaultdict(list)
    for (name, _), group in sorted(hosts.items(), key=lambda item: (-len(item[1]), item[0])):
        queues[name].append(group[:per_host])
    chosen: list[Recording] = []
    while len(chosen) < pages and any(queues.values()):
        for queue in queues.values():
            if queue and len(chosen) < pages:
                chosen += queue.pop(0)
    return chosen


def _is_home(url: str) -> bool:
    return key(canonical_url(url))[1:] == ("/", "")


class ReplayWorld(HostsOnLoopback):
    """Serves *recordings*: `with ReplayWorld(chosen) as world`; the same attributes as FakeWorld."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self.recordings = tuple(recordings)
        self._by_key = {key(recording.url): recording for recording in recordings}
        self._by_host: dict[str, list[Recording]] = defaultdict(list)
        for recording in recordings:
            self._by_host[recording.host].append(recording)
        super().__init__()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts, sorted."""
        return tuple(sorted(self._by_host))

    def channel(self, host: str) -> tuple[str, str]:
        """Return (kind, URL) of the document that names *host*'s pages."""
        scheme = urlsplit(self._by_host[host][0].url).scheme
        kinds = (("feed", FEED), ("sitemap", SITEMAP), ("listing", LISTING))
        kind, path = kinds[self.hosts.index(host) % len(kinds)]
        return kind, f"{scheme}://{host}{path}"

    def _context(self, host: str) -> SSLContext | None:
        return self._authority.context(host) if host in self._by_host else None

    def _answer(self, request: Request) -> Reply:
        reply = self._reply(request)
        self.ledger.add(
            Served(
                at=datetime.now(UTC),
                method=request.method,
                url=request.url,
                status=reply.status,
                size=len(reply.body),
                piece=reply.piece,
                revision=reply.revision,
            )
        )
        return reply

    def _reply(self, request: Request) -> Reply:
        recording = self._by_key.get(key(request.url))
        if recording is not None:
            with gzip.open(recording.file) as file:
                body = file.read(MAX_PAGE)
            headers = (("Content-Type", "text/html"),)
            return Reply(headers=headers, body=body, piece=recording.id, revision=1)
        here = self._by_host.get(request.host, [])
        urls = [recording.url for recording in here]
        match request.path:
            case "/windcatch-feed.xml":
                return _xml("application/rss+xml", _feed(request.host, urls))
            case "/windcatch-sitemap.xml":
                return _xml("application/xml", _sitemap(urls))
            case "/windcatch-list.html":
                return _xml("text/html; charset=utf-8", _listing(request.host, urls))
        return Reply(status=404, headers=(("Content-Type", "text/plain"),), body=b"not recorded\n")


def _xml(content_type: str, text: str) -> Reply:
    return Reply(headers=(("Content-Type", content_type),), body=text.encode())


def _feed(host: str, urls: Sequence[str]) -> str:
    items = "".join(
        f"<item><title>{escape(_slug(url))}</title><link>{escape(url)}</link>"
        f"<guid>{escape(url)}</guid></item>\n"
        for url in urls
    )
    head = f"<title>{host}</title><link>https://{host}/</link><description>{host}</description>"
    return f'<?xml version="1.0"?>\n<rss version="2.0"><channel>{head}{items}</channel></rss>'


def _sitemap(urls: Sequence[str]) -> str:
    rows = "".join(f"<url><loc>{escape(url)}</loc></url>\n" for url in urls)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">{rows}</urlset>'


def _listing(host: str, urls: Sequence[str]) -> str:
    rows = "".join(
        f'<li class="news"><h3><a href="{escape(url)}">{escape(_slug(url))}</a></h3></li>\n'
        for url in urls
    )
    return (
        f"<!DOCTYPE html><html><head><title>{host}</title></head><body><div class='list'>"
        f"<h1>{host}</h1><ul>{rows}</ul></div></body></html>"
    )


def _slug(url: str) -> str:
    words = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return (
        " ".join(words.replace("-", " ").replace("_", " ").split()) or "Untitled page of this site"
    )
