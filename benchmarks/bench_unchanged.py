"""What an unchanged pass costs: CPU per article that answers 304, and rows written.

    python benchmarks/bench_unchanged.py [ARTICLES]

A server in this process serves one feed and ARTICLES (200) pages with ETags. A first crawl stores
them. Then two more passes, each in a fresh process: one with no article due, which is the start-up,
and one with all of them due, which all answer 304. The difference is what the articles cost.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from sqlalchemy import text

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from alerts.match import Matcher
from crawler.ingest import Desk
from crawler.options import FetchOptions, RunOptions
from crawler.runner import run_sources
from spiders.sources import Channel, ChannelKind, Politeness, Source
from storage.archive import Archive

LIMIT_MS = 20.0


def body_of(number: int) -> str:
    """Return the page of one article, about 6 KB."""
    paragraphs = "".join(
        f"<p>Paragraph {n} of article {number}: the ministry said that {n * 31 + number} billion "
        f"yuan will be set aside for swapping stations in {number % 31} provinces.</p>"
        for n in range(40)
    )
    title = f"Article {number} on the swapping of batteries"
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{paragraphs}</body></html>"
    )


async def serve(articles: int, ready: list[int], up: threading.Event) -> None:
    """Answer 304 to whoever sends any If-None-Match."""
    links = "".join(
        f"<item><title>A {n}</title><link>/2026/article-{n}.html</link></item>"
        for n in range(articles)
    )
    feed = f'<rss version="2.0"><channel><title>B</title>{links}</channel></rss>'

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                status, data, kind = "200 OK", "", "text/html; charset=utf-8"
                if path == "/robots.txt":
                    kind = "text/plain"
                elif "if-none-match" in head.lower():
                    status = "304 Not Modified"
                elif path == "/feed":
                    data, kind = feed, "application/rss+xml"
                else:
                    data = body_of(int(path.rpartition("-")[2].removesuffix(".html")))
                raw = data.encode()
                lines = (
                    f"HTTP/1.1 {status}",
                    f'ETag: "{path}"',
                    f"Content-Type: {kind}",
                    f"Content-Length: {len(raw)}",
                )
                writer.write("\r\n".join((*lines, "", "")).encode() + raw)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    ready.append(server.sockets[0].getsockname()[1])
    up.set()
    await server.serve_forever()


def one_pass(db: str, port: int, articles: int) -> dict[str, float]:
    """Crawl once in this process; return its counts and CPU."""
    base = f"http://127.0.0.1:{port}"
    source = Source(
        id="bench",
        name="Bench",
        home=f"{base}/",
        channels=(Channel(kind=ChannelKind.FEED, url=f"{base}/feed"),),
        max_articles=articles,
        politeness=Politeness(delay_s=0, concurrency=8),
    )
    result = run_sources(
        db,
        {"bench": source},
        desk=Desk(matcher=Matcher(()), watchlists=()),
        fetch=FetchOptions(allow_private_networks=("127.0.0.0/8",)),
        run=RunOptions(),
    )
    usage = time.process_time()
    return {**result.sources["bench"].counts, "cpu_s": usage}


def in_child(db: str, port: int, articles: int) -> dict[str, float]:
    """Run `one_pass` in a fresh process."""
    command = [sys.executable, __file__, "--child", db, str(port), str(articles)]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=300)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def rows(db: str) -> int:
    """Return how many bodies are stored."""
    archive = Archive(db)
    with archive._readers.begin() as connection:
        found = int(connection.execute(text("SELECT count(*) FROM blob")).scalar_one())
    archive.close()
    return found


def make_due(db: str) -> None:
    """Make every article due for a recheck."""
    archive = Archive(db)
    with archive._writers.begin() as connection:
        connection.execute(text("UPDATE article SET next_check_at = '2020-01-01 00:00:00.000000'"))
    archive.close()


def main(articles: int) -> int:
    """Measure, print, and say whether the limit holds."""
    ready: list[int] = []
    up = threading.Event()
    threading.Thread(target=lambda: asyncio.run(serve(articles, ready, up)), daemon=True).start()
    up.wait(10)
    with tempfile.TemporaryDirectory() as folder:
        db = f"sqlite:///{folder}/bench.db"
        archive = Archive(db)
        archive.create()
        archive.close()
        first = in_child(db, ready[0], articles)
        bodies = rows(db)
        idle = in_child(db, ready[0], articles)
        make_due(db)
        unchanged = in_child(db, ready[0], articles)
        written = rows(db) - bodies
    each = 1000 * (unchanged["cpu_s"] - idle["cpu_s"]) / articles
    print(f"first crawl      {first['new']:.0f} new, {first['cpu_s']:.2f} s CPU (workers apart)")
    print(f"nothing due      {idle['cpu_s']:.2f} s CPU: the start-up")
    print(f"all unchanged    {unchanged['unchanged']:.0f} x 304, {unchanged['cpu_s']:.2f} s CPU")
    print(f"per article      {each:.1f} ms CPU (limit {LIMIT_MS:.0f})")
    print(f"bodies written   {written}")
    good = each <= LIMIT_MS and written == 0 and unchanged["unchanged"] == articles
    return 0 if good else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(one_pass(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))), flush=True)
        os._exit(0)
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
