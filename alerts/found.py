"""One article as queries see it: the hits of all terms, and what else is asked about it. Pure."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import islice

from alerts.folded import Folded
from alerts.occurrences import MAX_HITS, Hit, Occurrences
from alerts.patterns import SafePattern
from alerts.sentences import lead_end, paragraph_ends, sentence_ends
from alerts.theme import Subject
from storage.types import Span

#: The part of the folded source a query looks at; None is all of it.
Range = tuple[int, int] | None


class Found:
    """The hits in one article, with title, lead, sentences and patterns worked out when asked."""

    def __init__(self, subject: Subject, folded: Folded, hits: Occurrences) -> None:
        self.subject = subject
        self.folded = folded
        self.hits = hits
        #: Spans of patterns, which look at the original; others are worked out when asked.
        self.pattern_spans: dict[Hit, tuple[str, int, int]] = {}
        self._pattern_hits: dict[int, list[Hit]] = {}

    def range_of(self, field: str) -> Range:
        """Return the range of title, lead or body."""
        end = self.folded.title_end
        if field == "title":
            return (0, end)
        return (end, self.lead_end if field == "lead" else self.folded.end)

    @cached_property
    def lead_end(self) -> int:
        """Return where the lead ends in the folded text."""
        return self.folded.position("text", lead_end(self.subject.text))

    def unit_of(self, unit: str, position: int) -> int:
        """Return the number of the sentence or paragraph at *position*; the title's is -1."""
        if position < self.folded.title_end:
            return -1
        return bisect_right(self._ends[unit == "sentence"], self._offset(position))

    @cached_property
    def _ends(self) -> tuple[list[int], list[int]]:
        text = self.subject.text
        return paragraph_ends(text), sentence_ends(text)

    def _offset(self, position: int) -> int:
        return self.folded.original(position, position + 1)[1]

    def pattern_hits(self, number: int, pattern: SafePattern) -> list[Hit]:
        """Return where *pattern* stands in title and text; the second number is only a label."""
        if number not in self._pattern_hits:
            found: list[Hit] = []
            for field, text in (("title", self.subject.title), ("text", self.subject.text)):
                for start, end in islice(pattern.spans(text), MAX_HITS - len(found)):
                    hit = (self.folded.position(field, start), -1 - start)
                    self.pattern_spans[hit] = (field, start, end)
                    found.append(hit)
            self._pattern_hits[number] = found
        return self._pattern_hits[number]

    def span(self, hit: Hit, term: str) -> Span:
        """Return *hit* in the original, labelled *term*."""
        place = self.pattern_spans.get(hit) if hit[1] < 0 else None
        field, start, end = place or self.folded.original(*hit)
        return Span(field=field, start=start, end=end, term=term)
