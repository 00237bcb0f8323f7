"""A plain matcher, obviously correct and slow: the judge of alerts/match.py.

It has no automaton, no folded string, no anchors and no offsets to map back.
"""

from __future__ import annotations

import re
from itertools import product

from themes_words import Hit, term_hits, words

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
)
from alerts.sentences import lead_end, paragraph_ends, sentence_ends
from alerts.theme import Subject


class Plain:
    """One query on one article."""

    def __init__(self, subject: Subject, languages: tuple[str, ...] = ()) -> None:
        self.subject = subject
        self.languages = languages
        self.cut = {"title": words(subject.title), "text": words(subject.text)}

    def find(self, node: Node, within: str | None = None) -> set[Hit] | None:
        match node:
            case Term():
                return self.inside(term_hits(node, self.subject, self.languages), within) or None
            case Pattern(source=source, ignore_case=ignore):
                compiled = re.compile(source, re.IGNORECASE if ignore else 0)
                hits = {
                    Hit(field, m.start(), m.end(), f"re:/{source}/")
                    for field, text in (("title", self.subject.title), ("text", self.subject.text))
                    for m in compiled.finditer(text)
                    if m.group()
                }
                return self.inside(hits, within) or None
            case And(parts=parts):
                each = [self.find(part, within) for part in parts]
                if any(one is None for one in each):
                    return None
                return set().union(*(one for one in each if one))
            case Or(parts=parts):
                each = [self.find(part, within) for part in parts]
                held = [one for one in each if one is not None]
                return set().union(*held) if held else None
            case Not(child=child):
                return None if self.find(child, within) is not None else set()
            case Field(name=name, child=child):
                return self.find(child, name)
            case Near() | AtLeast() | Same():
                return self.proximity(node, within)
            case Meta(name="source", value=value):
                return set() if self.subject.source_id == value else None
            case Meta(name="lang", value=value):
                return set() if (self.subject.language or "?").startswith(value) else None
            case Meta(value=value):
                return set() if (self.subject.agency or "").lower() == value else None
            case DateRange(since=since, until=until):
                if self.subject.published_at is None:
                    return None
                day = self.subject.published_at.date()
                inside = (since is None or since <= day) and (until is None or day < until)
                return set() if inside else None
        raise AssertionError(node)

    def inside(self, hits: set[Hit], within: str | None) -> set[Hit]:
        if within is None:
            return hits
        if within == "title":
            return {hit for hit in hits if hit.field == "title"}
        end = lead_end(self.subject.text) if within == "lead" else len(self.subject.text)
        return {hit for hit in hits if hit.field == "text" and hit.start < end}

    def proximity(self, node: Node, within: str | None) -> set[Hit] | None:
        if isinstance(node, Near):
            return hits_of(self.places(node, within))
        if isinstance(node, AtLeast):
            places = self.places(node.child, within)
            count, last = 0, ("", -1)
            for place in sorted(places, key=lambda p: (p[0] == "text", p[2], -p[1])):
                if place[0] != last[0] or place[1] >= last[1]:
                    count, last = count + 1, (place[0], place[2])
            return hits_of(places) if count >= node.count else None
        assert isinstance(node, Same)
        found: set[Hit] = set()
        spans = [("title", 0, len(self.subject.title))]
        ends = (sentence_ends if node.unit == "sentence" else paragraph_ends)(self.subject.text)
        spans += [("text", a, b) for a, b in zip([0, *ends], ends, strict=False)]
        each = [self.places(part, within) for part in node.parts]
        for field, start, end in spans:
            here = [
                [p for p in places if p[0] == field and start <= p[1] and p[2] <= end]
                for places in each
            ]
            if all(here):
                found |= set().union(*(p[3] for places in here for p in places))
        return found or None

    def places(self, node: Node, within: str | None) -> list[tuple[str, int, int, frozenset[Hit]]]:
        match node:
            case Term():
                hits = self.find(node, within) or set()
                return [(hit.field, hit.start, hit.end, frozenset({hit})) for hit in hits]
            case Or(parts=parts):
                return [place for part in parts for place in self.places(part, within)]
            case Near(left=left, right=right, ordered=ordered, distance=distance):
                found = []
                for a, b in product(self.places(left, within), self.places(right, within)):
                    for first, second in [(a, b)] if ordered else [(a, b), (b, a)]:
                        if first[0] == second[0] and first[2] <= second[1]:
                            between = self.half_words(first[0], first[2], second[1])
                            if between <= 2 * distance:
                                parts_ = first[3] | second[3]
                                found.append((first[0], first[1], second[2], parts_))
                return found
        raise AssertionError(node)

    def half_words(self, field: str, start: int, end: int) -> int:
        """Count what stands between two places: words two, Han one, a blank line two."""
        total = 0
        before = paragraph = None
        for word in self.cut[field]:
            for at, (first, last) in enumerate(zip(word.starts, word.ends, strict=True)):
                if last <= start:
                    before = word
                elif first >= end:
                    paragraph = paragraph or word
                elif word.kind == "unspaced":
                    total += 1
                elif at == 0:
                    total += 2
                if start <= first < end and paragraph is None and word is not before:
                    paragraph = None
        ends = [w for w in self.cut[field] if any(last <= start for last in w.ends)]
        begins = [w for w in self.cut[field] if any(first >= end for first in w.starts)]
        return total + 2 * (begins[0].paragraph - ends[-1].paragraph)


def hits_of(places: list[tuple[str, int, int, frozenset[Hit]]]) -> set[Hit] | None:
    return set().union(*(place[3] for place in places)) if places else None
