"""How fast JSON Lines are imported, what an article costs, and how fast all of it is searched.

Run from the checkout: ``python benchmarks/bench_import.py [--articles 100000]``. Generated articles
of some 1,200 characters, two in three English, the rest Chinese and Korean. Prints rates as it goes,
then memory, size on disk, the median of five of each question (asked in this process, and as a whole
command), and of each export its rate, memory by quarter, and what `warcio check` says.

``--filled`` asks an archive whose rows were written without the import's work: 100,000 in minutes.

``--pages`` imports every real page of the shared data as HTML files and as WARC, and compares.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive_questions import NOW, ROOT, ask, commands, exports, resident_mb
from sqlalchemy import insert

from alerts.match import Matcher
from crawler.exports.run import export
from crawler.exports.warc import response_record
from crawler.exports.writers import JsonLines
from crawler.imports.paths import things_in
from crawler.imports.run import Report, run_import
from crawler.imports.whose import Owners
from crawler.ingest import Desk
from crawler.world.prose import compose
from storage.archive import Archive
from storage.models import ArticleRow, RevisionRow, StoryRow
from storage.types import Capture

DATA = ROOT.parent / "shared" / "data"
LANGUAGES = ("en", "en", "zh", "en", "en", "ko")
DESK = Desk(matcher=Matcher(()), watchlists=())


def write(path: Path, count: int) -> None:
    """Write *count* articles of four years from twenty hosts."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            language = LANGUAGES[number % len(LANGUAGES)]
            title, text = compose(number, language)
            dated = NOW - timedelta(minutes=20 * number)
            line = {
                "url": f"https://www.site{number % 20}.example/{dated:%Y/%m/%d}/{number}.html",
                "title": title,
                "text": text,
                "language": language,
                "published_at": dated.isoformat(),
                "captured_at": (dated + timedelta(hours=1)).isoformat(),
            }
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def bring_in(archive: Archive, paths: list[str], *, say: bool) -> Report:
    """Import *paths* and print how it goes."""
    owners = Owners((), now=NOW)
    began, cpu = time.perf_counter(), time.process_time()
    told = 0

    def progress(report: Report) -> None:
        nonlocal told
        if say and report.read >= told + 10_000:
            told = report.read
            seconds = time.perf_counter() - began
            print(
                f"{told:8} {told / seconds:6.0f} /s wall, "
                f"{1000 * (time.process_time() - cpu) / told:.2f} ms CPU, {resident_mb():.0f} MB",
                flush=True,
            )

    report = run_import(
        archive,
        things_in(paths, source_of=owners.id_of),
        desk=DESK,
        owners=owners,
        progress=progress,
    )
    wall, spent = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    count = max(report.read, 1)
    print(
        f"{dict(report.counts)}: {count / wall:.0f} /s wall, {1000 * spent / count:.2f} ms CPU an "
        f"article, peak {peak:.0f} MB"
    )
    return report


def size(archive: Archive, count: int) -> None:
    """Print the size on disk, and the share of the search index."""
    archive.tidy()
    assert archive.path is not None
    total = archive.path.stat().st_size
    print(f"database: {total / 1e6:.0f} MB, {total / count:.0f} bytes an article")


def generated(count: int, folder: Path) -> None:
    """Import, search, list and export *count* generated articles, and import them again."""
    source = folder / "articles.jsonl"
    write(source, count)
    print(f"{count} articles, {source.stat().st_size / count:.0f} bytes each as JSON Lines")
    with Archive(f"sqlite:///{folder / 'bench.db'}") as archive:
        archive.create()
        bring_in(archive, [str(source)], say=True)
        size(archive, count)
        ask(archive)
        with archive.read() as reader:
            before = dict(reader.stats().rows)
        commands(folder)
        exports(archive, folder)
        if count <= 20_000:
            print("again:")
            bring_in(archive, [str(source)], say=False)
            with archive.read() as reader:
                after = dict(reader.stats().rows)
            grown = {k: after[k] - n for k, n in before.items() if after[k] != n and k != "run"}
            print(f"rows added by the second import: {grown or 0}")


