"""Which lines of a page are the article's text: two extractors asked, every line weighed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import trafilatura
from lxml import etree, html
from readability import Document

from spiders.blocks import Block
from spiders.features import Known, Opinions, describe, grams, words
from spiders.learned import Learned
from spiders.linklists import without_lists
from spiders.scoring import score
from spiders.settle import Body, settle

#: A line is text from here on: a lower bar between two lines that surely are, a higher one outside,
#: where chrome stands. Cross-validated over 0.35..0.7, these lose nothing and leave fewest in doubt.
_INSIDE = 0.42
_OUTSIDE = 0.58
#: A line this likely and this many words long is surely text.
_SURE = 0.85
_SURE_WORDS = 8
#: What the surest line of a page comes to as a rule. Where it does not, all bars are lowered with it,
#: at most to this share: cross-validated, precision did not fall on any set.
_CERTAIN = 0.9
_MOST_DOUBT = 0.3
#: How much the lines beside it under one parent say of a line: lists stand or fall together.
_NEIGHBOURS = 0.3
#: Fewer words than this are asked of the fall-backs.
_FEW = 25


def read_body(
    tree: html.HtmlElement,
    blocks: Sequence[Block],
    *,
    title: str = "",
    description: str = "",
    declared: str = "",
    learned: Learned | None = None,
) -> Body:
    """Return the article's text of a page.

    *declared* is JSON-LD's articleBody: one more opinion on each line (alone it loses
    paragraphs), and the text itself when the page shows none.
    """
    said = ask(tree, title=title, description=description, declared=declared)
    first, second = said.first, said.second
    places = shown(blocks)
    blocks = [blocks[i] for i in places]
    rows = describe(blocks, said)
    raw = dict(zip(rows, score(list(rows.values())), strict=True))
    chances = _smooth(blocks, raw)
    chosen = _choose(blocks, chances)
    if sum(len(words(blocks[i].text)) for i in chosen) < _FEW and first:
        known = Known(first)
        chosen = [i for i, block in enumerate(blocks) if known.support(words(block.text)) >= 0.5]
    body = settle(blocks, chosen, chances, title, learned)
    confidence = _dice(first, second)
    if len(body.text) < 200 and len(declared) > 2 * len(body.text):
        lines = tuple(line.strip() for line in declared.splitlines() if line.strip())
        return Body(
            lines=lines, text="\n\n".join(lines), captions=(), confidence=confidence, chosen=()
        )
    return Body(
        lines=body.lines,
        text=body.text,
        captions=body.captions,
        confidence=confidence,
        chosen=tuple(places[i] for i in body.chosen),
        removed=body.removed,
    )


def ask(
    tree: html.HtmlElement, *, title: str = "", description: str = "", declared: str = ""
) -> Opinions:
    """Return what the extractors make of *tree* without its lists of links, with the page's word."""
    lean = _lean(tree)
    return Opinions(
        first=ask_trafilatura(lean),
        second=ask_readability(lean),
        declared=declared,
        title=title,
        description=description,
    )


def shown(blocks: Sequence[Block]) -> list[int]:
    """Return the indexes of the lines that are weighed: those in no list of links."""
    return [i for i, block in enumerate(blocks) if not block.marks.get("links")]


def read_given(
    blocks: Sequence[Block],
    given: Sequence[int],
    *,
    title: str = "",
    learned: Learned | None = None,
) -> Body:
    """Return the text of the lines *given* (indexes) that a person pointed at, less chrome."""
    chosen = [
        i
        for i in given
        if not blocks[i].marks.get("hidden") and blocks[i].linked < 0.8 * len(blocks[i].text)
    ]
    return settle(blocks, chosen, {}, title, learned)


def ask_trafilatura(tree: html.HtmlElement) -> str:
    """Return trafilatura's opinion of the body; "" when it has none."""
    # deduplicate stays off: it keeps state in the process, the same page would read differently.
    document = trafilatura.bare_extraction(tree, include_comments=False, deduplicate=False)
    return document.text or "" if document is not None and not isinstance(document, dict) else ""


def ask_readability(tree: html.HtmlElement) -> str:
    """Return readability's opinion of the body; "" when it has none."""
    try:
        summary = Document(deepcopy(tree)).summary(html_partial=True)
        found = html.fragment_fromstring(summary, create_parent="div")
    except (ValueError, etree.LxmlError, AssertionError):
        # Its Unparseable is a ValueError and wraps whatever broke inside.
        return ""
    return "\n".join(str(piece).strip() for piece in found.itertext() if str(piece).strip())


def _lean(tree: html.HtmlElement) -> html.HtmlElement:
    """Return a copy without what no reader sees: each extractor copies and cleans it again."""
    lean = deepcopy(tree)
    etree.strip_elements(lean, "script", "style", "svg", with_tail=False)
    return without_lists(lean)


def _smooth(blocks: Sequence[Block], chances: dict[int, float]) -> dict[int, float]:
    """Return the chances pulled towards those of the two lines on either side, if siblings."""
    smoothed = {}
    for i, chance in chances.items():
        weight = 1.0 + len(blocks[i].text) ** 0.5
        total, norm = weight * (1 - _NEIGHBOURS) * chance, weight * (1 - _NEIGHBOURS)
        for offset in (-2, -1, 1, 2):
            other = i + offset
            if other in chances and blocks[other].path[:-1] == blocks[i].path[:-1]:
                share = _NEIGHBOURS * (1.0 + len(blocks[other].text) ** 0.5) / abs(offset) / 2
                total += share * chances[other]
                norm += share
        smoothed[i] = total / norm
    return smoothed


def _choose(blocks: Sequence[Block], chances: dict[int, float]) -> list[int]:
    """Return the lines likely enough for where they stand."""
    long = {i: c for i, c in chances.items() if len(words(blocks[i].text)) >= _SURE_WORDS}
    # Where a site's making leaves every line in doubt, they are compared with the surest of them.
    doubt = max(_MOST_DOUBT, min(1.0, max(long.values(), default=1.0) / _CERTAIN))
    sure = [i for i, chance in long.items() if chance > _SURE * doubt]
    first, last = (sure[0], sure[-1]) if sure else (0, -1)
    return [
        i
        for i, chance in chances.items()
        if chance > doubt * (_INSIDE if first < i < last else _OUTSIDE)
    ]


def _dice(first: str, second: str) -> float | None:
    one, two = grams(words(first)), grams(words(second))
    if not one or not two:
        return None
    return round(2 * (one & two).total() / (one.total() + two.total()), 3)
