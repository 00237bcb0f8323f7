"""The sentences that matched and the sentences that changed, short enough to read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from alerts.cleaning import ELLIPSIS, runs
from storage.types import Segment, Span

#: Characters kept at each side of a match in a sentence too long to show whole.
SIDE = 160
SENTENCE_MAX = 600
EXCERPTS_MAX = 3
HUNKS_MAX = 6
#: Of all hunks together.
DIFF_MAX = 1500
#: Of one inserted or deleted passage.
PASSAGE_MAX = 400
#: Unchanged words kept at each side of a changed passage.
AROUND = 100

#: The end of a sentence: a full stop that space follows, a CJK one alone, or a line's end.
_BORDER = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|(?<=[。！？；])[”’」』）]*|\n+")

#: A run is (style, text); styles: "" (as it was), "match", "gone", "new".
Run = tuple[str, str]


def matched(text: str, spans: Iterable[Span], *, limit: int = EXCERPTS_MAX) -> list[list[Run]]:
    """Return up to *limit* sentences of *text* that hold *spans*, with the spans marked.

    The sentences with the most different terms come first, then in reading order. Without spans
    in the text (the title matched) the opening sentence is returned, with nothing marked.
    """
    inside = sorted({(s.start, s.end, s.term.casefold()) for s in spans if s.field != "title"})
    inside = [s for s in inside if 0 <= s[0] < s[1] <= len(text)]
    if not inside:
        opening = text[: _border_after(text, 0)]
        return [_trim([("", runs(opening))], SENTENCE_MAX)] if opening.strip() else []
    sentences: dict[tuple[int, int], list[tuple[int, int, str]]] = {}
    for span in inside:
        place = (_border_before(text, span[0]), _border_after(text, span[1]))
        sentences.setdefault(place, []).append(span)
    ranked = sorted(sentences, key=lambda place: (-len({s[2] for s in sentences[place]}), place))
    return [
        _marked(text, start, end, [(s[0], s[1]) for s in sentences[start, end]])
        for start, end in sorted(ranked[:limit])
    ]


def changed(segments: Sequence[Segment]) -> list[list[Run]]:
    """Return the changed passages of a word-level diff, each with its sentence around it.

    Passages closer than a sentence are shown together. What does not fit in 1500 characters
    is left out; the last hunk then says how many passages are not shown.
    """
    hunks = _hunks(segments)
    shown: list[list[Run]] = []
    room = DIFF_MAX
    for hunk in hunks[:HUNKS_MAX]:
        length = sum(len(text) for _, text in hunk)
        if shown and length > room:
            break
        room -= length
        shown.append(hunk)
    hidden = len(hunks) - len(shown)
    if hidden:
        shown.append([("", f"{ELLIPSIS} and {hidden} more changed passages")])
    return shown


@dataclass
class _Hunk:
    """A hunk being gathered, and the unchanged text after it that may lead to the next."""

    runs: list[Run] = field(default_factory=list)
    tail: str = ""


def _hunks(segments: Sequence[Segment]) -> list[list[Run]]:
    hunks: list[list[Run]] = []
    before, open_ = "", _Hunk()
    for segment in segments:
        if segment.op == "equal":
            if open_.runs:
                open_.tail += segment.new
            else:
                before = (before + segment.new)[-4 * AROUND :]
            continue
        if open_.runs and _is_far(open_.tail):
            before = open_.tail
            hunks.append(_closed(open_))
            open_ = _Hunk()
        if not open_.runs:
            open_.runs.append(("", _context_before(before)))
        elif open_.tail:
            open_.runs.append(("", runs(open_.tail)))
        open_.tail = ""
        if segment.old.strip():
            open_.runs.append(("gone", _passage(segment.old)))
        if segment.new.strip():
            open_.runs.append(("new", _passage(segment.new)))
    if open_.runs:
        hunks.append(_closed(open_))
    # A change of white space alone leaves nothing to show.
    return [hunk for hunk in hunks if any(style for style, _ in hunk)]


def _closed(hunk: _Hunk) -> list[Run]:
    return [run for run in [*hunk.runs, ("", _context_after(hunk.tail))] if run[1]]


def _is_far(between: str) -> bool:
    return len(between) > 2 * AROUND or _BORDER.search(between) is not None


def _passage(text: str) -> str:
    shown = runs(text)
    if len(shown) <= PASSAGE_MAX:
        return shown
    half = PASSAGE_MAX // 2
    return f"{shown[:half].rstrip()} {ELLIPSIS} {shown[-half:].lstrip()}"


def _context_before(text: str) -> str:
    start = _border_before(text, len(text))
    kept = text[start:]
    if len(kept) > AROUND:
        kept = (
            ELLIPSIS + kept[-AROUND:].partition(" ")[2]
            if " " in kept[-AROUND:]
            else (ELLIPSIS + kept[-AROUND:])
        )
    return runs(kept)


def _context_after(text: str) -> str:
    kept = text[: _border_after(text, 0)]
    if len(kept) > AROUND:
        head = kept[:AROUND]
        kept = (head.rpartition(" ")[0] or head) + ELLIPSIS
    return runs(kept)


def _marked(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> list[Run]:
    found: list[Run] = []
    at = start
    for first, last in spans:
        if last <= at:
            continue
        found.append(("", runs(text[at : max(at, first)])))
        found.append(("match", runs(text[max(at, first) : last])))
        at = last
    found.append(("", runs(text[at:end].rstrip())))
    return _trim([run for run in found if run[1]], SENTENCE_MAX)


def _trim(found: list[Run], limit: int) -> list[Run]:
    """Shorten unmarked stretches to SIDE characters at a match, then the whole to *limit*."""
    if sum(len(text) for _, text in found) > limit:
        found = [
            run if run[0] else ("", _middle(run[1], first=i == 0, last=i == len(found) - 1))
            for i, run in enumerate(found)
        ]
    kept: list[Run] = []
    for style, text in found:
        room = limit - sum(len(t) for _, t in kept)
        if len(text) > room:
            kept.append((style, text[: max(0, room - 1)] + ELLIPSIS))
            break
        kept.append((style, text))
    return kept


def _middle(text: str, *, first: bool, last: bool) -> str:
    if first and last:
        return text
    if first and len(text) > SIDE:
        return ELLIPSIS + text[-SIDE:]
    if last and len(text) > SIDE:
        return text[:SIDE] + ELLIPSIS
    if len(text) > 2 * SIDE:
        return f"{text[:SIDE]} {ELLIPSIS} {text[-SIDE:]}"
    return text


def _border_before(text: str, at: int) -> int:
    """Return where the sentence holding *at* begins; looks back 2000 characters at most."""
    low = max(0, at - 2000)
    ends = [found.end() for found in _BORDER.finditer(text, low, at)]
    return ends[-1] if ends else low


def _border_after(text: str, at: int) -> int:
    """Return where the sentence holding *at* ends; looks ahead 2000 characters at most."""
    high = min(len(text), at + 2000)
    # From the character before, for a match that ends with the sentence.
    found = _BORDER.search(text, max(0, at - 1), high)
    while found is not None and found.end() <= at:
        found = _BORDER.search(text, max(at, found.end() + 1), high)
    return found.end() if found else high