def filled(count: int, folder: Path) -> None:
    """Ask an archive of *count* articles that were written straight into its tables."""
    with Archive(f"sqlite:///{folder / 'bench.db'}") as archive:
        archive.create()
        began = time.perf_counter()
        for first in range(0, count, 1000):
            rows = [row(number) for number in range(first, min(first + 1000, count))]
            with archive.begin() as tx:
                # Every tenth has its page, for the export of evidence.
                for _, told, revision in rows[::10]:
                    revision["capture_id"] = tx.add_capture(told["source_id"], page_of(told["url"]))
                for model, place in ((StoryRow, 0), (ArticleRow, 1), (RevisionRow, 2)):
                    tx._db.execute(insert(model), [parts[place] for parts in rows])
                tx.index_pending(1000)
        print(f"{count} articles written and indexed in {time.perf_counter() - began:.0f} s")
        size(archive, count)
        ask(archive)
        commands(folder)
        exports(archive, folder)


def row(number: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return the rows of one article: story, article, revision."""
    language = LANGUAGES[number % len(LANGUAGES)]
    title, text = compose(number, language)
    dated = NOW - timedelta(minutes=20 * number)
    url = f"https://www.site{number % 20}.example/{number}.html"
    key = number + 1
    article = {
        "id": key,
        "source_id": f"site{number % 20}.example",
        "url": url,
        "twin": url,
        "title": title,
        "revision": 1,
        "published_at": dated,
        "language": language,
        "details": {"authors": ["A"]},
        "found_by": "import",
        "first_seen_at": dated,
        "last_seen_at": dated,
        "last_changed_at": dated,
        "story_id": key,
        "copy_kind": "origin",
        "copy_score": 1.0,
        "baseline": True,
        "memory": {},
    }
    revision = {
        "id": key,
        "article_id": key,
        "number": 1,
        "fingerprint": str(number),
        "title": title,
        "text": text,
        "language": language,
        "seen_at": dated,
        "capture_id": None,
        "details": {},
    }
    return {"id": key, "origin_id": key, "created_at": dated}, article, revision


def page_of(url: str) -> Capture:
    """Return a page of some kilobytes."""
    body = f"<html><title>{url}</title>{'<p>A paragraph of the page.</p>' * 150}</html>".encode()
    kind = (("Content-Type", "text/html"),)
    return Capture(url=url, final_url=url, status=200, body=body, headers=kind, fetched_at=NOW)


def same(rows: Iterator[dict[str, Any]]) -> list[str]:
    """Return what must be equal, in an order of its own."""
    kept = ("url", "source", "title", "text", "published_at", "language", "authors")
    return sorted(json.dumps([row[key] for key in kept]) for row in rows)


def pages(folder: Path, every: int) -> None:
    """Import real pages, all or one in so many, as HTML and as WARC, and compare what is stored."""
    at = datetime(2025, 1, 1, tzinfo=UTC)
    with (
        (DATA / "pages.jsonl").open() as listed,
        (folder / "index.jsonl").open("w") as index,
        (folder / "all.warc.gz").open("wb") as warc,
    ):
        for line in itertools.islice(listed, 0, None, every):
            given = json.loads(line)
            if not given.get("url"):
                continue
            file = DATA / given["file"]
            told = {"file": str(file), "url": given["url"], "captured_at": at.isoformat()}
            index.write(json.dumps(told) + "\n")
            body = gzip.decompress(file.read_bytes())
            url = given["url"]
            one = Capture(url=url, final_url=url, status=200, body=body, fetched_at=at)
            warc.write(response_record(one, source_id="x", packed=True))
    stored = []
    for name in ("index.jsonl", "all.warc.gz"):
        with Archive(f"sqlite:///{folder / name}.db") as archive:
            archive.create()
            bring_in(archive, [str(folder / name)], say=False)
            with archive.read() as reader:
                ids = reader.article_ids()
            with (folder / "out.jsonl").open("wb") as out:
                export(archive, ids, JsonLines(out, NOW))
            with (folder / "out.jsonl").open() as lines:
                stored.append(same(json.loads(text) for text in lines))
    differing = len(set(stored[0]) ^ set(stored[1]))
    print(f"as HTML {len(stored[0])}, as WARC {len(stored[1])}, differing {differing}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--pages", action="store_true")
    parser.add_argument("--every", type=int, default=1, help="of the pages, one in so many")
    parser.add_argument("--filled", action="store_true", help="ask only; no import")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.pages:
            pages(Path(folder), options.every)
        elif options.filled:
            filled(options.articles, Path(folder))
        else:
            generated(options.articles, Path(folder))


if __name__ == "__main__":
    main()
