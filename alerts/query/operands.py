"""What may stand inside NEAR, SAMESENT, atleast and a field. Pure."""

from __future__ import annotations

from alerts.query.errors import QueryError
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
    children,
)


def check_operands(node: Node, outer: str | None = None) -> None:
    """Refuse operands that have no single place in a text, and fields within fields.

    Raises:
        QueryError: at the operand.
    """
    match node:
        case Near(left=left, right=right, ordered=ordered):
            for side in (left, right):
                _check_places(side, "ONEAR" if ordered else "NEAR")
        case Same(parts=parts):
            for part in parts:
                _check_places(part, name_of(node))
        case AtLeast(child=child):
            _check_places(child, "atleast")
        case Field(name=name) if outer is not None:
            raise QueryError(f"{name}: cannot stand inside {outer}:(...)", node.at)
        case Meta() | DateRange() if outer is not None:
            raise QueryError(f"{name_of(node)} cannot stand inside {outer}:(...)", node.at)
        case _:
            pass
    for child in children(node):
        check_operands(child, node.name if isinstance(node, Field) else outer)


def _check_places(node: Node, operator: str) -> None:
    match node:
        case Term() | Group() | Near():
            return
        case Or(parts=parts):
            for part in parts:
                _check_places(part, operator)
        case _:
            raise QueryError(
                f"{operator} takes terms, phrases, groups, NEAR and OR of these; "
                f"not {name_of(node)}",
                node.at,
            )


def name_of(node: Node) -> str:
    """Return the word by which a query calls *node*."""
    match node:
        case Field(name=name) | Meta(name=name):
            return f"{name}:"
        case Same(unit=unit):
            return "SAMESENT" if unit == "sentence" else "SAMEPARA"
        case AtLeast():
            return "atleast"
        case Pattern():
            return "a pattern re:/.../"
        case And() | Not():
            return type(node).__name__.upper()
        case DateRange():
            return "date:"
        case _:
            return type(node).__name__
