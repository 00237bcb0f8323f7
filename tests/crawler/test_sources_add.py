"""Adding a source by its address: five kinds of site, a crawl right after, and a file never broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_runs import Cli
from sources_fakes import WATCHLIST, builtin_lines

from crawler.clock import VARIABLE as CLOCK
from crawler.config import load
from crawler.world.fakesite import FakeWorld
from crawler.world.pieces import Piece
from crawler.world.prose import compose
from crawler.world.publishers import NOW, chinadaily, sites
from crawler.world.site import Site
from crawler.world.stage import Stage
from storage.archive import Archive

SHELL = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{name}</title>{head}</head>"
    "<body><nav><a href='/about'>About</a><a href='/contact'>Contact</a></nav><div id='app'></div>"
    "<script src='/app.js'></script></body></html>"
)


def pieces(kind: int, pattern: str, count: int = 5) -> tuple[Piece, ...]:
    now = datetime.now(UTC).replace(microsecond=0)
    made = []
    for n in range(count):
        title, text = compose(kind * 1000 + n)
        at = now - timedelta(hours=3 + 5 * n)
        path = at.strftime(pattern).format(n=n + 10_000, slug=f"story-number-{n}-on-policy")
        made.append(Piece(path=path, title=title, text=text, published_at=at, changed_at=at))
    return tuple(made)


def shell(site: Site, head: str = "") -> Site:
    """Return *site* with a home page that a script builds."""
    page = SHELL.format(name=site.name, head=head).encode()
    return replace(site, extra=(("/", "text/html; charset=utf-8", page), *site.extra))


FEED = shell(
    Site(host="feed.example", name="Feed Daily", style="chinadaily", offers=frozenset({"rss"}),
         pieces=pieces(1, "/a/%Y%m/%d/WS{n}.html")),
    '<link rel="alternate" type="application/rss+xml" href="/feed">',
)  # fmt: skip
MAPPED = shell(
    Site(host="map.example", name="Map Times", offers=frozenset({"sitemap"}),
         pieces=pieces(2, "/%Y/%m/%d/{slug}"),
         robots="User-agent: *\nAllow: /\nSitemap: https://map.example/sitemap_index.xml\n"),
)  # fmt: skip
LISTED = Site(
    host="list.example", name="害羞日报", style="govcn", language="zh", offers=frozenset({"listing"}),
    pieces=tuple(
        replace(p, title=compose(n, "zh")[0], text=compose(n, "zh")[1])
        for n, p in enumerate(pieces(3, "/zwgk/art/%Y/art_{n}.html"))
    ),
)  # fmt: skip
WORDPRESS = shell(
    Site(host="press.example", name="Small Press", style="xinhuacopy",
         offers=frozenset({"wordpress"}),
         pieces=tuple(replace(p, dateline="TAIYUAN", agency="Xinhua") for p in pieces(4, "/{slug}/"))),
    '<meta name="generator" content="WordPress 6.6"><link rel="https://api.w.org/" href="/wp-json/">',
)  # fmt: skip
NOTHING = shell(
    Site(host="app.example", name="App News", offers=frozenset(), pieces=pieces(5, "/n/{n}"))
)

KINDS = {"feed": FEED, "sitemap": MAPPED, "listing": LISTED, "wordpress": WORDPRESS}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with FakeWorld((*KINDS.values(), NOTHING, *sites([chinadaily.press()]))) as world:
        made = Stage(
            tmp_path_factory.mktemp("add"),
            world=world,
            slack=None,
            sources=[builtin_lines("technode")],
            watchlist=WATCHLIST,
            warm=True,
        )
        yield made
        made.close()


def _rows(stage: Stage, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = stage.windcatch(*arguments, "--json")
    assert "Traceback" not in done.stderr
    return done.code, json.loads(done.stdout)


@pytest.fixture(scope="module")
def added(stage: Stage) -> dict[str, tuple[int, dict[str, Any]]]:
    """What `sources add` said of each kind of site, a crawl of them all having followed."""
    said = {
        kind: _rows(stage, "sources", "add", f"https://{site.host}/")
        for kind, site in KINDS.items()
    }
    ids = [one["id"] for _, one in said.values()]
    code, crawled = _rows(stage, "crawl", *ids, "--no-deliver")
    assert code == 0, crawled
    return said


@pytest.mark.parametrize("kind", KINDS)
def test_a_site_is_added_by_its_address_alone(
    added: dict[str, tuple[int, dict[str, Any]]], kind: str
) -> None:
    code, said = added[kind]
    assert (code, said["added"], said["verdict"]) == (0, True, "works"), said
    assert kind in {channel["kind"] for channel in said["channels"] if channel["kept"]}
    assert said["name"] == KINDS[kind].name
    assert said["requests"] <= 20
    if kind == "feed":
        assert "allow = ['/a/\\d{6}/\\d{2}/WS\\d+\\.html']" in said["toml"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_crawl_right_after_add_stores_the_articles(
    stage: Stage, added: dict[str, tuple[int, dict[str, Any]]], kind: str
) -> None:
    with Archive(stage.database) as archive, archive.read() as reader:
        stored = reader.articles(source=added[kind][1]["id"], limit=100, with_text=True)
    printed = {piece.title: piece for piece in KINDS[kind].pieces}
    assert {_title(article.title) for article in stored} == set(printed)
    for article in stored:
        paragraphs = printed[_title(article.title)].paragraphs()
        assert paragraphs[0] in (article.text or "").split("\n")[0]
        assert (article.text or "").endswith(paragraphs[-1])
        assert article.published_at is not None
        copied = printed[_title(article.title)].agency
        assert (article.details.get("wire") or {}).get("agency") == copied


def _title(title: str) -> str:
    """Return *title* without the agency that the small site prints behind it."""
    return title.removesuffix(" -Xinhua").removesuffix("-Xinhua")


def test_a_site_with_none_of_these_is_told_what_it_lacks(stage: Stage) -> None:
    before = stage.config.read_text()
    done = stage.windcatch("sources", "add", f"https://{NOTHING.host}/")
    assert done.code == 1
    for words in (
        "BROKEN",
        "no feed",
        "no sitemap",
        "no WordPress API",
        "no list",
        "nothing was added",
    ):
        assert words in " ".join(done.stdout.split())
    assert stage.config.read_text() == before


def test_a_built_in_source_is_switched_on_by_its_site(cli: Cli) -> None:
    file = cli.write("windcatch.toml", "# mine\n")
    shown = cli("sources", "add", "www.ndrc.gov.cn/xxgk/", "--dry-run")
    assert (shown.code, "+[sources.ndrc]" in shown.out) == (0, True)
    assert "nothing was written" in shown.out
    assert file.read_text() == "# mine\n"
    assert cli("sources", "add", "www.ndrc.gov.cn/xxgk/").code == 0
    assert file.read_text().startswith("# mine\n\n[sources.ndrc]")
    assert load(file).sources["ndrc"].channels


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["technode"], "already"),
        (["https://technode.com/2026/"], 'watched already, as "technode"'),
        (["https://x.example/", "--id", "technode"], "already: choose another"),
        (["https://x.example/", "--id", "scmp"], "ships with Windcatch"),
        (["https://x.example/", "--id", "No Id"], "an id is lower-case"),
        (["chinadally"], 'did you mean "chinadaily"'),
        (["ftp://x.example/"], "https://"),
    ],
)
def test_what_cannot_be_added_is_refused_before_any_request(
    cli: Cli, arguments: list[str], said: str
) -> None:
    file = cli.write("windcatch.toml", "[sources.technode]\n")
    told = cli("sources", "add", *arguments)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert file.read_text() == "[sources.technode]\n"


def test_an_article_is_enough_to_find_its_site(stage: Stage) -> None:
    address = FEED.url(FEED.pieces[0].path)
    code, said = _rows(stage, "sources", "test", address)
    assert (code, said["role"], said["verdict"]) == (0, "article", "works")
    assert said["samples"][0]["title"] == FEED.pieces[0].title


def test_a_built_in_source_is_tested_by_its_id_on_one_screen(stage: Stage) -> None:
    # The fixture publisher's clock, so that its news are news.
    ahead = (NOW - datetime.now(UTC)).total_seconds()
    more = {CLOCK: str(ahead), "COLUMNS": "100"}
    done = stage.windcatch("sources", "test", "chinadaily", more=more)
    assert done.code == 0, done.stderr
    assert done.stdout.startswith("WORKS")
    assert len(done.stdout.splitlines()) <= 24
    assert done.stdout.count("3 entries") == 6
    assert ", Xinhua, " in done.stdout
    assert "last checked 2026" in done.stdout


def test_the_file_is_appended_to_and_nothing_else(stage: Stage, tmp_path: Path) -> None:
    from crawler.source_file import NotAdded, plan_addition, write

    table = '[sources.x]\nname = "X"\nhome = "https://x.example/"\nchannels = [{kind = "feed", url = "https://x.example/f"}]\n'
    file = tmp_path / "windcatch.toml"
    for text in (
        "",
        "# mine",
        "# mine\r\n[service]\r\ntick_s = 5\r\n",
        "\ufeff[service]\ntick_s = 5\n",
    ):
        file.write_bytes(text.encode())
        file.chmod(0o640)
        addition = plan_addition(file, "x", table, environ={})
        write(addition)
        after = file.read_bytes().decode()
        assert after.startswith(text)
        assert "x" in load(file).sources
        assert file.stat().st_mode & 0o777 == 0o640
        assert ("\r\n" in after) == ("\r\n" in text)
        with pytest.raises(NotAdded, match="changed while"):
            write(addition)
    # An inline table cannot be added to: the file stays as it was.
    file.write_text("sources = {}\n")
    with pytest.raises(NotAdded, match="write the table yourself"):
        plan_addition(file, "x", table, environ={})
    assert [p.name for p in tmp_path.iterdir()] == ["windcatch.toml"]
