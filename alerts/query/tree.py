"""The nodes a query consists of. Pure, frozen; equal queries have equal trees."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


def _place() -> int:
    """A node's offset in the text it was read from; no part of what it means."""
    return field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase; `*` and `?` inside a word are wildcards."""

    text: str
    #: "=": this very form, with this very case, accents and script.
    exact: bool = False
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression (RE2) over the original text."""

    source: str
    ignore_case: bool = False
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Group:
    """A named group of terms, `$name`; resolved before matching."""

    name: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Field:
    """*child* within title, lead or body."""

    name: str
    child: Node
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Meta:
    """A fact about the article: source, lang or agency equals *value*."""

    name: str
    value: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class DateRange:
    """Published from *since* (included) to *until* (left out), UTC; None is open."""

    since: date | None
    until: date | None
    at: int = _place()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """*child* occurs *count* times or more."""

    count: int
    child: Node
    at: int = _place()


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold."""

    parts: tuple[Node, ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Or:
    """One part or more holds."""

    parts: tuple[Node, ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Not:
    """*child* does not hold."""

    child: Node
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Near:
    """*left* and *right* with at most *distance* words between them."""

    distance: int
    left: Node
    right: Node
    #: ONEAR: left comes first.
    ordered: bool = False
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Same:
    """All parts within one sentence or one paragraph."""

    #: sentence, paragraph.
    unit: str
    parts: tuple[Node, ...]
    at: int = _place()


Node = Term | Pattern | Group | Field | Meta | DateRange | AtLeast | And | Or | Not | Near | Same


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly under *node*."""
    match node:
        case And(parts=parts) | Or(parts=parts) | Same(parts=parts):
            return parts
        case Not(child=child) | Field(child=child) | AtLeast(child=child):
            return (child,)
        case Near(left=left, right=right):
            return (left, right)
        case _:
            return ()
