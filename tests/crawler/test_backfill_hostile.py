"""Archives that mean harm, or know no better: bounded, reported, and what they hold is stored."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from backfill_runs import (
    articles,
    backfill,
    command,
    ended,
    history,
    source,
    write_config,
)

from crawler.world.archive_site import ArchiveWorld
from crawler.world.reply import Reply, Request

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def _traps(request: Request) -> Reply | None:
    """Answers of hostile archives, by host."""

    def said(body: str, kind: str = "application/xml", status: int = 200) -> Reply:
        return Reply(status=status, headers=(("Content-Type", kind),), body=body.encode())

    host, path = request.host, request.path
    page = path.rpartition("/")[2]
    if host == "selfish.example.com" and path == "/sitemap_index.xml":
        maps = [f"http://{host}/sitemap_index.xml", f"http://{host}/sitemap-2021-07.xml"]
        maps += [f"http://{host}/map{n}.xml" for n in range(50)]
        rows_ = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in maps)
        return said(f"<sitemapindex {NS}>{rows_}</sitemapindex>")
    if host == "selfish.example.com" and path.startswith("/map"):
        again = f"<sitemap><loc>http://{host}/sitemap_index.xml</loc></sitemap>"
        return said(f"<sitemapindex {NS}>{again}</sitemapindex>")
    if host == "false.example.com" and path.startswith("/sitemap-"):
        return said(f"<urlset {NS}><url><loc>http://{host}/2021/07/01/x</loc>")  # cut off
    if host == "endless.example.com" and path.startswith("/news/"):
        # Always another page, always other links, never an article of the wanted time.
        links = "".join(
            f'<li><a href="/2031/01/{int(page) % 28 + 1:02}/p{page}-{n}.html">A headline that is '
            f"number {n} of page {page}</a></li>"
            for n in range(5)
        )
        return said(f"<html><body><ul>{links}</ul></body></html>", "text/html")
    if host == "calendar.example.com" and path.startswith("/archive/"):
        following = f'<a rel="next" href="{path}/more">next</a>'
        return said(
            f"<html><body>{following}<p>Nothing on this day.</p></body></html>", "text/html"
        )
    if host == "wall.example.com" and "story" in path:
        return said("no", "text/html", 403)
    if host == "loop.example.com" and path.startswith("/feed"):
        older = f'<link rel="prev-archive" href="/feed/{len(path) % 2}.xml"/>'
        atom = 'xmlns="http://www.w3.org/2005/Atom"'
        return said(f"<feed {atom}><title>x</title>{older}</feed>", "application/atom+xml")
    return None


def test_hostile_archives_are_bounded_and_reported(tmp_path: Path) -> None:
    ways = {
        "selfish": "sitemap",
        "false": "sitemap",
        "endless": "section",
        "calendar": "archive",
        "wall": "section",
        "loop": "feed",
    }
    sites = {name: history(240, f"{name}.example.com") for name in ways}
    with ArchiveWorld(*sites.values(), trap=_traps) as world:
        write_config(
            tmp_path,
            world.proxy_url,
            *(source(name, f"{name}.example.com", way) for name, way in ways.items()),
        )
        since, until = "2021-07-01T00:00+00:00", "2021-08-01T00:00+00:00"
        done = backfill(tmp_path, *ways, "--since", since, "--until", until)
    assert done.code == 1
    asked = Counter(url.split("/")[2].split(".")[0] for url in world.asked.elements())
    told = {one["source"]: one for one in done.json["standing"]}
    stopped = {name: one["stopped"] for name, one in done.json["sources"].items()}
    mine = {name: sum(a.source_id == name for a in articles(tmp_path)) for name in ways}
    july = [n for n in range(240) if sites["wall"].at(n).strftime("%Y-%m") == "2021-07"]
    # The index that names itself: each document once, and what it does hold is stored.
    assert asked["selfish"] <= 2 * 55 + len(july)
    assert mine["selfish"] == len(july)
    # Cut off: what came is asked for, and the unit is tried again another time.
    assert "only a part" in told["false"]["failures"][0]["reason"]
    # Never ending: given up, and said so.
    assert "30 pages in a row" in told["endless"]["failures"][0]["reason"]
    assert asked["endless"] < 40
    assert asked["calendar"] < 31 * 6
    assert asked["loop"] < 6
    # A site that says no is left alone, with what to do.
    assert "answers HTTP 403, 5 times in a row: stopped" in stopped["wall"]
    assert asked["wall"] < 15
    assert told["wall"]["units"]["pending"] == 1
    assert mine["endless"] == mine["wall"] == 0


JULY = ("--since", "2021-07-01T00:00+00:00", "--until", "2021-08-01T00:00+00:00")


def _liars(request: Request) -> Reply | None:
    """Answers of archives whose lists cannot be believed, by host."""

    def said(body: str, kind: str = "application/xml", status: int = 200) -> Reply:
        return Reply(
            status=status,
            headers=(("Content-Type", kind), ("Retry-After", "1")),
            body=body.encode(),
        )

    host, path = request.host, request.path
    name = host.partition(".")[0]
    if name == "huge" and path == "/sitemap_index.xml":
        # As many as a document may name; the one that is wanted is the last.
        names = [f"sitemap-19{n % 100:02}-01-{n}.xml" for n in range(49_999)]
        rows = "".join(
            f"<sitemap><loc>http://{host}/{one}</loc></sitemap>"
            for one in (*names, "sitemap-2021-07.xml")
        )
        return said(f"<sitemapindex {NS}>{rows}</sitemapindex>")
    if name in {"liar", "tomorrow"} and path == "/sitemap-2021-07.xml":
        rows = "".join(
            f"<url><loc>http://{host}/n/{n}.html</loc><lastmod>2010-01-01</lastmod></url>"
            for n in range(6)
        )
        return said(f"<urlset {NS}>{rows}</urlset>")
    if path.startswith("/n/"):
        number = int(path.removeprefix("/n/").removesuffix(".html"))
        site, said_at = history(240, host), "2021-07-05T08:00:00+00:00"
        if name == "tomorrow":
            said_at = "2099-01-01T00:00:00+00:00"
        page = site.page(number).decode().replace(site.at(number).isoformat(), said_at)
        return said(page.replace(site.url(number), f"http://{host}{path}"), "text/html")
    if name == "shy" and "story" in path:
        return said("later", "text/html", 429)
    if name == "holes" and "story" in path and int(path[-11:-5]) % 3 == 0:
        return said("gone", "text/html", 404)
    return None


def test_lists_that_lie_lose_nothing(tmp_path: Path) -> None:
    ways = {
        "huge": "sitemap",
        "liar": "sitemap",
        "tomorrow": "sitemap",
        "shy": "section",
        "holes": "sitemap",
    }
    sites = {name: history(240, f"{name}.example.com") for name in ways}
    july = [n for n in range(240) if sites["huge"].at(n).strftime("%Y-%m") == "2021-07"]
    with ArchiveWorld(*sites.values(), trap=_liars) as world:
        write_config(
            tmp_path,
            world.proxy_url,
            *(source(name, f"{name}.example.com", way) for name, way in ways.items()),
        )
        done = ended(command(tmp_path, "backfill", *ways, *JULY), timeout=110)
    asked = Counter(url.split("/")[2].split(".")[0] for url in world.asked.elements())
    held = articles(tmp_path)
    mine = {name: [a for a in held if a.source_id == name] for name in ways}
    screen = " ".join(done.out.split())
    assert done.code == 1
    # Of 50,000 sitemaps the one of the month is read, and no other.
    assert len(mine["huge"]) == len(july)
    assert asked["huge"] == 3 + len(july)
    # A change before the article was written is no date of anything: the page says when.
    assert {a.published_at for a in mine["liar"]} == {datetime(2021, 7, 5, 8, tzinfo=UTC)}
    assert len(mine["liar"]) == 6
    # What no clock can have shown is no date: stored without one, and listed.
    assert [a.published_at for a in mine["tomorrow"]] == [None] * 6
    assert "http://tomorrow.example.com/n/5.html" in screen
    # A site that wants to be left alone is, and is not asked for each of its pages three times.
    assert "answers HTTP 429, 5 times in a row: stopped. Try again later" in screen
    assert "Gave up" not in done.err
    assert mine["shy"] == []
    # What the lists promised and the site no longer has.
    gone = sum(n % 3 == 0 for n in july)
    told = f"holes, sitemap, 2021-07: {len(july) - gone} of {len(july)} that were listed are held"
    assert told in screen
