"""Extraction on real pages with gold: text, title, authors, dates, page type, cost, beside peers.

    python benchmarks/eval_extraction.py --pace 5 [--sets aeb,fundus]
    python benchmarks/eval_extraction.py [DATA] [--sets aeb,fundus] [--held-out FOLDS.json [--quick]]
        [--peers PYTHON [--keep LINES.jsonl]] [--docs docs/extraction.md]

Text is scored with the article-extraction-benchmark's own measure: precision and recall over
4-token shingles, averaged over pages, F1 of the two averages. The line weights in
spiders/scoring.json were fitted on these very pages, so the rows "in-sample" flatter. With
--held-out (see `fit_scoring.py fold`), each page is read again, by the whole of extraction, with
trees that never saw its publisher: what to expect of a new page. With --peers, that interpreter
(an environment with benchmarks/peers-requirements.txt) runs peers_extraction.py on the same pages;
with --keep its lines go to a file, and a run that was ended goes on where it stood. --docs puts the
tables between the marks in that file. --pace says only what a page costs, both in turn, since the
clock of a busy machine counts the same work differently from one minute to the next.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

import trafilatura
from extraction_measures import details, signals
from pages import Row, capture, rows
from peers_names import TOOLS
from shingles import counts, summary

from spiders import scoring
from spiders.extract import extract
from storage.types import Article

MARKS = ("<!-- measured: benchmarks/eval_extraction.py -->", "<!-- measured: end -->")
#: What issue and reference ask for: text F1 by set, and the other measures.
AIMS = {
    "aeb": 0.976, "fundus": 0.958, "wcxb-dev": 0.945,
    "fundus titles exact": 0.88, "fundus published day right": 0.99,
    "fundus published instant right, of those with a zone": 0.98,
    "wcxb-dev dates given where the gold has none": 0.05,
}  # fmt: skip


def ours(pages: Sequence[Row], data: Path) -> tuple[dict[str, Article], dict[str, float]]:
    """Return our articles and the CPU seconds each cost, by page."""
    found, cpu = {}, {}
    for row in pages:
        page = capture(row, data)
        started = time.process_time()
        found[row["id"]] = extract(page, source_id="bench")
        cpu[row["id"]] = time.process_time() - started
    return found, cpu


def unseen(pages: Sequence[Row], data: Path, folds: Path) -> dict[str, Article]:
    """Return our articles of the pages with gold text, read with trees that never saw their site."""
    found = {}
    for fold in json.loads(folds.read_text("ascii")):
        mine = set(fold["pages"])
        trees = scoring.as_model(fold["model"])
        with patch.object(scoring, "model", lambda trees=trees: trees):
            found |= ours([row for row in pages if row["id"] in mine], data)[0]
    return found


def peers(
    given: str, data: Path, sets: str, keep: Path | None
) -> dict[str, dict[str, tuple[str, float]]]:
    """Return the peers' texts and CPU seconds, by tool and page; "peak_mb" stands among the pages."""
    script = Path(__file__).with_name("peers_extraction.py")
    lines = []
    for tool in TOOLS:
        command = [given, str(script), str(data), "--sets", sets, "--tool", tool]
        command += ["--into", str(keep)] if keep else []
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        lines += output.splitlines()
    if keep:
        lines = keep.read_text(encoding="utf-8").splitlines()
    found: dict[str, dict[str, tuple[str, float]]] = defaultdict(dict)
    for row in map(json.loads, lines):
        peak = found[row["tool"]].get("peak_mb", ("", 0.0))[1] if row["id"] == "peak_mb" else 0.0
        found[row["tool"]][row["id"]] = (row["text"], max(peak, row["cpu"]))
    return found


def scored(pages: Iterable[Row]) -> list[Row]:
    """Return the pages that text is judged on."""
    return [row for row in pages if row["page_type"] == "article" and row["gold"].get("text")]


def line(
    name: str, tool: str, pages: Sequence[Row], texts: Mapping[str, str], cost: Mapping[str, float]
) -> str:
    """Return one row of the text table; *cost* is CPU seconds by page, or empty."""
    known = [row for row in scored(pages) if row["id"] in texts]
    precision, recall, f1 = summary(counts(row["gold"]["text"], texts[row["id"]]) for row in known)
    bold = f"**{f1:.4f}**" if tool.startswith("windcatch") else f"{f1:.4f}"
    aim = f" (aim {AIMS[name]})" if "held out" in tool and name in AIMS else ""
    spent = [cost[row["id"]] for row in known if row["id"] in cost]
    ms = f"{sum(spent) / len(spent) * 1000:.1f}" if spent else ""
    empty = sum(not texts[row["id"]] for row in known)
    return f"| {name}, {len(known)} | {tool} | {precision:.3f} | {recall:.3f} | {bold}{aim} | {empty} | {ms} |"


