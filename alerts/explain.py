"""Why a theme holds for an article or does not: every part of its query, with what was found. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.compiler import Plan
from alerts.evaluate import (
    AllTest,
    AnyTest,
    CountTest,
    FieldTest,
    NearTest,
    NotTest,
    SameTest,
    Test,
)
from alerts.facts import comes_from, looks_at
from alerts.found import Range
from alerts.match import Article, Matcher
from alerts.query.printer import canonical
from alerts.query.tree import And, AtLeast, Field, Near, Node, Not, Or, Same
from alerts.score import TermScore
from alerts.theme import Subject
from storage.types import Span

#: Parts of a long list of terms that are shown when they failed; those that held always are.
SHOWN_MISSES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a query and what became of it."""

    #: In canonical form; "any of 12" and "4 more that do not occur" for long lists.
    query: str
    #: 0 for the whole query, 1 for its parts...
    depth: int
    held: bool
    #: The places found, at most ten.
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The whole answer for one theme and one article."""

    theme: str
    held: bool
    score: float
    min_score: float
    #: Why the article was not even looked at, or scored too little; None when neither.
    refused: str | None
    parts: tuple[Part, ...]
    scores: tuple[TermScore, ...]


def explain(matcher: Matcher, watchlist: str, theme: str, subject: Subject) -> Explanation | None:
    """Return why *theme* holds for *subject* or not; None when there is no such theme."""
    plan = matcher.plan(watchlist, theme)
    if plan is None:
        return None
    article = matcher.look(subject)
    evidence = plan.test.find(article, None)
    reached = article.score(evidence, plan.weights) if evidence is not None else 0.0
    refused = _refused(plan, subject, reached if evidence is not None else None)
    return Explanation(
        theme=theme,
        held=evidence is not None and refused is None,
        score=reached,
        min_score=plan.theme.min_score,
        refused=refused,
        parts=tuple(_parts(plan.theme.query, plan.test, article, None, 0)),
        scores=matcher.scores(plan, article),
    )


def in_words(explanation: Explanation) -> list[str]:
    """Return the lines of *explanation* for people: "+" what held, "-" what did not."""
    lines = []
    for part in explanation.parts:
        sign = "+" if part.held else "-"
        where = ", ".join(f"{span.field} {span.start}-{span.end}" for span in part.spans)
        lines.append(f"{'  ' * part.depth}{sign} {part.query}{': ' + where if where else ''}")
    if explanation.refused:
        lines.append(explanation.refused)
    return lines


def _refused(plan: Plan, subject: Subject, reached: float | None) -> str | None:
    theme = plan.theme
    if not looks_at(theme.languages, subject):
        return f"its languages are {', '.join(theme.languages)}; the article is {subject.language}"
    if not comes_from(plan.sources, subject):
        return f"its sources are {', '.join(theme.sources)}; the article is {subject.source_id}'s"
    if reached is not None and reached < theme.min_score:
        return f"the score {reached:g} is under the theme's {theme.min_score:g}"
    return None


def _parts(node: Node, test: Test, article: Article, within: Range, depth: int) -> Iterator[Part]:
    """Yield *node* and the parts under it, each judged for itself."""
    evidence = test.find(article, within)
    pairs = list(_below(node, test))
    long = isinstance(node, Or) and len(pairs) > SHOWN_MISSES
    yield Part(
        query=f"any of {len(pairs)}" if long else canonical(node),
        depth=depth,
        held=evidence is not None,
        spans=() if pairs else article.spans(evidence or {})[:10],
    )
    inner = article.range_of(test.name) if isinstance(test, FieldTest) else within
    misses = 0
    for child, child_test in pairs:
        if long and child_test.find(article, inner) is None:
            misses += 1
            if misses > SHOWN_MISSES:
                continue
        yield from _parts(child, child_test, article, inner, depth + 1)
    if misses > SHOWN_MISSES:
        rest = f"{misses - SHOWN_MISSES} more that do not occur"
        yield Part(query=rest, depth=depth + 1, held=False)


def _below(node: Node, test: Test) -> Iterator[tuple[Node, Test]]:
    match node, test:
        case (And(parts=nodes), AllTest(parts=tests)) | (Or(parts=nodes), AnyTest(parts=tests)):
            yield from zip(nodes, tests, strict=True)
        case Same(parts=nodes), SameTest(parts=tests):
            yield from zip(nodes, tests, strict=True)
        case Near(left=left, right=right), NearTest(left=first, right=second):
            yield from ((left, first), (right, second))
        case (
            (Not(child=child), NotTest(part=part))
            | (Field(child=child), FieldTest(part=part))
            | (AtLeast(child=child), CountTest(part=part))
        ):
            yield child, part
        case _:
            return
