"""Extraction on real pages with gold: text, title, authors, dates, page type, cost.

    python benchmarks/eval_extraction.py [../shared/data] [--sets aeb,fundus] [--peers PYTHON]

Text is scored with the article-extraction-benchmark's own measure: precision and recall over
4-token shingles, averaged over pages, F1 of the two averages. With --peers, that interpreter (an
environment with benchmarks/peers-requirements.txt) runs benchmarks/peers_extraction.py on the same
pages, and its rows stand in the same table. The line weights in spiders/scoring.json were fitted
on these very pages, so the row "windcatch" is in-sample; `benchmarks/fit_scoring.py --cross`
prints the cross-validated figures, which are what to expect of a page never seen.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shingles import counts, summary

from spiders.extract import extract
from storage.types import Article, Capture

NOW = datetime(2026, 11, 21, tzinfo=UTC)
Row = dict[str, Any]


def ours(rows: Sequence[Row], data: Path) -> dict[str, tuple[Article, float]]:
    """Return our article and the CPU seconds it cost, by page."""
    found = {}
    for row in rows:
        page = Capture(
            url=row["url"],
            final_url=row["url"],
            status=200,
            body=gzip.decompress((data / row["file"]).read_bytes()),
            fetched_at=NOW,
        )
        started = time.process_time()
        found[row["id"]] = (extract(page, source_id="bench"), time.process_time() - started)
    return found


def line(name: str, rows: Sequence[Row], texts: dict[str, str], cpu: dict[str, float]) -> str:
    """Return one row of the text table."""
    scored = [row for row in rows if row["page_type"] == "article" and row["gold"].get("text")]
    if not scored:
        return ""
    precision, recall, f1 = summary(
        counts(row["gold"]["text"], texts.get(row["id"], "")) for row in scored
    )
    cost = sum(cpu.get(row["id"], 0.0) for row in rows) / len(rows) * 1000
    return f"  {name:<24} F1 {f1:.4f}  P {precision:.4f}  R {recall:.4f}  {cost:6.1f} ms CPU/page"


def details(rows: Sequence[Row], found: dict[str, tuple[Article, float]]) -> Iterable[str]:
    """Yield what is known of titles, authors, dates and page types."""
    gold = [(row["gold"], found[row["id"]][0]) for row in rows if row["page_type"] == "article"]
    titled = [(g, a) for g, a in gold if g.get("title")]
    if titled:
        exact = sum(" ".join(g["title"].split()) == a.title for g, a in titled)
        yield f"  titles exact {exact / len(titled):.3f} of {len(titled)}"
    named = [(g, a) for g, a in gold if g.get("authors")]
    if named:
        same = sum(
            {n.casefold() for n in g["authors"]} == {n.casefold() for n in a.authors}
            for g, a in named
        )
        yield f"  author sets exact {same / len(named):.3f} of {len(named)}"
    dated = [(g, a) for g, a in gold if g.get("published_at") or g.get("published_date")]
    if dated:
        right = sum(_same_day(g, a) for g, a in dated)
        yield f"  published day right {right / len(dated):.3f} of {len(dated)}"
    zoned = [(g, a) for g, a in dated if _instant(g) is not None]
    if zoned:
        right = sum(
            a.published_at is not None
            and abs((a.published_at - (_instant(g) or NOW)).total_seconds()) <= 60
            for g, a in zoned
        )
        yield f"  published instant right {right / len(zoned):.3f} of {len(zoned)} with a zone"
    undated = [
        a
        for g, a in gold
        if "published_date" in g or titled
        if not g.get("published_date") and not g.get("published_at")
    ]
    if undated:
        given = [a for a in undated if a.published_at is not None]
        signals = Counter(a.published_from for a in given)
        yield f"  dates where the gold has none {len(given) / len(undated):.3f} of {len(undated)} {dict(signals)}"
    for kind in sorted({row["page_type"] for row in rows}):
        of_kind = [found[row["id"]][0] for row in rows if row["page_type"] == kind]
        share = sum(a.is_article for a in of_kind) / len(of_kind)
        yield f"  taken for an article: {kind} {share:.3f} of {len(of_kind)}"


def _instant(gold: Row) -> datetime | None:
    text = gold.get("published_at")
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else None


def _same_day(gold: Row, article: Article) -> bool:
    day = str(gold.get("published_at") or gold.get("published_date"))[:10]
    stated = str(article.facts.get("published_local", ""))[:10]
    return article.published_at is not None and day in (
        stated,
        article.published_at.date().isoformat(),
    )


def peers(python: str, data: Path, sets: str) -> dict[str, dict[str, tuple[str, float]]]:
    """Return the peers' texts and CPU seconds, by tool and page, from their own environment."""
    script = Path(__file__).with_name("peers_extraction.py")
    command = [python, str(script), str(data), "--sets", sets]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, dict[str, tuple[str, float]]] = {}
    for row in map(json.loads, output.splitlines()):
        found.setdefault(row["tool"], {})[row["id"]] = (row["text"], row["cpu"])
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", default="../shared/data", type=Path)
    parser.add_argument("--sets", default="aeb,fundus,wcxb-dev,gne-zh")
    parser.add_argument("--peers", help="Python of an environment with the peers")
    parser.add_argument("--worst", type=int, default=10)
    options = parser.parse_args()
    if not options.data.is_dir():
        raise SystemExit(f"{options.data} is absent: nothing to measure on")
    index = (options.data / "pages.jsonl").read_text(encoding="utf-8").strip().split("\n")
    others = peers(options.peers, options.data, options.sets) if options.peers else {}
    for name in options.sets.split(","):
        rows = [row for row in map(json.loads, index) if row["id"].startswith(f"{name}/")]
        found = ours(rows, options.data)
        print(f"{name}: {len(rows)} pages")
        print(
            line(
                "windcatch (in-sample)",
                rows,
                {i: a.text for i, (a, _) in found.items()},
                {i: c for i, (_, c) in found.items()},
            )
        )
        for tool, answers in others.items():
            print(
                line(
                    tool,
                    rows,
                    {i: t for i, (t, _) in answers.items()},
                    {i: c for i, (_, c) in answers.items()},
                )
            )
        for text in details(rows, found):
            print(text)
        scored = [
            (summary([counts(row["gold"]["text"], found[row["id"]][0].text)])[2], row["id"])
            for row in rows
            if row["page_type"] == "article" and row["gold"].get("text")
        ]
        for score, page in sorted(scored)[: options.worst]:
            print(f"    worst {score:.3f} {page}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