def tables(options: argparse.Namespace) -> Iterator[str]:
    """Yield the lines of the tables."""
    others = {}
    if options.peers:
        others = peers(options.peers, options.data, options.sets, options.keep)
    text, other, worst = [], [], []
    for name in options.sets.split(","):
        pages = rows(options.data, name)
        fresh = unseen(scored(pages), options.data, options.held_out) if options.held_out else {}
        if options.quick:
            # What is no text was never fitted: titles and dates are the same either way.
            pages = [row for row in pages if row["id"] in fresh]
            found, cpu = fresh, {}
        else:
            found, cpu = ours(pages, options.data)
        if scored(pages):
            judged = {page: article.text for page, article in fresh.items()}
            if fresh:
                text.append(line(name, "windcatch, held out", pages, judged, {}))
            texts = {page: article.text for page, article in found.items()}
            if not options.quick:
                text.append(line(name, "windcatch, in-sample", pages, texts, cpu))
            for tool, answers in others.items():
                theirs = {page: said for page, (said, _) in answers.items()}
                spent = {page: seconds for page, (_, seconds) in answers.items()}
                text.append(line(name, tool, pages, theirs, spent))
            worst += list(_worst(name, pages, judged or texts, options.worst))
        for measure, share, of in details(pages, found):
            aim = AIMS.get(f"{name} {measure}", "")
            signal = dict(signals(pages, found)) if "none" in measure else ""
            other.append(f"| {name} | {measure} {signal or ''} | {share:.3f} of {of} | {aim} |")
    yield from ("| set, pages | tool | precision | recall | F1 | empty | ms CPU a page |",
                "|---|---|---|---|---|---|---|", *text, "",
                "| set | measure | windcatch | aim |", "|---|---|---|---|", *other, "",
                "| worst pages | precision | recall |", "|---|---|---|", *worst, "")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    theirs = "".join(f"; {tool} {pages['peak_mb'][1]:.0f}" for tool, pages in others.items())
    yield f"Peak memory of the process, MB: windcatch {peak:.0f}{theirs}."


def pace(sets: str, data: Path, step: int) -> Iterator[str]:
    """Yield our CPU beside trafilatura's default (our own dependency), page by page in turn."""
    for name in sets.split(","):
        spent = [0.0, 0.0]
        for row in rows(data, name)[::step]:
            page = capture(row, data)
            started = time.process_time()
            extract(page, source_id="bench")
            between = time.process_time()
            trafilatura.extract(page.body, include_comments=False)
            spent[0] += between - started
            spent[1] += time.process_time() - between
        yield f"CPU, every {step}th of {name}: {spent[0] / spent[1]:.2f} times trafilatura's default"


def _worst(name: str, pages: Sequence[Row], texts: Mapping[str, str], most: int) -> Iterator[str]:
    judged = []
    for row in scored(pages):
        if row["id"] in texts:
            precision, recall, f1 = summary([counts(row["gold"]["text"], texts[row["id"]])])
            judged.append((f1, row["id"], precision, recall))
    for _, page, precision, recall in sorted(judged)[:most]:
        yield f"| {page} | {precision:.2f} | {recall:.2f} |"


def main() -> None:
    """Print the tables, and put them where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", default="../shared/data", type=Path)
    parser.add_argument("--sets", default="aeb,fundus,wcxb-dev,gne-zh")
    parser.add_argument("--held-out", type=Path, help="what fit_scoring.py fold wrote")
    parser.add_argument("--quick", action="store_true", help="held out alone, on pages with text")
    parser.add_argument("--peers", help="Python of an environment with the peers")
    parser.add_argument("--keep", type=Path, help="a file for the peers' lines, to go on with")
    parser.add_argument("--worst", type=int, default=10)
    parser.add_argument("--pace", type=int, help="only CPU, beside trafilatura, of every Nth page")
    parser.add_argument("--docs", type=Path, help="a file with the marks to write between")
    options = parser.parse_args()
    if options.quick and not options.held_out:
        parser.error("--quick needs --held-out")
    if options.pace:
        print(*pace(options.sets, options.data, options.pace), sep="\n")
        return
    measured = "\n".join(tables(options))
    print(measured)
    if options.docs:
        before, _, rest = options.docs.read_text(encoding="utf-8").partition(MARKS[0])
        after = rest.partition(MARKS[1])[2]
        whole = f"{before}{MARKS[0]}\n{measured}\n{MARKS[1]}{after}"
        options.docs.write_text(whole, encoding="utf-8")


if __name__ == "__main__":
    main()
