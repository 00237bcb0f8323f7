"""Fit spiders/scoring.json: boosted trees over spiders.features on pages with gold text.

    python benchmarks/fit_scoring.py rows ROWS.pickle [../shared/data]   # in the project's environment
    python benchmarks/fit_scoring.py fit ROWS.pickle                     # needs scikit-learn and numpy
    python benchmarks/fit_scoring.py fold ROWS.pickle FOLDS.json [--folds 5]          # likewise

Two steps, because scikit-learn is no dependency of the project. `fit` writes spiders/scoring.json.
`fold` fits once for each fold, without that fold's publishers, and writes those trees with the
pages that they never saw: `eval_extraction.py --held-out FOLDS.json` judges with them.
A line is text when its 4-word sequences stand in the gold text; a line of fewer than eight words
only when it also stands there beside its neighbour; of a line printed twice, one.
"""

from __future__ import annotations

import argparse
import bisect
import gzip
import json
import multiprocessing
import pickle
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

OUT = Path(__file__).resolve().parent.parent / "spiders" / "scoring.json"
Page = dict[str, Any]


def rows(data: Path) -> list[Page]:
    """Return every page with gold text as rows of features with labels."""
    index = (data / "pages.jsonl").read_text(encoding="utf-8").strip().split("\n")
    wanted = [
        (data, row)
        for row in map(json.loads, index)
        if row["page_type"] == "article" and row["gold"].get("text")
    ]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        return [page for page in pool.imap(_page, wanted, chunksize=20) if page is not None]


def _page(job: tuple[Path, dict[str, Any]]) -> Page | None:
    from spiders.blocks import read_blocks
    from spiders.body import ask, shown
    from spiders.features import NAMES, describe, words
    from spiders.linklists import mark_lists
    from spiders.page import read_page
    from spiders.structured import read_structured
    from spiders.title import read_title

    data, row = job
    tree = read_page(gzip.decompress((data / row["file"]).read_bytes())).tree
    if tree is None:
        return None
    mark_lists(tree)
    said, blocks = read_structured(tree, url=row["url"]), read_blocks(tree)
    blocks = tuple(blocks[i] for i in shown(blocks))
    opinions = ask(
        tree,
        declared=said.text("articleBody") or "",
        title=read_title(tree, said)[0],
        description=said.first("og:description", "description") or "",
    )
    tokens = [words(block.text) for block in blocks]
    return {
        "id": row["id"],
        "site": ".".join((urlsplit(row["url"]).hostname or "x").split(".")[-2:]),
        "gold": row["gold"]["text"],
        "lines": [block.text for block in blocks],
        "rows": describe(blocks, opinions),
        "labels": labels(tokens, words(row["gold"]["text"])),
        "sizes": [len(line) for line in tokens],
        "columns": NAMES,
    }


def labels(lines: list[list[str]], gold: list[str]) -> list[float]:
    """Return for each line how much of it is in the gold text, by the rules above."""
    grams = set(zip(*(gold[i:] for i in range(4)), strict=False))
    joined = f" {' '.join(gold)} "
    share = [
        sum(tuple(line[i : i + 4]) in grams for i in range(len(line) - 3)) / max(1, len(line) - 3)
        for line in lines
    ]
    found = [
        s if len(line) >= 8 and s >= 0.5 else 0.0 for s, line in zip(share, lines, strict=True)
    ]
    same: dict[str, list[int]] = defaultdict(list)
    for i, value in enumerate(found):
        if value:
            same[" ".join(lines[i])].append(i)
    for text, places in same.items():
        spare = len(places) - max(1, joined.count(f" {text} "))
        lonely = sorted(places, key=lambda i: sum(v > 0 for v in found[max(0, i - 3) : i + 4]))
        for i in lonely[: max(0, spare)]:
            found[i] = 0.0
    anchors = [i for i, value in enumerate(found) if value]
    for i in (*range(len(lines)), *reversed(range(len(lines)))):
        line = lines[i]
        if found[i] or not line or len(line) >= 8 or (len(line) >= 4 and share[i] < 0.5):
            continue
        at = bisect.bisect(anchors, i)
        before = {anchors[at - 1]} if at else set()
        after = {anchors[at]} if at < len(anchors) else set()
        before |= {i - 1} if i and found[i - 1] else set()
        after |= {i + 1} if i + 1 < len(lines) and found[i + 1] else set()
        seams = [[*lines[b][-3:], *line] for b in before] + [[*line, *lines[a][:3]] for a in after]
        found[i] = float(any(f" {' '.join(seam)} " in joined for seam in seams))
    return found


