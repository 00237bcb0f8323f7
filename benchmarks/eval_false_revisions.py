"""How often an unchanged article would look edited: pages extracted again with other chrome.

    python benchmarks/eval_false_revisions.py [../shared/data] [--sets fundus,gne-zh] [--step N]

Into each page's own HTML goes noise of its kind: other headlines in its link lists, other numbers
and dates in its short lines, one more related-links block and share bar, link blocks reordered.
Elements that hold a line of the article are never touched. The memory of recurring lines is
learned from the other pages of the same site, as a crawler would have it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import defaultdict
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from lxml import html

from spiders.extract import read
from spiders.learned import Learned
from spiders.page import read_page
from storage.types import Capture

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HEADLINES = (
    "Council weighs a second bridge across the river after the spring floods",
    "Harvest festival draws record crowds despite the rain",
    "市政府公布新一轮老旧小区改造名单",
    "今年首批新米上市 价格与去年持平",
    "Museum reopens its east wing with a show of early maps",
    "专家提醒：换季时节注意这几点",
    "Commuters face a week of repairs on the northern line",
)


def capture(row: dict[str, str], body: bytes) -> Capture:
    """Return *body* as answered for the page of *row*."""
    return Capture(url=row["url"], final_url=row["url"], status=200, body=body, fetched_at=NOW)


def noisy(tree: html.HtmlElement, lines: set[str], chance: random.Random) -> bytes:
    """Return the page with other chrome; elements holding one of *lines* stay as they are."""
    tree = deepcopy(tree)
    blocks = list(tree.iter("ul", "ol", "div", "section", "aside", "table"))
    lists = []
    for element in blocks:
        links = element.findall(".//a")
        text = " ".join(str(element.text_content()).split())
        linked = sum(len(" ".join(str(link.text_content()).split())) for link in links)
        if len(links) >= 4 and text and linked > 0.6 * len(text) and not _holds(text, lines):
            lists.append(element)
    lists = [e for e in lists if not any(parent in lists for parent in e.iterancestors())]
    for element in lists:
        for link in element.iter("a"):
            if len(str(link.text_content())) > 12 and not len(link):
                link.text = chance.choice(HEADLINES)
        children = list(element)
        chance.shuffle(children)
        element[:] = children
    for element in tree.iter("span", "em", "i", "b", "time", "a", "li", "div"):
        if (
            element.text
            and len(element.text) < 30
            and not len(element)
            and (
                not _holds(" ".join(element.text.split()), lines, short=True)
                and element.get("datetime") is None
            )
            and not _dated(element)
        ):
            element.text = re.sub(
                r"\d+", lambda m: str(chance.randrange(10 ** len(m[0]))), element.text
            )
    body = tree.find("body")
    if body is not None and len(body):
        items = "".join(f'<li><a href="/x{n}">{line}</a></li>' for n, line in enumerate(HEADLINES))
        related = html.fragment_fromstring(
            f'<div class="related"><h3>Related</h3><ul>{items}</ul></div>'
        )
        share = html.fragment_fromstring(
            '<div class="share-bar"><a href="#">Facebook</a> <a href="#">WeChat</a> <span>3,214</span></div>'
        )
        anchor = lists[-1] if lists else body[-1]
        anchor.addnext(related)
        (lists[0] if lists else body[0]).addnext(share)
    return html.tostring(tree, encoding="utf-8")


def _holds(text: str, lines: set[str], *, short: bool = False) -> bool:
    return any(text in line or (not short and line in text) for line in lines)


def _dated(element: html.HtmlElement) -> bool:
    """The article's own time is not noise."""
    return bool(re.search(r"(?:19|20)\d\d|\d\d:\d\d", element.text or ""))


def main() -> None:
    """Print the share of texts that differ, and which."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", default="../shared/data", type=Path)
    parser.add_argument("--sets", default="fundus,gne-zh")
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    wanted = options.sets.split(",")
    index = (options.data / "pages.jsonl").read_text(encoding="utf-8").strip().split("\n")
    rows = [row for row in map(json.loads, index) if row["id"].split("/")[0] in wanted]
    bodies = {row["id"]: gzip.decompress((options.data / row["file"]).read_bytes()) for row in rows}
    sites: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        sites[urlsplit(row["url"]).hostname or ""].append(row)
    differ, total = [], 0
    for site in list(sites.values())[:: options.step]:
        readings = {row["id"]: read(capture(row, bodies[row["id"]]), source_id="x") for row in site}
        for row in site:
            learned = Learned()
            for other in site:
                if other is not row:
                    reading = readings[other["id"]]
                    learned = learned.observe(reading.article.title, reading.lines)
            page = read_page(bodies[row["id"]])
            if page.tree is None:
                continue
            first = read(capture(row, bodies[row["id"]]), source_id="x", learned=learned).article
            lines = {line for line in first.text.split("\n") if line} | {first.title}
            for seed in range(options.rounds):
                again = read(
                    capture(row, noisy(page.tree, lines, random.Random(seed))),
                    source_id="x",
                    learned=learned,
                ).article
                total += 1
                if again.text != first.text:
                    differ.append(row["id"])
                    gone = set(first.text.split("\n")) - set(again.text.split("\n"))
                    come = set(again.text.split("\n")) - set(first.text.split("\n"))
                    print(f"{row['id']}: -{sorted(gone)!r:.200} +{sorted(come)!r:.200}")
    print(f"{len(differ)} of {total} texts differ: {len(differ) / max(1, total):.2%}")


if __name__ == "__main__":
    main()
