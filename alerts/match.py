"""Finds the themes that hold for an article: one scan, then only the themes it can concern. Pure."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import fsum

from alerts.automaton import Automaton
from alerts.candidates import SLOTS, Candidates
from alerts.compiler import Compiler, Plan, positive_terms
from alerts.facts import comes_from, looks_at
from alerts.folded import Folded
from alerts.found import Found
from alerts.occurrences import Hit, Hits, Occurrences
from alerts.score import PLACE_POINTS, TermScore, points, score
from alerts.theme import Subject, Watchlist
from storage.types import Match, Span

__all__ = ["MAX_SPANS", "Matcher", "Subject"]

#: Spans kept with a match, the first in the text; enough to explain it and to mark the sentences.
MAX_SPANS = 64

#: So many themes are more objects than the garbage collector should walk while articles pass.
MANY = 1_000

#: A hit, the number of its term, and its span.
_Mark = tuple[int, int, int, Span]
#: The points of a term and its marks.
_Worth = tuple[float, list[_Mark]]


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
        self._candidates = Candidates(self._plans, len(self._labels))

    def match(self, subject: Subject) -> tuple[Match, ...]:
        """Return a match for each theme that holds for *subject*, in the order of the watchlists."""
        return self.match_folded(subject, Folded(subject.title, subject.text))

    def match_folded(self, subject: Subject, folded: Folded) -> tuple[Match, ...]:
        """Return what `match` does, for a subject folded already."""
        hits = self._automaton.scan(folded)
        article = Article(subject, folded, hits, self._labels)
        matches = []
        for index, terms in self._candidates.among(hits.places):
            found = self._match(self._plans[index], terms, article)
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

    def _match(self, plan: Plan, terms: list[int], article: Article) -> Match | None:
        """Return the match of a theme whose required *terms* occur, or None."""
        theme = plan.theme
        if theme.languages and not looks_at(theme.languages, article.subject):
            return None
        if plan.sources and not comes_from(plan.sources, article.subject):
            return None
        if plan.without is not None and len(plan.required) <= SLOTS:
            for number in plan.without:
                if number in article.hits:
                    return None
            reached, spans = article.judged_terms(terms, plan.weights)
        else:
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

    def __init__(
        self, subject: Subject, folded: Folded, hits: Occurrences, labels: Sequence[str]
    ) -> None:
        super().__init__(subject, folded, hits)
        self._labels = labels
        #: For each term looked at with all its hits, its points and marks.
        self._known: dict[int, _Worth] = {}

    def spans(self, evidence: Hits) -> tuple[Span, ...]:
        """Return the spans of *evidence*, title first, in order, at most `MAX_SPANS`."""
        return self.judged(evidence, {})[1]

    def score(self, evidence: Hits, weights: dict[int, float]) -> float:
        """Return the score of *evidence*, rounded to four digits."""
        return self.judged(evidence, weights)[0]

    def judged(self, evidence: Hits, weights: dict[int, float]) -> tuple[float, tuple[Span, ...]]:
        """Return score and spans of *evidence*; what themes share is worked out once."""
        all_hits = self.hits
        return _sum(
            [
                self._known_worth(number)
                if hits is all_hits.get(number)
                else self._worth(number, hits)
                for number, hits in evidence.items()
            ],
            evidence,
            weights,
        )

    def judged_terms(
        self, numbers: list[int], weights: dict[int, float]
    ) -> tuple[float, tuple[Span, ...]]:
        """Return score and spans of all hits of the terms *numbers*."""
        known = self._known
        if len(numbers) == 1 and not weights:
            number = numbers[0]
            total, marks = known.get(number) or self._known_worth(number)
            if len(marks) == 1:
                return round(score(total), 4), (marks[0][3],)
            return round(score(total), 4), tuple([mark[3] for mark in marks])
        if len(numbers) > 1:
            numbers = list(dict.fromkeys(numbers))
        worths = [known.get(number) or self._known_worth(number) for number in numbers]
        return _sum(worths, numbers, weights)

    def _known_worth(self, number: int) -> _Worth:
        """Return what all hits of term *number* are worth."""
        worth = self._known.get(number)
        if worth is None:
            worth = self._known[number] = self._worth(number, self.hits[number])
        return worth

    def _worth(self, number: int, hits: list[Hit]) -> _Worth:
        label = self._labels[number]
        if len(hits) == 1:
            # Nearly every term of a large watchlist that occurs does so once.
            start, end = hits[0]
            mark = (start, end, number, self.span(hits[0], label))
            return PLACE_POINTS[self._place(start)], [mark]
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
        return self._place(min(hits)[0])

    def _place(self, start: int) -> str:
        """Return in which of title, lead and body *start* is."""
        if start < self.folded.title_end:
            return "title"
        return "lead" if start < self.lead_end else "body"


def _sum(
    worths: list[_Worth], numbers: Iterable[int], weights: dict[int, float]
) -> tuple[float, tuple[Span, ...]]:
    """Return the score and the first spans of terms, of which each is worth one of *worths*."""
    each = [worth[0] for worth in worths]
    if weights:
        each = [one * weights.get(number, 1.0) for one, number in zip(each, numbers, strict=True)]
    marks = sorted([mark for worth in worths for mark in worth[1]])
    # Rounded once, so that the order of the terms decides nothing.
    return round(score(fsum(each)), 4), tuple([mark[3] for mark in marks[:MAX_SPANS]])