def fit(pages: list[Page]) -> str:
    """Return the fitted trees as JSON."""
    x, y, weight = _table(pages)
    return json.dumps(
        _export(_trees().fit(x, y, sample_weight=weight), pages), separators=(",", ":")
    )


def fold(pages: list[Page], folds: int) -> str:
    """Return, for each fold of publishers, its pages and trees fitted on all others, as JSON."""
    from sklearn.model_selection import GroupKFold

    parts = []
    sites = [page["site"] for page in pages]
    for train, test in GroupKFold(folds).split(sites, groups=sites):
        x, y, weight = _table([pages[n] for n in train])
        model = _export(_trees().fit(x, y, sample_weight=weight), pages)
        parts.append({"pages": [pages[n]["id"] for n in test], "model": model})
    return json.dumps(parts, separators=(",", ":"))


def _table(pages: list[Page]) -> tuple[Any, Any, Any]:
    """Return rows, labels and weights: each page counts alike, its long lines more than short ones."""
    import numpy as np

    x = np.array([row for page in pages for row in page["rows"].values()], dtype=np.float32)
    y = np.array([page["labels"][i] >= 0.5 for page in pages for i in page["rows"]])
    weights = []
    for page in pages:
        gold = max(
            20, sum(n + 3 for n, v in zip(page["sizes"], page["labels"], strict=True) if v >= 0.5)
        )
        for i in page["rows"]:
            sure = min(1.0, max(0.2, abs(page["labels"][i] - 0.5) * 2))
            weights.append(min(page["sizes"][i] + 3, 150) ** 0.75 * sure / gold**0.75)
    return x, y, np.array(weights) / np.mean(weights)


def _trees() -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=120, learning_rate=0.1, max_leaf_nodes=12, min_samples_leaf=40,
        l2_regularization=5.0, max_bins=64, random_state=0,
    )  # fmt: skip


def _export(model: Any, pages: list[Page]) -> dict[str, Any]:
    # scikit-learn has no public way to read its trees.
    forest = [
        [
            [round(float(n["value"]), 4)]
            if n["is_leaf"]
            else [
                int(n["feature_idx"]),
                round(float(n["num_threshold"]), 5),
                int(n["left"]),
                int(n["right"]),
            ]
            for n in tree.nodes
        ]
        for (tree,) in model._predictors
    ]
    base = round(float(model._baseline_prediction.ravel()[0]), 5)
    return {"columns": list(pages[0]["columns"]), "base": base, "trees": forest}


def main() -> None:
    """Do the step asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    steps = parser.add_subparsers(dest="step", required=True)
    for name in ("rows", "fit", "fold"):
        step = steps.add_parser(name)
        step.add_argument("file", type=Path)
        if name == "rows":
            step.add_argument("data", nargs="?", default="../shared/data", type=Path)
        if name == "fold":
            step.add_argument("out", type=Path)
            step.add_argument("--folds", type=int, default=5)
    options = parser.parse_args()
    if options.step == "rows":
        options.file.write_bytes(pickle.dumps(rows(options.data)))
        return
    pages = pickle.loads(options.file.read_bytes())
    if options.step == "fit":
        OUT.write_text(fit(pages), encoding="ascii")
    else:
        options.out.write_text(fold(pages, options.folds), encoding="ascii")


if __name__ == "__main__":
    main()
