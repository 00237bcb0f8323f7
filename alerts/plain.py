"""The terminal's view of a Slack message: the same blocks as text, so that the two cannot differ. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_MARKS = {"bold": "*", "strike": "~", "italic": "_", "code": "`"}


def plain(blocks: Iterable[Mapping[str, Any]]) -> str:
    """Return *blocks* as lines of text, in the marks a Slack user types: *bold*, ~struck out~.

    Blocks are already clean of control characters (alerts/blocks.py), so the text is safe on a
    terminal.
    """
    lines: list[str] = []
    for block in blocks:
        kind = block.get("type")
        if kind == "header":
            lines.append(f"*{block['text']['text']}*")
        elif kind == "context":
            lines += [e["text"] for e in block["elements"] if e["text"].strip()]
        elif kind == "actions":
            lines += [f"[{e['text']['text']}] {e['url']}" for e in block["elements"]]
        elif kind == "rich_text":
            for element in block["elements"]:
                lines += _rich(element)
    return "\n".join(line.rstrip() for line in lines)


def _rich(element: Mapping[str, Any]) -> list[str]:
    kind = element.get("type")
    if kind == "rich_text_list":
        items = (_inline(item["elements"]).split("\n") for item in element["elements"])
        return [
            line for first, *rest in items for line in (f"• {first}", *(f"  {r}" for r in rest))
        ]
    lines = _inline(element["elements"]).split("\n")
    # A section ends in a break that only parts it from the next one.
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return [f"> {line}" for line in lines] if kind == "rich_text_quote" else lines


def _inline(elements: Sequence[Mapping[str, Any]]) -> str:
    return "".join(_run(element) for element in elements)


def _run(element: Mapping[str, Any]) -> str:
    text = str(element.get("text", ""))
    if element.get("type") == "link":
        return f"{text} <{element['url']}>"
    # Marks hug the word: "* word*" would not be bold in Slack either.
    inner = text.strip()
    if not inner:
        return text
    marks = "".join(_MARKS[s] for s in element.get("style", ()) if s in _MARKS)
    lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{lead}{marks}{inner}{marks[::-1]}{tail}"
