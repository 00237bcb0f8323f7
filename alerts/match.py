"""Finds the themes that hold for an article: one scan, then only the themes it can concern. Pure."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from alerts.automaton import Automaton, Hit, Hits
from alerts.compiler import Compiler, Plan, positive_terms
from alerts.facts import comes_from, looks_at
from alerts.folded import Folded
from alerts.found import Found
from alerts.score import TermScore, points, score
from alerts.theme import Subject, Watchlist
from storage.types import Match, Span

__all__ = ["MAX_SPANS", "Matcher", "Subject"]

#: Spans kept with a match, the first in the text; enough to explain it and to mark the sentences.
MAX_SPANS = 64

#: So many themes are more objects than the garbage collector should walk while articles pass.
MANY = 1_000

#: A hit, the number of its term, and its span.
_Mark = tuple[int, int, int, Span]


class Matcher:
    """All themes of all watchlists, ready to be matched; immutable, safe to share."""

    def __init__(self, watchlists: Sequence[Watchlist]) -> None:
        compiler = Compiler()
        with _collector_paused():
            self._plans: list[Plan] = compiler.plans(watchlists)
            self._automaton = Automaton(compiler.table)
            if len(self._plans) > MANY:
                # What lives for long need not be walked with every collection (measured: a fifth).
                gc.freeze()
        self._labels = compiler.labels
        #: Term -> the themes it is an anchor of.
        self._anchored: dict[int, list[int]] = {}
        #: Theme -> the other sets of terms it requires.
        self._further: dict[int, tuple[tuple[int, ...], ...]] = {}
        self._always: list[int] = []
        for index, plan in enumerate(self._plans):
            if not plan.required:
                self._always.append(index)
                continue
            if len(plan.required) > 1:
                self._further[index] = plan.required[1:]
            for number in plan.required[0]:
                self._anchored.setdefault(number, []).append(index)

    def match(self, subject: Subject) -> tuple[Match, ...]:
        """Return a match for each theme that holds for *subject*, in the order of the watchlists."""
        return self.match_folded(subject, Folded(subject.title, subject.text))

    def match_folded(self, subject: Subject, folded: Folded) -> tuple[Match, ...]:
        """Return what `match` does, for a subject folded already."""
        article = Article(subject, folded, self._automaton.scan(folded), self._labels)
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
        further = self._further
        found = []
        for index in sorted(looked_at):
            for group in further.get(index, ()):
                if present.isdisjoint(group):
                    break
            else:
                found.append(index)
        return found

    def _match(self, plan: Plan, article: Article) -> Match | None:
        theme = plan.theme
        if theme.languages and not looks_at(theme.languages, article.subject):
            return None
        if plan.sources and not comes_from(plan.sources, article.subject):
            return None
        evidence = plan.test.find(article, None)
        if evidence is None:
            return None
        reached, spans = article.judged(evidence, plan.weights)
        if reached < theme.min_score:
            return None
        return Match(
            watchlist=plan.watchlist,
            theme=theme.id,
            theme_name=theme.name,
            score=reached,
            spans=spans,
            priority=theme.priority,
        )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Build without the garbage collector: it would walk all themes again and again (3x slower)."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class Article(Found):
    """What is found in one article, with what themes share: spans and points of each term."""

    def __init__(self, subject: Subject, folded: Folded, hits: Hits, labels: Sequence[str]) -> None:
        super().__init__(subject, folded, hits)
        self._labels = labels
        #: For each term looked at with all its hits, its points and marks.
        self._known: dict[int, tuple[float, list[_Mark]]] = {}

    def spans(self, evidence: Hits) -> tuple[Span, ...]:
        """Return the spans of *evidence*, title first, in order, at most `MAX_SPANS`."""
        return self.judged(evidence, {})[1]

    def score(self, evidence: Hits, weights: dict[int, float]) -> float:
        """Return the score of *evidence*, rounded to four digits."""
        return self.judged(evidence, weights)[0]

    def judged(self, evidence: Hits, weights: dict[int, float]) -> tuple[float, tuple[Span, ...]]:
        """Return score and spans of *evidence*; what themes share is worked out once."""
        total = 0.0
        marks: list[_Mark] = []
        all_hits, known = self.hits, self._known
        for number, hits in evidence.items():
            if number in all_hits and hits is all_hits[number]:
                if number not in known:
                    known[number] = self._worth(number, hits)
                worth, marked = known[number]
            else:
                worth, marked = self._worth(number, hits)
            total += worth * weights.get(number, 1.0) if weights else worth
            marks = marks + marked if marks else marked
        if len(evidence) > 1:
            marks.sort()
        spans = [mark[3] for mark in marks]
        return round(score(total), 4), tuple(spans[:MAX_SPANS])

    def _worth(self, number: int, hits: list[Hit]) -> tuple[float, list[_Mark]]:
        label = self._labels[number]
        # Two hits of one term never have equal extent, so that spans are never compared.
        marks = [(*hit, number, self.span(hit, label)) for hit in hits[:MAX_SPANS]]
        return points(len(hits), self.best_place(hits)), sorted(marks)

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
