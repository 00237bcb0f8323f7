"""Reads a query: text in, tree out, or an error that points at the place. Pure.

Binding, from strong to weak: NEAR and SAMESENT, NOT, AND (also by mere juxtaposition), OR.
"""

from __future__ import annotations

from alerts.query.dates import date_range
from alerts.query.errors import QueryError
from alerts.query.lexer import Token, tokens
from alerts.query.operands import check_operands
from alerts.query.tree import (
    And,
    AtLeast,
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

#: Parentheses, NOTs and fields inside one another; nobody reads more, and Python's stack is finite.
MAX_DEPTH = 40
#: Terms in one query; a list of ten thousand company names is a real one.
MAX_TERMS = 20_000
#: NEAR after NEAR.
MAX_CHAIN = 6

PLACES = ("title", "lead", "body")
FACTS = ("source", "lang", "agency")
_UNITS = {"SAMESENT": "sentence", "SAMEPARA": "paragraph"}
_STARTS = frozenset({"word", "phrase", "pattern", "group", "field", "atleast", "("})


def parse(text: str) -> Node:
    """Return the tree of the query *text*; groups are left as `Group` nodes.

    Raises:
        QueryError: saying what was expected, and where.
    """
    node = _Parser(tokens(text)).whole()
    check_operands(node)
    return node


class _Parser:
    """A recursive descent over the tokens of one query."""

    def __init__(self, read: list[Token]) -> None:
        self._tokens = read
        self._next = 0
        self._depth = 0
        self._terms = 0

    def whole(self) -> Node:
        if self._here.kind == "end":
            raise QueryError("the query is empty: expected a term", 0)
        node = self._either()
        if self._here.kind == ")":
            raise QueryError("this parenthesis closes nothing", self._here.at)
        return node

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._here
        self._next += 1
        return token

    def _is_op(self, *names: str) -> bool:
        return self._here.kind == "op" and self._here.text in names

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"more than {MAX_DEPTH} levels inside one another", token.at)

    def _either(self) -> Node:
        at = self._here.at
        parts = [self._both()]
        while self._is_op("OR"):
            self._take()
            parts.append(self._both())
        return _joined(Or, parts, at)

    def _both(self) -> Node:
        at = self._here.at
        parts = [self._negation()]
        while self._is_op("AND", "NOT") or self._here.kind in _STARTS:
            if self._is_op("AND"):
                self._take()
            parts.append(self._negation())
        return _joined(And, parts, at)

    def _negation(self) -> Node:
        if not self._is_op("NOT"):
            return self._proximity()
        token = self._take()
        self._deeper(token)
        child = self._negation()
        self._depth -= 1
        return Not(child, token.at)

    def _proximity(self) -> Node:
        at = self._here.at
        node = self._atom()
        chain = 0
        while self._is_op("NEAR", "ONEAR", "SAMESENT", "SAMEPARA"):
            token = self._take()
            right = self._atom()
            if token.number is None:
                unit = _UNITS[token.text]
                if isinstance(node, Same) and node.unit == unit:
                    node = Same(unit, (*node.parts, right), at)
                else:
                    node = Same(unit, (node, right), at)
                continue
            chain += 1
            if chain > MAX_CHAIN:
                raise QueryError(f"more than {MAX_CHAIN} NEAR in a row", token.at)
            node = Near(token.number, node, right, token.text == "ONEAR", at)
        return node

    def _atom(self) -> Node:
        token = self._take()
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise QueryError(f"more than {MAX_TERMS:,} terms in one query", token.at)
        match token.kind:
            case "word" | "phrase":
                return Term(" ".join(token.text.split()), token.exact, token.at)
            case "pattern":
                return Pattern(token.text, not token.exact, token.at)
            case "group":
                return Group(token.text, token.at)
            case "(":
                return self._parenthesis(token)
            case "atleast":
                return AtLeast(token.number or 1, self._parenthesis(self._take()), token.at)
            case "field":
                return self._field(token)
        self._next -= 1
        raise QueryError(_expected(token), token.at)

    def _parenthesis(self, opening: Token) -> Node:
        self._deeper(opening)
        if self._here.kind == ")":
            raise QueryError("these parentheses are empty: expected a term", opening.at)
        node = self._either()
        if self._here.kind != ")":
            raise QueryError(
                "this parenthesis is not closed: expected )"
                if self._here.kind == "end"
                else f"expected ) or an operator before {self._here.text!r}",
                opening.at if self._here.kind == "end" else self._here.at,
            )
        self._take()
        self._depth -= 1
        return node

    def _field(self, token: Token) -> Node:
        name = token.text
        if name == "date":
            word = self._take()
            if word.kind not in ("word", "phrase"):
                raise QueryError(
                    "expected a date after date: such as 2024, 2024-05 or 2024-05-01..2024-06-30",
                    word.at,
                )
            return date_range(word.text, token.at)
        if name in FACTS:
            return self._fact(token)
        if name not in PLACES:
            known = ", ".join((*PLACES, *FACTS, "date"))
            raise QueryError(
                f'unknown field "{name}": expected one of {known}; '
                f'to search for the text itself, quote it: "{name}:..."',
                token.at,
            )
        self._deeper(token)
        child = self._atom()
        self._depth -= 1
        return Field(name, child, token.at)

    def _fact(self, field: Token) -> Node:
        if self._here.kind != "(":
            return self._fact_value(field)
        opening = self._take()
        parts = [self._fact_value(field)]
        while self._is_op("OR"):
            self._take()
            parts.append(self._fact_value(field))
        if self._here.kind != ")":
            raise QueryError(f"expected OR or ) in the list after {field.text}:", self._here.at)
        self._take()
        return _joined(Or, parts, opening.at)

    def _fact_value(self, field: Token) -> Node:
        token = self._take()
        if token.kind not in ("word", "phrase") or token.exact or not token.text.strip():
            raise QueryError(f"expected a value after {field.text}:", token.at)
        return Meta(field.text, token.text.strip().lower(), field.at)


def _expected(token: Token) -> str:
    if token.kind == "end":
        return "the query ends here: expected a term"
    if token.kind == ")":
        return "expected a term before )"
    return f"expected a term before {token.text}"


def _joined(kind: type[And | Or], parts: list[Node], at: int) -> Node:
    """Return *parts* under one node, nested ones of the same kind flattened."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return kind(tuple(flat), at)
