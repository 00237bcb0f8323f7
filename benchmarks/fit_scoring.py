"""Fit spiders/scoring.json: boosted trees over spiders.features on pages with gold text.

    python benchmarks/fit_scoring.py rows ROWS.pickle [../shared/data]   # in the project's environment
    python benchmarks/fit_scoring.py fit ROWS.pickle [--cross]           # needs scikit-learn and numpy

Two steps, because scikit-learn is no dependency of the project. `--cross` fits four times, each
time without a quarter of the publishers, judges those, and prints the figures; nothing is written.
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

from shingles import counts, summary

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


def fit(pages: list[Page], *, cross: bool) -> None:
    """Write the fitted trees, or with *cross* print what to expect on unseen publishers."""
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import GroupKFold

    x = np.array([row for page in pages for row in page["rows"].values()], dtype=np.float32)
    y = np.array([page["labels"][i] >= 0.5 for page in pages for i in page["rows"]])
    owner = np.array([n for n, page in enumerate(pages) for _ in page["rows"]])
    weights = []
    for page in pages:
        gold = max(
            20, sum(n + 3 for n, v in zip(page["sizes"], page["labels"], strict=True) if v >= 0.5)
        )
        for i in page["rows"]:
            sure = min(1.0, max(0.2, abs(page["labels"][i] - 0.5) * 2))
            weights.append(min(page["sizes"][i] + 3, 150) ** 0.75 * sure / gold**0.75)
    weight = np.array(weights) / np.mean(weights)

    def trees() -> Any:
        return HistGradientBoostingClassifier(
            max_iter=120, learning_rate=0.1, max_leaf_nodes=12, min_samples_leaf=40,
            l2_regularization=5.0, max_bins=64, random_state=0,
        )  # fmt: skip

    if not cross:
        model = trees().fit(x, y, sample_weight=weight)
        OUT.write_text(_export(model, list(pages[0]["columns"])), encoding="ascii")
        return
    chance = np.zeros(len(x))
    sites = [pages[n]["site"] for n in owner]
    for train, test in GroupKFold(4).split(x, groups=sites):
        model = trees().fit(x[train], y[train], sample_weight=weight[train])
        chance[test] = model.predict_proba(x[test])[:, 1]
    scored = defaultdict(list)
    for n, page in enumerate(pages):
        kept = [i for i, c in zip(page["rows"], chance[owner == n], strict=True) if c > 0.5]
        text = "\n".join(dict.fromkeys(page["lines"][i] for i in kept))
        scored[page["id"].split("/")[0]].append(counts(page["gold"], text))
    for name, values in scored.items():
        precision, recall, f1 = summary(values)
        print(f"{name}: F1 {f1:.4f}  P {precision:.4f}  R {recall:.4f}  ({len(values)} pages)")


def _export(model: Any, columns: list[str]) -> str:
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
    return json.dumps({"columns": columns, "base": base, "trees": forest}, separators=(",", ":"))


def main() -> None:
    """Do the step asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=("rows", "fit"))
    parser.add_argument("file", type=Path)
    parser.add_argument("data", nargs="?", default="../shared/data", type=Path)
    parser.add_argument("--cross", action="store_true")
    options = parser.parse_args()
    if options.step == "rows":
        options.file.write_bytes(pickle.dumps(rows(options.data)))
    else:
        fit(pickle.loads(options.file.read_bytes()), cross=options.cross)


if __name__ == "__main__":
    main()
