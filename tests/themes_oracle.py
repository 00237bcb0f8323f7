"""A plain matcher, obviously correct and slow: the judge of alerts/match.py.

It shares with the real one the folding of single characters and the word forms of a term, which
have tests of their own, and nothing else: no automaton, no folded string, no anchors, no offsets
to map back. It cuts a text into words of (letters, where they stand) and compares word lists.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import product

from alerts.fold import FOLD, KIND
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
from alerts.variants import forms


@dataclass
class Word:
    kind: str  # word, hangul, unspaced
    letters: list[str]
    starts: list[int]
    ends: list[int]
    paragraph: int

    @property
    def text(self) -> str:
        return "".join(self.letters)


def clusters(text: str) -> list[tuple[str, int, int]]:
    """Return each visible character, composed, with its extent."""
    found: list[tuple[str, int, int]] = []
    for at, char in enumerate(text):
        if KIND[char] & 4 and not "\u1100" <= char <= "\u115f":
            if found and found[-1][2] == at:
                base, start, _ = found[-1]
                whole = unicodedata.normalize("NFC", text[start : at + 1])
                visible = unicodedata.category(char) in ("Mn", "Me", "Lo")
                found[-1] = (whole[0] if visible else base, start, at + 1)
            continue
        found.append((char, at, at + 1))
    return found


def words(text: str) -> list[Word]:
    """Return the words of *text*."""
    found: list[Word] = []
    gap, paragraph = "start", 0
    feeds = 0
    for char, start, end in clusters(text):
        folded = FOLD[ord(char)]
        if folded in (" ", "\n", "\x02"):
            feeds = feeds + 1 if folded == "\n" else 0
            if feeds == 2 or gap == "paragraph":
                gap = "paragraph"
            elif folded == "\x02" or gap == "break":
                gap = "break"
            else:
                gap = gap or "blank"
            continue
        feeds = 0
        kind = {1: "unspaced", 2: "hangul", 6: "hangul"}.get(KIND[folded], "word")
        if gap == "paragraph":
            paragraph += 1
        same = bool(found) and found[-1].kind == kind
        joined = same and (gap == "" or (gap == "blank" and kind == "unspaced"))
        if not joined:
            found.append(Word(kind, [], [], [], paragraph))
        found[-1].letters.append(folded)
        found[-1].starts.append(start)
        found[-1].ends.append(end)
        gap = ""
    return found


@dataclass(frozen=True)
class Hit:
    field: str
    start: int
    end: int
    term: str


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def invisible_tail(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in "\u00ad\u061c\u200b\u200d\u200e\ufeff\u2060":
        end -= 1
    return end


def term_hits(term: Term, subject: Subject, languages: tuple[str, ...]) -> set[Hit]:
    found: set[Hit] = set()
    wild = not term.exact and re.search(r"\*|\w\?\w", term.text)
    for field, text in (("title", subject.title), ("text", subject.text)):
        cut = words(text)
        for form in [term.text] if term.exact or wild else forms(term.text, languages):
            for start, end in wild_spans(form, cut) if wild else form_spans(form, term, cut):
                end = invisible_tail(text, start, end)
                if wild or agrees(form, term, text[start:end], text[end:]):
                    found.add(Hit(field, start, end, term.text))
    return found


def form_spans(form: str, term: Term, cut: list[Word]) -> list[tuple[int, int]]:
    wanted = words(form)
    found = []
    for at in range(len(cut) - len(wanted) + 1):
        piece = cut[at : at + len(wanted)]
        if len({word.paragraph for word in piece}) > 1:
            continue
        if any(a.kind != b.kind for a, b in zip(piece, wanted, strict=True)):
            continue
        for first, last in edges(piece, wanted, exact=term.exact):
            found.append((piece[0].starts[first], piece[-1].ends[last - 1]))
    return found


def edges(piece: list[Word], wanted: list[Word], *, exact: bool) -> list[tuple[int, int]]:
    """Return the letter at which a match begins in the first word and ends in the last."""
    if any(a.text != b.text for a, b in zip(piece[1:-1], wanted[1:-1], strict=True)):
        return []
    free_end = wanted[-1].kind == "unspaced" or (wanted[-1].kind == "hangul" and not exact)
    if len(wanted) == 1:
        text, term = piece[0].text, wanted[0].text
        found = [(at, at + len(term)) for at in range(len(text)) if text.startswith(term, at)]
        if wanted[0].kind != "unspaced":
            found = [pair for pair in found if pair[0] == 0]
        return found if free_end else [pair for pair in found if pair[1] == len(text)]
    first, last = piece[0].text, piece[-1].text
    head, tail = wanted[0].text, wanted[-1].text
    if wanted[0].kind == "unspaced":
        if not first.endswith(head):
            return []
    elif first != head:
        return []
    if not (last.startswith(tail) if free_end else last == tail):
        return []
    return [(len(first) - len(head), len(tail))]


def wild_spans(form: str, cut: list[Word]) -> list[tuple[int, int]]:
    """Return the places of a phrase of Latin words with * and ?."""
    patterns = [
        re.compile(re.escape(word.lower()).replace(r"\*", ".{0,30}").replace(r"\?", ".") + "$")
        for word in re.split(r"[\s-]+", form)
    ]
    found = []
    for at in range(len(cut) - len(patterns) + 1):
        piece = cut[at : at + len(patterns)]
        one = len({word.paragraph for word in piece}) == 1
        if one and all(p.match(w.text) for p, w in zip(patterns, piece, strict=True)):
            found.append((piece[0].starts[0], piece[-1].ends[-1]))
    return found


def agrees(form: str, term: Term, original: str, behind: str) -> bool:
    signs = re.search(r"[+#&%@$]+$", term.text)
    if signs and not unicodedata.normalize("NFKC", behind[:3]).startswith(signs.group()):
        return False
    seen, wanted = letters(original), letters(form)
    if term.exact:
        return seen == wanted
    capitals = [w for w in re.findall(r"[A-Za-z0-9]+", term.text) if w.isupper() and len(w) <= 5]
    at = 0
    for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", form)):
        for inner in re.finditer(r"[A-Za-z0-9]+", word):
            for capital in capitals:
                if inner.group() in (capital, capital + "s"):
                    here = at + inner.start()
                    if seen[here : here + len(capital)] != capital:
                        return False
        at += len(word)
    accented = any(
        unicodedata.normalize("NFD", c)[0] != c
        and unicodedata.name(c, "").startswith(("LATIN", "GREEK"))
        for c in letters(term.text)
    )
    return not accented or seen.casefold() == wanted.casefold()


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
