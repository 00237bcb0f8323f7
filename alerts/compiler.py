"""Turns the themes of all watchlists into tests over numbered terms, with their anchors. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alerts.automaton import NeedleTable
from alerts.evaluate import (
    AllTest,
    AnyTest,
    CountTest,
    FactTest,
    FieldTest,
    NearTest,
    NotTest,
    PatternTest,
    SameTest,
    TermTest,
    Test,
)
from alerts.facts import agency_test, date_test, language_test, source_test
from alerts.patterns import PatternError, SafePattern
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
)
from alerts.terms import needles
from alerts.theme import Subject, Theme, Watchlist

_FACTS: dict[str, Callable[[str], Callable[[Subject], bool]]] = {
    "source": source_test,
    "lang": language_test,
    "agency": agency_test,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One theme, ready to be evaluated."""

    watchlist: str
    theme: Theme
    test: Test
    #: Of each set one term must occur, or the theme cannot hold; the rarest first. Empty: the
    #: theme is looked at for every article.
    required: tuple[tuple[int, ...], ...]
    #: The theme holds when each required set has a term and none of these occurs, and the terms
    #: of the sets are the evidence; None for a query that asks for more.
    without: tuple[int, ...] | None
    sources: tuple[Callable[[Subject], bool], ...]
    #: Term number -> weight, where it is not 1.
    weights: dict[int, float]


