"""Texts cut into words, and the places of one term among them: the lower half of the plain matcher.

It shares with the real one the folding of single characters and the word forms of a term, which
have tests of their own, and nothing else. It cuts a text into words of (letters, where they stand)
and compares word lists.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from alerts.fold import FOLD, KIND
from alerts.query.tree import Term
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
