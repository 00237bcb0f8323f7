"""Finds queries that would ring for everything, or never. Pure."""

from __future__ import annotations

from alerts.query.errors import QueryError
from alerts.query.printer import canonical
from alerts.query.tree import (
    And,
    AtLeast,
    DateRange,
    Field,
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

# Words that stand in nearly every article; alone they select nothing.
_COMMON_TEXT = (
    "a an the of to in on at for and or not is are was were be been as by with from it its this "
    "that he she they we i you his her their our will would can has have had more than but who "
    "le la les l un une des du de d et en au aux est sont dans pour par sur que qui il elle on "
    "el los las un una y es der die das und ist ein eine zu den von mit "
    "的 了 是 在 和 与 有 为 中 一 不 上 年 月 日 个 人 大 国 の に は を た が で て と し れ さ も "
    "이 그 저 것 수 등 및 을 를 의 에 는 은 가"
)
_COMMON = frozenset(_COMMON_TEXT.split())
_NO_EVIDENCE = (
    "this can hold without a single one of its terms, so it would match nearly every article; "
    "say what must occur, and use NOT only beside it"
)


def problems(node: Node) -> list[QueryError]:
    """Return what makes the query *node* useless, each with its place; empty when it is sound."""
    found: list[QueryError] = []
    unbound = _unbound(node)
    if unbound is not None:
        found.append(QueryError(_NO_EVIDENCE, unbound.at))
    common = _common(node)
    if common is not None:
        found.append(
            QueryError(
                f'"{common.text}" alone stands in nearly every article; '
                "make it part of a phrase or join it with AND",
                common.at,
            )
        )
    never = _never(node, frozenset())
    if never is not None:
        found.append(QueryError(f"this can never hold: {never[1]}", never[0].at))
    return found


def _unbound(node: Node) -> Node | None:
    """Return the part by which *node* may hold with no term found, or None."""
    match node:
        case Term() | Pattern() | Near() | Same() | AtLeast():
            return None
        case Meta(name=name):
            # "Everything of this source" is a wish people have; "everything in Chinese" is not.
            return None if name in ("source", "agency") else node
        case Field(child=child):
            return _unbound(child)
        case And(parts=parts):
            every = [_unbound(part) for part in parts]
            return every[0] if all(part is not None for part in every) else None
        case Or(parts=parts):
            return next((loose for part in parts if (loose := _unbound(part))), None)
        case _:
            return node


def _common(node: Node) -> Term | None:
    """Return the common word that alone can make *node* hold, or None."""
    match node:
        case Term(text=text):
            single = len(text) == 1 and text.isascii()
            return node if single or text.lower() in _COMMON else None
        case Or(parts=parts):
            return next((found for part in parts if (found := _common(part))), None)
        case And(parts=parts):
            bound = [part for part in parts if _unbound(part) is None]
            each = [_common(part) for part in bound]
            return each[0] if each and all(each) else None
        case Field(child=child) | AtLeast(child=child):
            return _common(child)
        case _:
            return None


_Terms = frozenset[Node]


def _never(node: Node, banned: _Terms) -> tuple[Node, str] | None:
    """Return the part of *node* that cannot hold when none of *banned* may occur, and why."""
    match node:
        case Term() | Pattern() | Meta():
            if node in banned:
                return node, f"{canonical(node)} is also excluded"
            return None
        case And(parts=parts):
            clash = _clash(parts)
            if clash:
                return clash
            for part in parts:
                if isinstance(part, Not):
                    banned |= _excluded(part.child)
            found = (_never(part, banned) for part in parts if not isinstance(part, Not))
            return next((reason for reason in found if reason), None)
        case Or(parts=parts):
            reasons = [_never(part, banned) for part in parts]
            return reasons[0] if all(reasons) else None
        case Near() | Same():
            found = (_never(part, banned) for part in children(node))
            return next((reason for reason in found if reason), None)
        case Field(child=child) | AtLeast(child=child):
            return _never(child, banned)
        case _:
            return None


def _excluded(node: Node) -> _Terms:
    """Return the terms none of which may occur when *node* must not hold."""
    match node:
        case Or(parts=parts):
            return frozenset(term for part in parts for term in _excluded(part))
        case Term() | Pattern() | Meta():
            return frozenset({node})
        case _:
            return frozenset()


def _clash(parts: tuple[Node, ...]) -> tuple[Node, str] | None:
    """Return a fact among *parts* that another one rules out, and why."""
    ranges = [part for part in parts if isinstance(part, DateRange)]
    for one in ranges:
        for two in ranges:
            if one.until and two.since and one.until <= two.since:
                return two, "the dates exclude one another"
    for name in ("lang", "source"):
        values = [part for part in parts if isinstance(part, Meta) and part.name == name]
        for one_fact in values:
            for two_fact in values:
                if _disjoint(name, one_fact.value, two_fact.value):
                    return two_fact, f"{name}: cannot be two things at once; use OR"
    return None


def _disjoint(name: str, one: str, two: str) -> bool:
    if name == "lang":
        return one.split("-")[0] != two.split("-")[0]
    # Hosts and wildcards may overlap with names.
    return one != two and not any(char in one + two for char in ".*?[")
