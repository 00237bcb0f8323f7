"""Which lines of a page are the article's text: two extractors asked, every line weighed. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import trafilatura
from lxml import etree, html
from readability import Document

from spiders.blocks import Block
from spiders.chrome import is_caption, is_chrome, is_edge_chrome
from spiders.features import Known, Opinions, describe, grams, words
from spiders.learned import Learned
from spiders.linklists import without_lists
from spiders.scoring import score

#: A line is text from here on: a lower bar between two lines that surely are, a higher one outside,
#: where chrome stands. Cross-validated over 0.35..0.7, these lose nothing and leave fewest in doubt.
_INSIDE = 0.42
_OUTSIDE = 0.58
#: A line this likely and this many words long is surely text.
_SURE = 0.85
_SURE_WORDS = 8
#: How much the lines beside it under one parent say of a line: lists stand or fall together.
_NEIGHBOURS = 0.3
#: Share of a text that the memory of recurring lines may take out.
_MOST_LEARNED = 0.5
#: Fewer words than this are asked of the fall-backs.
_FEW = 25


# An ellipsis ends a headline cut short more often than a sentence.
_ENDED = re.compile(r"[.!?。！？;；][\"'”’»」』）)\]]*$")
_LONG = 60
_STRUCTURE = frozenset({"li", "row", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "pre"})
#: A community's or a machine's summary above the text: it speaks of the article as another's.
_ABSTRACT = re.compile(
    r"(?:the|this)\s+(?:article|post|essay|piece|report|story)\s+\w+s\b|(?:本文|这篇文章)",
    re.IGNORECASE,
)
_STUB = re.compile(r"[㐀-鿿]{1,3}|[A-Za-z]{1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The chosen text."""

    #: In order; list items and table rows are lines of their own.
    lines: tuple[str, ...]
    text: str
    captions: tuple[str, ...]
    #: 0..1, Dice similarity of the two extractors' texts; None when one said nothing.
    confidence: float | None
    #: Indexes into the page's blocks of the lines chosen; empty when a fall-back spoke.
    chosen: tuple[int, ...]
    #: Lines taken out again, with why: chrome, learned, repeated.
    removed: tuple[tuple[str, str], ...] = ()


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
    body = _settle(blocks, chosen, chances, title, learned)
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
    return _settle(blocks, chosen, {}, title, learned)


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
    sure = [
        i
        for i, chance in chances.items()
        if chance > _SURE and len(words(blocks[i].text)) >= _SURE_WORDS
    ]
    first, last = (sure[0], sure[-1]) if sure else (0, -1)
    return [
        i for i, chance in chances.items() if chance > (_INSIDE if first < i < last else _OUTSIDE)
    ]


def _settle(
    blocks: Sequence[Block],
    chosen: Sequence[int],
    chances: dict[int, float],
    title: str,
    learned: Learned | None,
) -> Body:
    """Return the chosen lines without what is certainly not text, joined."""
    kept: list[int] = []
    captions: dict[str, None] = {}
    removed: list[tuple[str, str]] = []
    best: dict[str, int] = {}
    # What scripts reveal later (a whole body) is text; a line hidden among visible ones is not.
    veiled = [i for i in chosen if blocks[i].marks.get("hidden")]
    if len(veiled) < len(chosen) / 2:
        removed += [(blocks[i].text, "hidden") for i in veiled]
        chosen = [i for i in chosen if not blocks[i].marks.get("hidden")]
    for i in chosen:
        text = blocks[i].text
        if text not in best or chances.get(i, 0) > chances.get(best[text], 0):
            best[text] = i
    if learned is not None:
        lost = sum(len(blocks[i].text) for i in chosen if learned.recurs(blocks[i].text))
        if lost > _MOST_LEARNED * sum(len(blocks[i].text) for i in chosen):
            # A text that comes back under other titles, not chrome.
            learned = None
    for i in chosen:
        block = blocks[i]
        if block.tag == "figcaption" or is_caption(block.text):
            captions[block.text] = None
        elif learned is not None and learned.recurs(block.text):
            removed.append((block.text, "learned"))
        elif is_chrome(block.text):
            removed.append((block.text, "chrome"))
        elif len(block.text) > 60 and best[block.text] != i:
            removed.append((block.text, "repeated"))
        elif not kept and (block.tag == "h1" or block.text == title):
            removed.append((block.text, "title"))
        elif not kept and block.marks.get("lead") and _ABSTRACT.match(block.text):
            removed.append((block.text, "summary"))
        else:
            kept.append(i)
    homes = {
        blocks[i].path[:-1]
        for i in kept
        if len(blocks[i].text) >= _LONG and _ENDED.search(blocks[i].text)
    }
    # Inside the text too: such lines come and go with the chrome round them.
    strays = {i for i in kept if blocks[i].tag not in _STRUCTURE and _is_stray(blocks[i], homes)}
    removed += [(blocks[i].text, "stray") for i in kept if i in strays]
    kept = [i for i in kept if i not in strays]
    while kept and (_is_edge(blocks[kept[-1]]) or _is_stray(blocks[kept[-1]], homes)):
        removed.append((blocks[kept.pop()].text, "chrome"))
    while kept and _is_edge(blocks[kept[0]]):
        removed.append((blocks[kept.pop(0)].text, "chrome"))
    if kept:
        for block in blocks[max(0, kept[0] - 8) : kept[-1] + 4]:
            if block.tag == "figcaption" and 10 < len(block.text) < 600:
                captions.setdefault(block.text)
    return Body(
        lines=tuple(blocks[i].text for i in kept),
        text=_join(blocks, kept),
        captions=tuple(captions),
        confidence=None,
        chosen=tuple(kept),
        removed=tuple(removed),
    )


def _is_edge(block: Block) -> bool:
    """Say whether a first or last line is none of the text: all link and no sentence, or chrome."""
    linked = block.linked >= 0.7 * len(block.text) and not _ENDED.search(block.text)
    # A lone name or place after the last sentence: a video's caption list, an editor.
    stub = block.tag != "row" and _STUB.fullmatch(block.text) is not None
    return linked or stub or is_edge_chrome(block.text)


def _is_stray(block: Block, homes: set[tuple[int, ...]]) -> bool:
    """Say whether a last line is a headline of a list below the text, not its last words.

    It ends no sentence and stands where no sentence of the text stands; a signature or a date
    under a document stands with its paragraphs.
    """
    own = block.path[:-1]
    at_home = any(own[: len(home)] == home for home in homes)
    return bool(homes) and not at_home and not _ENDED.search(block.text) and len(block.text) < 90


def _join(blocks: Sequence[Block], kept: Sequence[int]) -> str:
    """Return the lines as paragraphs; the items of one list, the rows of one table stay together."""
    text = ""
    before: Block | None = None
    for i in kept:
        block = blocks[i]
        together = (
            before is not None
            and block.tag == before.tag
            and block.tag in ("li", "row")
            and block.path[:-1] == before.path[:-1]
        )
        text += block.text if before is None else ("\n" if together else "\n\n") + block.text
        before = block
    return text


def _dice(first: str, second: str) -> float | None:
    one, two = grams(words(first)), grams(words(second))
    if not one or not two:
        return None
    return round(2 * (one & two).total() / (one.total() + two.total()), 3)
