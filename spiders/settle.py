"""The chosen lines of a page without what is certainly no text: chrome, captions, repeats. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from spiders.blocks import Block
from spiders.chrome import (
    is_button,
    is_caption,
    is_chrome,
    is_edge_chrome,
    is_pointer,
    without_tail,
)
from spiders.learned import Learned

#: Share of a text that the memory of recurring lines may take out.
_MOST_LEARNED = 0.5
# An ellipsis ends a headline cut short more often than a sentence.
_ENDED = re.compile(r"[.!?。！？;；][\"'”’»」』）)\]]*$")
_LONG = 60
_STRUCTURE = frozenset({"li", "row", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "pre"})
#: A community's or a machine's summary above the text: it speaks of the article as another's.
_ABSTRACT = re.compile(
    r"(?:the|this)\s+(?:article|post|essay|piece|report|story)\s+\w+s\b|(?:本文|这篇文章)",
    re.IGNORECASE,
)
#: Names that sites give the line under a picture.
_CAPTIONED = re.compile(
    r"\bimg[-_]?(?:desc|descr|title|text|note)\b|(?:^|[\s_-])(?:fig)?caption(?:[\s_-]|$)|wp-caption-text|"
    r"(?:photo|image|pic|picture)[-_]?(?:credit|desc|descr|info|text|note)\b",
    re.IGNORECASE,
)
#: What sites print before a headline that they repeat.
_LABEL = re.compile(r"^(?:原创|独家|转载|图集|视频)\s?")
#: A site's name behind a headline.
_SITE = re.compile(r"\s?[_|–—-].{1,30}$")
_SHORTEST_TITLE = 10
#: Two headlines of one article, of the page and of its video, share so much of their letters.
_REWORDED = 0.8
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


def settle(
    blocks: Sequence[Block],
    chosen: Sequence[int],
    chances: dict[int, float],
    title: str,
    learned: Learned | None,
) -> Body:
    """Return the chosen lines without what is certainly not text, joined.

    *chances* says which of a line printed twice stays.
    """
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
        if block.tag == "figcaption" or _CAPTIONED.search(block.name) or is_caption(block.text):
            captions[block.text] = None
        elif learned is not None and learned.recurs(block.text):
            removed.append((block.text, "learned"))
        elif is_chrome(block.text) or _is_pointer(block):
            removed.append((block.text, "chrome"))
        elif len(block.text) > 60 and best[block.text] != i:
            removed.append((block.text, "repeated"))
        elif not kept and (block.tag == "h1" or _is_title(block.text, title)):
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
    while kept and (_is_edge(blocks[kept[0]]) or _is_title(blocks[kept[0]].text, title)):
        removed.append((blocks[kept.pop(0)].text, "chrome"))
    if kept:
        for block in blocks[max(0, kept[0] - 8) : kept[-1] + 4]:
            if block.tag == "figcaption" and 10 < len(block.text) < 600:
                captions.setdefault(block.text)
    lines = [blocks[i].text for i in kept]
    if lines:
        lines[-1] = without_tail(lines[-1])
    return Body(
        lines=tuple(lines),
        text=_join(blocks, kept, lines),
        captions=tuple(captions),
        confidence=None,
        chosen=tuple(kept),
        removed=tuple(removed),
    )


def _is_pointer(block: Block) -> bool:
    """Say whether a line points elsewhere; items and headings of a list of links are its text."""
    listed = block.tag in _STRUCTURE or block.inside == "li"
    return is_pointer(block.text, linked=block.linked) or (
        not listed and is_button(block.text, linked=block.linked)
    )


def _is_title(text: str, title: str) -> bool:
    """Say whether the first line *text* is the title again: without section or site, or reworded."""
    text = _LABEL.sub("", text)
    if text == title:
        return True
    if len(text) < _SHORTEST_TITLE:
        return False
    if title.endswith(text) or (title.startswith(text) and _SITE.match(title[len(text) :])):
        return True
    near = len(text) < _LONG and not _ENDED.search(text)
    return near and SequenceMatcher(None, text, title, autojunk=False).ratio() >= _REWORDED


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


def _join(blocks: Sequence[Block], kept: Sequence[int], lines: Sequence[str]) -> str:
    """Return the lines as paragraphs; the items of one list, the rows of one table stay together."""
    text = ""
    before: Block | None = None
    for i, line in zip(kept, lines, strict=True):
        block = blocks[i]
        together = (
            before is not None
            and block.tag == before.tag
            and block.tag in ("li", "row")
            and block.path[:-1] == before.path[:-1]
        )
        text += line if before is None else ("\n" if together else "\n\n") + line
        before = block
    return text
