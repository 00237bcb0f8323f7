"""The scripted sources of month_world.py as sites on line: what each answers at its time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from month_world import DAY, OUTAGE, START, Site

from crawler.world import faults, prose
from crawler.world.fakesite import FakeWorld
from crawler.world.pieces import Piece
from crawler.world.reply import Manner, Reply, Request
from crawler.world.site import Site as OnLine
from crawler.world.site import respond

#: A slow server answers nothing within a source's `timeout_s` (1 s here) in so many of 100 steps.
SLOW_STEPS = 12
#: Articles of each site from before the month.
BACKLOG = 3
#: The ETag of a server that says 304 to everybody who knows it.
LIE = '"evergreen"'
_CONDITIONS = frozenset({"if-none-match", "if-modified-since"})
#: Answers kept, of pages and documents that have not changed since they were made.
_KEPT = 40_000


def host(site: Site) -> str:
    """Return the host of a scripted source."""
    return f"{site.source.id}.example"


def piece(site: Site, number: int) -> Piece:
    """Return a site's article of that number."""
    at = site.published[number]
    title, body = prose.compose(int(site.source.id[1:]) * 100_000 + number)
    if site.story == "layout" and at >= site.broken_at:
        # The text is now where no reader finds it: in a script, say.
        body = ""
    return Piece(
        path=f"/{at:%Y/%m/%d}/story-{number}.html", title=title, text=body,
        published_at=at, changed_at=at,
    )  # fmt: skip


def backlog(site: Site) -> list[Piece]:
    """Return what a site has had in its feed for long: no feed is empty."""
    found = []
    for number in range(BACKLOG):
        at = START - timedelta(days=4 + 3 * number, hours=int(site.source.id[1:]) % 24)
        title, body = prose.compose(int(site.source.id[1:]) * 100_000 + 90_000 + number)
        path = f"/{at:%Y/%m/%d}/old-{number}.html"
        found.append(Piece(path=path, title=title, text=body, published_at=at, changed_at=at))
    return found


def on_line(site: Site) -> OnLine:
    """Return its site: a feed, and a sitemap that only robots.txt names where it has a way back."""
    robots = "User-agent: *\nAllow: /\n"
    if site.way_back:
        robots += f"Sitemap: http://{host(site)}/sitemap.xml\n"
    return OnLine(
        host=host(site),
        name=site.source.name,
        scheme="http",
        offers=frozenset({"rss", "sitemap"} if site.way_back else {"rss"}),
        robots=robots,
        feed_size=site.listed,
        pieces=tuple(backlog(site)),
    )


class Line(FakeWorld):
    """fakesite with a memory: a page that stays as it is is written once. Counts what is asked."""

    def __init__(self, sites: list[Site], clock: object) -> None:
        """Put *sites* on line, with nothing published."""
        super().__init__(map(on_line, sites), clock=clock)  # type: ignore[arg-type]
        self._liars = {host(site) for site in sites if site.story == "lies"}
        self._written: dict[tuple[str, str], Reply] = {}
        #: Our own line is down.
        self.down = False
        self.asked: Counter[str] = Counter()

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            kind = _kind(request)
            self.asked[kind] += 1
            if kind in ("feed", "sitemap"):
                self.asked[f"of {request.host.removeprefix('new.')}"] += 1
            if self.down:
                return Reply(manner=Manner.RESET)
            # The other publisher's host, to which a source's feed has moved.
            site = self._sites.get(request.host.removeprefix("new."))
            reply = self._reply(site, request)
            self.asked[f"answered {reply.status}"] += 1
        return reply

    def _reply(self, site: OnLine | None, request: Request) -> Reply:
        if site is None:
            return super()._reply(site, request)
        for armed in self._armed.get(site.host, ()):
            if armed.takes(request):
                return faults.apply(armed.fault, Reply())
        if site.redirects and request.host == site.host and request.target in site.redirects:
            return respond(site, request, 0)
        key = (site.host, request.target)
        whole = self._written.get(key)
        if whole is None:
            plain = tuple(pair for pair in request.headers if pair[0] not in _CONDITIONS)
            still = replace(site, redirects={})
            whole = respond(still, replace(request, headers=plain), 0)
            if len(self._written) > _KEPT:
                self._written.clear()
            self._written[key] = whole
        known = request.header("if-none-match")
        if site.host in self._liars and request.target == "/feed":
            headers = (*(p for p in whole.headers if p[0] == "Content-Type"), ("ETag", LIE))
            whole = replace(whole, headers=headers)
        tag = whole.header("etag")
        if whole.status == 200 and tag is not None and known == tag:
            return Reply(status=304, headers=(("ETag", tag),))
        return whole

    def put(self, site: Site, pieces: list[Piece]) -> None:
        """Publish *pieces* of *site*."""
        self.publish(host(site), *pieces)
        with self._lock:
            for key in [key for key in self._written if key[0] == host(site)]:
                if not key[1].endswith(".html"):
                    del self._written[key]

    def break_(self, site: Site, now: datetime, step: int) -> None:
        """Let *site* be as broken as its story has it at *now*."""
        broken = now >= site.broken_at
        where = host(site)
        if site.story == "moves" and broken and not self._sites[where].redirects:
            self.change(where, redirects={"/feed": f"http://new.{where}/feed"})
        if site.story == "slow":
            self.heal(where)
            if Random(f"{where}{step}").randrange(100) < SLOW_STEPS:
                self.fault(where, ".", faults.delay(2.0, times=None))
        code = {"dies": 502, "banned": 403}.get(site.story)
        if code is None:
            return
        over = site.story == "banned" and now >= site.broken_at + DAY
        down = bool(self._armed.get(where))
        if broken and not over and not down:
            self.fault(where, ".", faults.status(code, times=None))
        elif over and down:
            self.heal(where)

    def outage(self, now: datetime) -> None:
        """Let our own line be down for its three hours."""
        self.down = OUTAGE[0] <= now < OUTAGE[1]


def _kind(request: Request) -> str:
    path = request.path
    if path.endswith("/feed"):
        return "feed"
    if path.endswith("robots.txt"):
        return "robots"
    if "sitemap" in path:
        return "sitemap"
    conditional = any(name in _CONDITIONS for name, _ in request.headers)
    return "articles again" if conditional else "articles"
