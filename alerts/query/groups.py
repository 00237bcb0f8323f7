"""Puts the named groups of a file ($nev = ...) in the place of their names. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.query.errors import QueryError
from alerts.query.operands import check_operands
from alerts.query.parser import parse
from alerts.query.tree import And, AtLeast, Field, Group, Near, Node, Not, Or, Same, children

#: Nodes of a query after its groups are put in; groups of groups can grow without bound.
MAX_NODES = 50_000


class Groups:
    """Named pieces of queries, each read once; a group may use others."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._read: dict[str, Node] = {}
        self._sizes: dict[str, int] = {}
        self._open: list[str] = []

    def resolve(self, node: Node) -> Node:
        """Return *node* with every group put in its place.

        Raises:
            QueryError: at the name of a group that is unknown, wrong, refers to itself, or too big.
        """
        if not _uses_groups(node):
            return node
        self._size(node)
        resolved = self._put(node)
        check_operands(resolved)
        return resolved

    def read(self, name: str, at: int = 0) -> Node:
        """Return the group *name*, resolved."""
        if name in self._read:
            return self._read[name]
        if name not in self._texts:
            known = ", ".join(f"${known}" for known in sorted(self._texts)[:20]) or "none"
            raise QueryError(f"unknown group ${name}; known: {known}", at)
        if name in self._open:
            circle = " -> ".join(f"${one}" for one in [*self._open, name])
            raise QueryError(f"a group cannot hold itself: {circle}", at)
        self._open.append(name)
        try:
            node = parse(self._texts[name])
            self._sizes[name] = self._size(node)
            self._read[name] = self._put(node)
            check_operands(self._read[name])
        except QueryError as error:
            raise QueryError(f"in ${name}: {error.message}", at) from None
        finally:
            self._open.pop()
        return self._read[name]

    def _size(self, node: Node) -> int:
        """Return the number of nodes *node* will have."""
        total = 0
        pending = [node]
        while pending:
            here = pending.pop()
            if isinstance(here, Group):
                self.read(here.name, here.at)
                total += self._sizes[here.name]
            else:
                total += 1
                pending.extend(children(here))
            if total > MAX_NODES:
                raise QueryError(f"more than {MAX_NODES:,} terms with all groups put in", here.at)
        return total

    def _put(self, node: Node) -> Node:
        match node:
            case Group(name=name, at=at):
                return self.read(name, at)
            case And(parts=parts, at=at):
                return And(flat(And, tuple(self._put(part) for part in parts)), at)
            case Or(parts=parts, at=at):
                return Or(flat(Or, tuple(self._put(part) for part in parts)), at)
            case Same(unit=unit, parts=parts, at=at):
                return Same(unit, tuple(self._put(part) for part in parts), at)
            case Not(child=child, at=at):
                return Not(self._put(child), at)
            case Field(name=name, child=child, at=at):
                return Field(name, self._put(child), at)
            case AtLeast(count=count, child=child, at=at):
                return AtLeast(count, self._put(child), at)
            case Near(distance=distance, left=left, right=right, ordered=ordered, at=at):
                return Near(distance, self._put(left), self._put(right), ordered, at)
            case _:
                return node


def flat(kind: type[And | Or], parts: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return *parts* with those of the same *kind* replaced by their own parts."""
    return tuple(
        inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))
    )


def _uses_groups(node: Node) -> bool:
    pending = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, Group):
            return True
        pending.extend(children(here))
    return False
