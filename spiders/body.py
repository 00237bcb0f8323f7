"""Which lines of a page are the article's text: two extractors' opinions and our own. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import trafilatura
from lxml import html
from readability import Document  # type: ignore[import-untyped]  # it ships no types

from spiders.blocks import Block

_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W_]+")
_GRAM = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The chosen text."""

    text: str
    captions: tuple[str, ...]
    #: 0..1, Dice similarity of the two extractors' texts; None when one said nothing.
    confidence: float | None
    #: Indexes into the page's blocks of the lines chosen.
    chosen: tuple[int, ...]


def read_body(tree: html.HtmlElement, blocks: Sequence[Block]) -> Body:
    """Return the article's text of a page."""
    first, second = ask_trafilatura(tree), ask_readability(tree)
    return choose(blocks, first, second)


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
    except Exception:  # noqa: BLE001 - readability wraps anything, bugs included, in Unparseable
        return ""
    return "\n".join(str(piece).strip() for piece in found.itertext() if str(piece).strip())


def choose(blocks: Sequence[Block], first: str, second: str) -> Body:
    one, two = _grams(first), _grams(second)
    chosen = [i for i, block in enumerate(blocks) if _support(block.text, one) >= 0.5]
    while chosen and _support(blocks[chosen[0]].text, two) < 0.5:
        chosen.pop(0)
    while chosen and _support(blocks[chosen[-1]].text, two) < 0.5:
        chosen.pop()
    total = sum(one.values()) + sum(two.values())
    confidence = 2 * sum((one & two).values()) / total if one and two else None
    return Body(
        text="\n\n".join(blocks[i].text for i in chosen),
        captions=(),
        confidence=confidence,
        chosen=tuple(chosen),
    )


def _grams(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return Counter(zip(*(words[i:] for i in range(_GRAM)), strict=False))


def _support(line: str, grams: Counter[tuple[str, ...]]) -> float:
    own = _grams(line)
    if not own:
        return 0.0
    return sum((own & grams).values()) / sum(own.values())
