"""Finds the themes that hold for an article: one scan, then only the themes it can concern. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.automaton import Automaton, Hit, Hits
from alerts.compiler import Compiler, Plan, positive_terms
from alerts.evaluate import Found, looks_at
from alerts.folded import Folded
from alerts.score import TermScore, points, score
from alerts.theme import Subject, Watchlist
from storage.types import Match, Span

__all__ = ["MAX_SPANS", "Matcher", "Subject"]

#: Spans kept with a match, the first in the text; enough to explain it and to mark the sentences.
MAX_SPANS = 64

#: A hit and the number of its term.
_Mark = tuple[int, int, int]


class Matcher:
    """All themes of all watchlists, ready to be matched; immutable, safe to share."""

    def __init__(self, watchlists: Sequence[Watchlist]) -> None:
        compiler = Compiler()
        self._plans: list[Plan] = compiler.plans(watchlists)
        self._labels = compiler.labels
        self._automaton = Automaton(compiler.needles)
        #: Term -> the themes it is an anchor of.
        self._anchored: dict[int, list[int]] = {}
        self._always: list[int] = []
        for index, plan in enumerate(self._plans):
            if not plan.required:
                self._always.append(index)
                continue
            for number in plan.required[0]:
                self._anchored.setdefault(number, []).append(index)

    def match(self, subject: Subject) -> tuple[Match, ...]:
        """Return a match for each theme that holds for *subject*, in the order of the watchlists."""
        article = self.look(subject)
        matches = []
        for index in self._candidates(article.hits):
            found = self._match(self._plans[index], article)
            if found is not None:
                matches.append(found)
        return tuple(matches)

    def look(self, subject: Subject) -> Article:
        """Return *subject* with the hits of all terms in it."""
        folded = Folded(subject.title, subject.text)
        return Article(subject, folded, self._automaton.scan(folded), self._labels)

    def plan(self, watchlist: str, theme: str) -> Plan | None:
        """Return the plan of a theme, or None when there is no such theme."""
        for plan in self._plans:
            if plan.watchlist == watchlist and plan.theme.id == theme:
                return plan
        return None

    def terms(self, watchlist: str, theme: str) -> tuple[str, ...]:
        """Return the terms whose occurrence lets a theme hold, as written, in order."""
        plan = self.plan(watchlist, theme)
        numbers = positive_terms(plan.test) if plan is not None else ()
        return tuple(self._labels[number] for number in numbers)

    def scores(self, plan: Plan, article: Article) -> tuple[TermScore, ...]:
        """Return what each term adds to the score of *plan*'s theme; empty when it does not hold."""
        return article.scores(plan.test.find(article, None) or {}, plan.weights)

    def _candidates(self, hits: Hits) -> list[int]:
        """Return the themes of which every required set of terms has one in *hits*."""
        anchored = self._anchored
        looked_at: set[int] = set(self._always)
        for number in hits:
            if number in anchored:
                looked_at.update(anchored[number])
        present = hits.keys()
        plans = self._plans
        return [
            index
            for index in sorted(looked_at)
            if not any(present.isdisjoint(group) for group in plans[index].required[1:])
        ]

    def _match(self, plan: Plan, article: Article) -> Match | None:
        theme = plan.theme
        if theme.languages and not looks_at(theme.languages, article.subject):
            return None
        if plan.sources and not any(holds(article.subject) for holds in plan.sources):
            return None
        evidence = plan.test.find(article, None)
        if evidence is None:
            return None
        reached = article.score(evidence, plan.weights)
        if reached < theme.min_score:
            return None
        return Match(
            watchlist=plan.watchlist,
            theme=theme.id,
            theme_name=theme.name,
            score=reached,
            spans=article.spans(evidence),
            priority=theme.priority,
        )


class Article(Found):
    """What is found in one article, with what themes share: spans and points of each term."""

    def __init__(self, subject: Subject, folded: Folded, hits: Hits, labels: Sequence[str]) -> None:
        super().__init__(subject, folded, hits)
        self._labels = labels
        self._points: dict[int, float] = {}
        self._spans: dict[_Mark, Span] = {}

    def spans(self, evidence: Hits) -> tuple[Span, ...]:
        """Return the spans of *evidence*, title first, in order, at most `MAX_SPANS`."""
        marks: list[_Mark] = []
        for number, hits in evidence.items():
            marks.extend([(start, end, number) for start, end in hits[:MAX_SPANS]])
        marks.sort()
        known = self._spans
        found = []
        for mark in marks[:MAX_SPANS]:
            span = known.get(mark)
            if span is None:
                span = known[mark] = self.span((mark[0], mark[1]), self._labels[mark[2]])
            found.append(span)
        return tuple(found)

    def score(self, evidence: Hits, weights: dict[int, float]) -> float:
        """Return the score of *evidence*, rounded to four digits."""
        total = 0.0
        for number, hits in evidence.items():
            whole = hits is self.hits.get(number)
            value = self._points.get(number) if whole else None
            if value is None:
                value = points(len(hits), self.best_place(hits))
                if whole:
                    self._points[number] = value
            total += value * weights.get(number, 1.0) if weights else value
        return round(score(total), 4)

    def scores(self, evidence: Hits, weights: dict[int, float]) -> tuple[TermScore, ...]:
        """Return what each term of *evidence* adds."""
        found = []
        for number, hits in evidence.items():
            place, weight = self.best_place(hits), weights.get(number, 1.0)
            found.append(
                TermScore(
                    term=self._labels[number],
                    count=len(hits),
                    place=place,
                    weight=weight,
                    points=points(len(hits), place) * weight,
                )
            )
        return tuple(found)

    def best_place(self, hits: Iterable[Hit]) -> str:
        """Return the best of title, lead and body in which *hits* stand."""
        first = min(hits)[0]
        if first < self.folded.title_end:
            return "title"
        return "lead" if first < self.lead_end else "body"
