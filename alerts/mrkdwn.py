"""Slack's own markup: escaping for the few fields that Slack always parses. Pure.

Only the fallback text needs it. Everything else we show is `plain_text` or `rich_text`, whose
content Slack does not parse, so `*`, `_`, `~`, backticks and `:emoji:` (which mrkdwn cannot
escape) stay what the publisher wrote.
"""

from __future__ import annotations

from alerts.cleaning import ELLIPSIS, clean

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_TABLE = str.maketrans(_ESCAPES)


def escape(text: str) -> str:
    """Return *text* with Slack's three control characters escaped, and nothing else.

    Source: Slack, "Formatting text for app surfaces": replace `&`, `<` and `>` only.
    """
    return text.translate(_TABLE)


def fallback(text: str, limit: int) -> str:
    """Return *text* cleaned and escaped, at most *limit* characters after escaping.

    Cutting happens before escaping, by the grown length, so that no entity is ever cut.
    """
    shown = clean(text, limit)
    escaped = escape(shown)
    if len(escaped) <= limit:
        return escaped
    room = limit - len(ELLIPSIS)
    kept: list[str] = []
    for character in shown:
        piece = _ESCAPES.get(character, character)
        if len(piece) > room:
            break
        room -= len(piece)
        kept.append(piece)
    return "".join(kept) + ELLIPSIS
