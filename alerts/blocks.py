"""Block Kit pieces that keep Slack's limits for any input. Pure.

Limits from slack-sdk 3.47's model constants; plain dict blocks are not checked by the SDK, so
they are kept here and proven by property tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from alerts.cleaning import clean, link, runs

Block = dict[str, Any]

HEADER_MAX = 150
CONTEXT_MAX = 10
#: Of one context element; Slack allows more, nobody reads more.
CONTEXT_TEXT_MAX = 600
BUTTON_MAX = 75
BLOCKS_MAX = 50
#: Slack refuses (`msg_blocks_too_long`) at about 13,200 characters over all blocks, a limit it
#: does not document (slackapi/bolt-js issue 2509).
TOTAL_MAX = 10_000

UNTITLED = "(untitled)"

#: A new line inside a paragraph or a list's item.
BREAK: Block = {"type": "text", "text": "\n"}


def header(text: str) -> Block:
    """Return the headline block. `plain_text` without emoji: Slack parses nothing in it."""
    return {"type": "header", "text": _plain(clean(text, HEADER_MAX) or UNTITLED)}


def context(*texts: str) -> Block:
    """Return one small grey line for each of *texts*; empty ones are left out."""
    shown = [clean(text, CONTEXT_TEXT_MAX) for text in texts]
    return {
        "type": "context",
        "elements": [_plain(text) for text in shown if text][:CONTEXT_MAX] or [_plain(" ")],
    }


def words(text: str, *styles: str) -> Block:
    """Return a run of text for `rich`; *styles* are bold, italic, strike, code."""
    element: Block = {"type": "text", "text": runs(text) or " "}
    if styles:
        element["style"] = dict.fromkeys(styles, True)
    return element


def anchor(url: str | None, text: str) -> Block:
    """Return *text* as a link for `rich`, or as plain words when *url* must not be one."""
    safe = link(url)
    if safe is None:
        return words(text)
    return {"type": "link", "url": safe, "text": runs(text) or safe}


def rich(paragraphs: Iterable[Sequence[Block]]) -> Block:
    """Return paragraphs of `words` and `anchor`; Slack parses nothing inside them."""
    sections = [
        {"type": "rich_text_section", "elements": list(elements)}
        for elements in _apart(paragraphs)
        if elements
    ]
    return {
        "type": "rich_text",
        "elements": sections or [{"type": "rich_text_section", "elements": [words(" ")]}],
    }


def quoted(paragraphs: Iterable[Sequence[Block]]) -> Block:
    """Return paragraphs with a bar at their left: what the publisher wrote."""
    joined: list[Block] = []
    for elements in paragraphs:
        if joined and elements:
            joined.append(BREAK)
        joined += elements
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": joined or [words(" ")]}],
    }


def listed(items: Iterable[Sequence[Block]]) -> Block:
    """Return a bullet list of `words` and `anchor` runs."""
    sections = [{"type": "rich_text_section", "elements": list(item)} for item in items if item]
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_list", "style": "bullet", "elements": sections}],
    }


def buttons(links: Iterable[tuple[str, str | None]]) -> Block | None:
    """Return link buttons for (label, url), or None when no URL may be linked."""
    made = [
        {
            "type": "button",
            "action_id": f"open_{number}",
            "text": _plain(clean(label, BUTTON_MAX) or "Open"),
            "url": safe,
        }
        for number, (label, url) in enumerate(links)
        if (safe := link(url)) is not None
    ]
    return {"type": "actions", "elements": made[:5]} if made else None


def size(value: object) -> int:
    """Return the characters of every string in *value*: what counts against the total."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(size(each) for each in value.values())
    if isinstance(value, list | tuple):
        return sum(size(each) for each in value)
    return 0


def fit(blocks: Iterable[Block | None], limit: int = TOTAL_MAX) -> tuple[Block, ...]:
    """Return *blocks* without the ones that would pass the total or the number allowed.

    The first comes first: a caller puts what matters on top.
    """
    kept: list[Block] = []
    room = limit
    for block in blocks:
        if block is None or (needed := size(block)) > room or len(kept) == BLOCKS_MAX:
            continue
        room -= needed
        kept.append(block)
    return tuple(kept)


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _apart(paragraphs: Iterable[Sequence[Block]]) -> Iterable[list[Block]]:
    """Sections follow each other without a break in Slack: end each but the last with one."""
    filled = [list(elements) for elements in paragraphs if elements]
    for elements in filled[:-1]:
        yield [*elements, BREAK]
    yield from filled[-1:]
