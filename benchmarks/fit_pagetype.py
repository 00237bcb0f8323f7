"""Fit the weights of "is it an article?" (spiders/pagetype.py), and say what to expect of them.

    python benchmarks/fit_pagetype.py [../shared/data] [--sets wcxb-dev,aeb,fundus,gne-zh] [--folds 5]
        [--evidence FILE]

Logistic regression with a little shrinkage, by Newton's method. Articles of all sets count as one
side, listings and collections of wcxb-dev as the other. The rates printed are held out: each
publisher is judged by weights that never saw it. Pages that a certain sign refuses (an error, a
wall, no text) are counted as refused and not fitted. --evidence keeps what was read of the pages
in FILE, and reads it from there when it exists.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from pages import capture, rows

from spiders import extract, pagetype

#: Steps, and how much weights are drawn to 0: as by four pages that speak against each.
STEPS, SHRINK = 8, 4.0
Page = dict[str, Any]


def gather(data: Path, sets: str) -> list[Page]:
    """Return each page's kind, site, and evidence; None for evidence when a certain sign refuses."""
    found: list[Page] = []
    for row in rows(data, sets):
        seen: list[pagetype.Clues] = []

        def spy(clues: pagetype.Clues, seen: list[pagetype.Clues] = seen) -> pagetype.PageType:
            seen.append(clues)
            return pagetype.judge(clues)

        with patch.object(extract, "judge", spy):
            article = extract.extract(capture(row, data), source_id="fit")
        certain = not article.is_article and article.refusal != "listing"
        evidence = None if certain or not seen else pagetype.evidence(seen[0])
        host = urlsplit(row["url"]).hostname or ""
        site = ".".join(host.split(".")[-2:])
        kind = "article" if row["page_type"] == "article" else "index"
        found.append({"id": row["id"], "kind": kind, "site": site, "evidence": evidence})
    return found


def fit(pages: list[Page]) -> tuple[float, dict[str, float]]:
    """Return bias and weights."""
    names = list(pages[0]["evidence"])
    table = [[1.0, *(page["evidence"][name] for name in names)] for page in pages]
    wanted = [float(page["kind"] == "article") for page in pages]
    size = len(names) + 1
    weights = [0.0] * size
    for _ in range(STEPS):
        # Newton's method: the slope, and how it bends.
        slope = [-SHRINK * weights[k] * (k > 0) for k in range(size)]
        bend = [[SHRINK * (k == n) for n in range(size)] for k in range(size)]
        for row, want in zip(table, wanted, strict=True):
            chance = _chance(weights, row)
            steep = chance * (1 - chance)
            for k, value in enumerate(row):
                slope[k] += (want - chance) * value
                if value:
                    line, part = bend[k], steep * value
                    for n in range(size):
                        line[n] += part * row[n]
        weights = [a + b for a, b in zip(weights, _solve(bend, slope), strict=True)]
    return weights[0], dict(zip(names, weights[1:], strict=True))


def _solve(matrix: list[list[float]], wanted: list[float]) -> list[float]:
    """Return x with matrix·x = wanted, by elimination; the matrix is positive definite."""
    rows_ = [[*line, value] for line, value in zip(matrix, wanted, strict=True)]
    for k, pivot in enumerate(rows_):
        for other in rows_:
            if other is not pivot and other[k]:
                factor = other[k] / pivot[k]
                for n in range(k, len(pivot)):
                    other[n] -= factor * pivot[n]
    return [line[-1] / line[k] for k, line in enumerate(rows_)]


def _chance(weights: list[float], row: list[float]) -> float:
    total = sum(a * b for a, b in zip(weights, row, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def held_out(pages: list[Page], folds: int) -> dict[str, float]:
    """Return the chance of being an article for each page, by weights fitted without its site."""
    sizes: dict[str, int] = defaultdict(int)
    for page in pages:
        sizes[page["site"]] += 1
    # The largest sites first, each into the fold that is smallest so far.
    filled, fold_of = [0] * folds, {}
    for site in sorted(sizes, key=lambda name: (-sizes[name], name)):
        fold_of[site] = filled.index(min(filled))
        filled[fold_of[site]] += sizes[site]
    chances = {}
    for fold in range(folds):
        bias, weights = fit([page for page in pages if fold_of[page["site"]] != fold])
        for page in pages:
            if fold_of[page["site"]] == fold:
                row = [1.0, *page["evidence"].values()]
                chances[page["id"]] = _chance([bias, *weights.values()], row)
    return chances


def main() -> None:
    """Print the weights and the held-out rates at several thresholds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", default="../shared/data", type=Path)
    parser.add_argument("--sets", default="wcxb-dev,aeb,fundus,gne-zh")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--evidence", type=Path)
    options = parser.parse_args()
    if options.evidence and options.evidence.exists():
        pages = json.loads(options.evidence.read_text("utf-8"))
    else:
        pages = gather(options.data, options.sets)
        if options.evidence:
            options.evidence.write_text(json.dumps(pages), encoding="utf-8")
    judged = [page for page in pages if page["evidence"]]
    chances = held_out(judged, options.folds)
    bias, weights = fit(judged)
    print(f"bias {bias:.2f}", {name: round(value, 2) for name, value in weights.items()})
    print("| below, it is a listing | set | articles refused | listings and collections refused |")
    print("|---|---|---|---|")
    sets = options.sets.split(",")
    for least in (0.3, 0.35, 0.37, 0.4, 0.5):
        for name in sets:
            of_set = [page for page in pages if page["id"].startswith(f"{name}/")]
            shares = []
            for kind in ("article", "index"):
                ours = [page for page in of_set if page["kind"] == kind]
                lost = sum(chances.get(page["id"], 0.0) < least for page in ours)
                shares.append(f"{lost / len(ours):.3f} of {len(ours)}" if ours else "")
            print(f"| {least} | {name} | {shares[0]} | {shares[1]} |")


if __name__ == "__main__":
    main()
