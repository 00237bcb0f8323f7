"""Prints a tree as a query in canonical form: reading it back gives the same tree. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from alerts.query.tree import (
    And,
    AtLeast,
    DateRange,
    Field,
    Group,
    Meta,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Same,
    Term,
)

# What may stand without quotes; everything else is quoted, so that no word is an operator.
_BARE = re.compile(r"\w[\w*?.&/’'‑-]*\*?$|\*\w[\w-]*$")
_RESERVED = re.compile(r"(?i:and|or|not|o?near(/.*)?|samesent|samepara)$|atleast\d*$")
_OR, _AND, _NOT, _NEAR, _ATOM = range(5)


def canonical(node: Node) -> str:
    """Return the query *node* in canonical form."""
    return _print(node, _OR)


def _print(node: Node, level: int) -> str:
    own, text = _plain(node)
    return f"({text})" if own < level else text


def _plain(node: Node) -> tuple[int, str]:
    match node:
        case Term(text=text, exact=exact):
            return _ATOM, ("=" if exact else "") + quoted(text)
        case Pattern(source=source, ignore_case=ignore):
            return _ATOM, f"re:/{source}/" + ("i" if ignore else "")
        case Group(name=name):
            return _ATOM, f"${name}"
        case Field(name=name, child=child):
            return _ATOM, f"{name}:{_print(child, _ATOM)}"
        case Meta(name=name, value=value):
            return _ATOM, f"{name}:{quoted(value)}"
        case DateRange(since=since, until=until):
            return _ATOM, f"date:{_dates(since, until)}"
        case AtLeast(count=count, child=child):
            return _ATOM, f"atleast{count}({_print(child, _OR)})"
        case Or(parts=parts):
            return _OR, " OR ".join(_print(part, _AND) for part in parts)
        case And(parts=parts):
            return _AND, " AND ".join(_print(part, _NOT) for part in parts)
        case Not(child=child):
            return _NOT, f"NOT {_print(child, _NOT)}"
        case Same(unit=unit, parts=parts):
            word = " SAMESENT " if unit == "sentence" else " SAMEPARA "
            return _NEAR, word.join(_print(part, _ATOM) for part in parts)
        case Near(distance=distance, left=left, right=right, ordered=ordered):
            word = "ONEAR" if ordered else "NEAR"
            first = _print(left, _NEAR if isinstance(left, Near) else _ATOM)
            return _NEAR, f"{first} {word}/{distance} {_print(right, _ATOM)}"


def quoted(text: str) -> str:
    """Return *text* as a term or value is written: bare where possible, else in quotes."""
    if _BARE.match(text) and not _RESERVED.match(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _dates(since: date | None, until: date | None) -> str:
    if until is None:
        return f">={since}"
    if since is None:
        return f"<{until}"
    last = until - timedelta(days=1)
    return f"{since}" if since == last else f"{since}..{last}"
