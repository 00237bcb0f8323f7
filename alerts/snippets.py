"""The sentence that shows best why a theme holds, with its terms marked. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.sentences import sentence_ends
from alerts.theme import Subject
from storage.types import Match

#: Longest snippet, in characters.
SNIPPET = 240


def snippet_of(subject: Subject, match: Match) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the sentence with the most different terms, and where they stand in it.

    The title when no term stands in the text. A long sentence is cut around its first term.
    """
    spans = [span for span in match.spans if span.field == "text"]
    if not spans:
        return subject.title, tuple((span.start, span.end) for span in match.spans)
    start, end = max(
        _sentences(subject.text),
        key=lambda piece: len({s.term for s in spans if piece[0] <= s.start < piece[1]}),
    )
    first = min(span.start for span in spans if start <= span.start < end)
    if end - start > SNIPPET:
        start = max(start, first - SNIPPET // 3)
        end = min(end, start + SNIPPET)
    piece = subject.text[start:end]
    text = piece.rstrip()
    marks = tuple(
        (span.start - start, span.end - start)
        for span in spans
        if start <= span.start and span.end <= start + len(text)
    )
    return text, marks


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in sentence_ends(text):
        yield start, end
        start = end