class Compiler:
    """Numbers the terms of many themes; equal terms under equal rules share a number."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool, tuple[str, ...]], int] = {}
        self._patterns: dict[tuple[str, bool], int] = {}
        #: What to look for.
        self.table = NeedleTable()
        #: For each term how it is written in the query. Numbers begin at 1: 0 is no term.
        self.labels: list[str] = [""]
        #: For each term a guess at how often it occurs.
        self._commonness: list[float] = [0.0]
        self._tests: list[TermTest] = [TermTest(0)]

    def plans(self, watchlists: Sequence[Watchlist]) -> list[Plan]:
        """Return a plan for each theme of *watchlists*."""
        return [
            self._plan(watchlist.id, theme)
            for watchlist in watchlists
            for theme in watchlist.themes
        ]

    def _plan(self, watchlist: str, theme: Theme) -> Plan:
        test = self.test(theme.query, theme.languages)
        groups = [
            (group, sum(self._commonness[number] for number in group))
            for group in required_terms(test)
        ]
        groups.sort(key=lambda pair: pair[1])
        weights = {}
        for term, weight in theme.weights:
            exact = term.startswith("=")
            number = self._numbers.get((term[exact:], exact, theme.languages))
            if number is not None and weight != 1:
                weights[number] = weight
        return Plan(
            watchlist,
            theme,
            test,
            tuple(tuple(group) for group, _ in groups),
            excluded_terms(test) if groups else None,
            tuple(source_test(source.lower()) for source in theme.sources),
            weights,
        )

    def test(self, node: Node, languages: tuple[str, ...]) -> Test:
        """Return *node* as a test over numbered terms.

        Raises:
            QueryError: a term or pattern cannot be looked for.
        """
        match node:
            case Term():
                return self._term(node, languages)
            case And(parts=parts):
                return AllTest(tuple(self.test(part, languages) for part in parts))
            case Or(parts=parts):
                tests = tuple(self.test(part, languages) for part in parts)
                numbers = tuple(one.number for one in tests if isinstance(one, TermTest))
                return AnyTest(tests, numbers if len(numbers) == len(tests) else ())
            case Not(child=child):
                return NotTest(self.test(child, languages))
            case Near(distance=distance, left=left, right=right, ordered=ordered):
                return NearTest(
                    distance, ordered, self.test(left, languages), self.test(right, languages)
                )
            case Same(unit=unit, parts=parts):
                return SameTest(unit, tuple(self.test(part, languages) for part in parts))
            case AtLeast(count=count, child=child):
                return CountTest(count, self.test(child, languages))
            case Field(name=name, child=child):
                return FieldTest(name, self.test(child, languages))
            case Meta(name=name, value=value):
                return FactTest(_FACTS[name](value))
            case DateRange(since=since, until=until):
                return FactTest(date_test(since, until))
            case Pattern():
                return self._pattern(node)
            case Group(name=name):
                raise QueryError(f"unknown group ${name}", node.at)

    def _term(self, term: Term, languages: tuple[str, ...]) -> TermTest:
        key = (term.text, term.exact, languages)
        number = self._numbers.get(key)
        if number is None:
            # Ahead of the number, which only a term without fault may take.
            found = needles(term, languages)
            number = self._numbers[key] = len(self.labels)
            self.table.add(number, found)
            self.labels.append(term.text)
            self._commonness.append(max(_commonness(needle.text) for needle in found))
            self._tests.append(TermTest(number))
        return self._tests[number]

    def _pattern(self, node: Pattern) -> PatternTest:
        pattern = compiled(node)
        key = (node.source, node.ignore_case)
        number = self._patterns.get(key)
        if number is None:
            number = self._patterns[key] = len(self.labels)
            self.labels.append(f"re:/{node.source}/")
            self._commonness.append(1.0)
            self._tests.append(TermTest(number))
        return PatternTest(number, pattern)


def _commonness(needle: str) -> float:
    """Return a guess at how often *needle* occurs: each further word or Han character, 1/8."""
    words = needle.count(" ", 1, -1)
    unspaced = len(needle) - 2 if needle[0] > "\u2e7f" and not words else 0
    return float(0.125 ** max(words, min(unspaced, 6)))


def compiled(node: Pattern) -> SafePattern:
    """Return the RE2 pattern of *node*.

    Raises:
        QueryError: RE2 refuses it (look-around, back-references, too large).
    """
    try:
        return SafePattern(node.source.replace("\\/", "/"), ignore_case=node.ignore_case)
    except PatternError as error:
        raise QueryError(f"RE2 cannot use this pattern: {error}", node.at) from None


def required_terms(test: Test) -> list[frozenset[int]]:
    """Return sets of terms of each of which one must occur for *test* to hold."""
    match test:
        case TermTest(number=number):
            return [frozenset({number})]
        case AllTest(parts=parts) | SameTest(parts=parts):
            return [group for part in parts for group in required_terms(part)]
        case NearTest(left=left, right=right):
            return required_terms(left) + required_terms(right)
        case AnyTest(parts=parts):
            union: frozenset[int] = frozenset()
            for part in parts:
                groups = required_terms(part)
                if not groups:
                    return []
                union |= min(groups, key=len)
            return [union]
        case CountTest(part=part) | FieldTest(part=part):
            return required_terms(part)
        case _:
            return []


def excluded_terms(test: Test) -> tuple[int, ...] | None:
    """Return the terms *test* excludes, if it is but lists of terms and NOTs of lists, else None."""
    excluded: tuple[int, ...] = ()
    for part in test.parts if isinstance(test, AllTest) else (test,):
        match part:
            case TermTest():
                pass
            case AnyTest(terms=terms) if terms:
                pass
            case NotTest(part=TermTest(number=number)):
                excluded += (number,)
            case NotTest(part=AnyTest(terms=terms)) if terms:
                excluded += terms
            case _:
                return None
    return excluded


def positive_terms(test: Test) -> list[int]:
    """Return the terms that can be evidence for *test*: those under no NOT, in order."""
    match test:
        case TermTest(number=number) | PatternTest(number=number):
            return [number]
        case AllTest(parts=parts) | AnyTest(parts=parts) | SameTest(parts=parts):
            return [number for part in parts for number in positive_terms(part)]
        case NearTest(left=left, right=right):
            return positive_terms(left) + positive_terms(right)
        case CountTest(part=part) | FieldTest(part=part):
            return positive_terms(part)
        case _:
            return []
