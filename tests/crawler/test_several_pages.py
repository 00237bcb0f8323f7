"""The story of an article on three pages: read whole, edited on its last, cut by a fault."""

from __future__ import annotations

from pathlib import Path

from fetch_fakes import BadServer, child, response, rss, source
from sqlalchemy import text

from crawler.options import FetchOptions, RunOptions
from spiders.bound import unbind
from storage.archive import Archive

PATH = "/2026/a-long-report-on-measures.html"
FETCH = FetchOptions(allow_private_networks=("127.0.0.0/8",), timeout_s=5)


def part(number: int, last: int, figure: int = 7) -> bytes:
    paragraphs = "".join(
        f"<p>Part {number} of the report says that measure {n} will be carried out in all provinces "
        f"of the country, and that {n * figure} billion yuan were set aside for it this year.</p>"
        for n in range(1, 5)
    )
    address = PATH.replace(".html", f"_{number + 1}.html")
    pager = f'<div class="pager"><a href="{address}">Next page</a></div>' if number < last else ""
    title = "A long report on measures"
    return response(
        f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"{paragraphs}</article>{pager}</body></html>",
        Content_Type="text/html; charset=utf-8",
        ETag=f'"{number}-{figure}"',
    )


def test_an_article_on_three_pages(tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path / 'w.db'}"

    def crawl() -> tuple[dict[str, int], list[tuple[int, str, int]]]:
        payload = {
            "db": db,
            "sources": {"s": source("s", server.url)},
            "fetch": FETCH,
            "run": RunOptions(extractors=0),
        }
        counts = child("crawl", payload).result["sources"]["s"]
        archive = Archive(db)
        with archive._writers.begin() as connection:
            query = "SELECT number, text, capture_id FROM revision ORDER BY number"
            held = [tuple(row) for row in connection.execute(text(query))]
            connection.execute(text("UPDATE article SET next_check_at = '2020-01-01 00:00:00'"))
        archive.close()
        return counts, held

    with BadServer() as server:
        server.routes["/robots.txt"] = response("User-agent: *\nAllow: /")
        server.routes["/feed"] = response(rss(PATH))
        addresses = [PATH, *(PATH.replace(".html", f"_{n}.html") for n in (2, 3))]
        for number, address in enumerate(addresses, start=1):
            server.routes[address] = part(number, last=3)

        counts, held = crawl()
        assert counts["new"] == 1
        assert [len(server.asked(address)) for address in addresses] == [1, 1, 1]
        (_, whole, proof) = held[0]
        assert [whole.count(f"Part {n} of the report") for n in (1, 2, 3)] == [4, 4, 4]
        archive = Archive(db)
        with archive.read() as reader:
            view = reader.capture(proof, with_body=True)
        archive.close()
        assert view is not None
        assert view.capture is not None
        kept = [page.final_url for page in unbind(view.capture)]
        assert kept == [f"{server.url}{address}" for address in addresses], "every page is evidence"

        counts, held = crawl()
        assert (counts["unchanged"], len(held)) == (1, 1)

        server.routes[addresses[2]] = part(3, last=3, figure=9)
        counts, held = crawl()
        assert (counts["revised"], len(held)) == (1, 2), "an edit on the last page is seen"
        assert "36 billion" in held[1][1]

        for fault in (503, 404):
            server.routes[addresses[1]] = response("not now", fault)
            counts, held = crawl()
            assert (counts["revised"], len(held)) == (0, 2), "half an article is not compared"
            assert sum(counts["errors"].values()) == 1, "and it is said"
