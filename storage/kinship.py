"""How two documents are related, if at all: the decision with its thresholds. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.additions import sentences_beyond
from storage.forms import Written, about, headed, same_form
from storage.normal import fold_line
from storage.overlap import Overlap, in_order, overlap, reworded, strangers
from storage.signature import Signature
from storage.translation import FIGURES, translated
from storage.types import Attribution, CopyKind, Wire

#: Both sides at least this: one text (18 + 14 real pairs read by hand, none wrong).
SAME = 0.6
#: One side at least this, with enough words: a part of it stands in the other.
PART = 0.35
PART_WORDS = 45
PART_SENTENCES = 2
#: From WHOLE of the shorter and under GROWN of the longer, an edited copy is called contained.
WHOLE = 0.85
GROWN = 0.78
#: Share of common words in whole sentences from which a part was taken over as it is.
SOLID = 0.45
#: Part of a text makes no copy of one of which it is less than this share.
ROUND_UP = 0.2
#: Unless so much of it was taken, and under its own headline, and this is no brief.
HALF = 0.5
BRIEF = 0.15
#: And from this share on it may, whatever the headline says.
MAIN_PART = 0.35
#: Share of words in one order; see `storage.overlap.in_order`.
ORDERED = 0.4
#: The same in texts shorter than this, where names, figures and "the" make half of a report.
ORDERED_SHORT = 0.55
LONG_ENOUGH = 200
#: The same when figures and names agree as well.
ORDERED_WITH_FACTS = 0.3
#: Share of plain words that survives in aligned sentences of a machine-reworded text.
SPUN = 0.42
#: Shorter texts, and those with less of their figures in common, are not called reworded.
SPUN_WORDS = 60
AGREED = 0.6
#: Two texts reworded or translated lie days apart, not months.
NEAR = timedelta(days=21)


NO_WIRE = Wire()
NO_ATTRIBUTION = Attribution()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article as story search sees it."""

    article_id: int
    title: str
    signature: Signature
    #: Needed only to show what a copy adds.
    text: str | None = None
    published_at: datetime | None = None
    first_seen_at: datetime | None = None
    source_id: str | None = None
    #: The publisher's own name.
    site: str | None = None
    language: str | None = None
    wire: Wire = NO_WIRE
    attribution: Attribution = NO_ATTRIBUTION
    #: Its place among what is stored; None while it has none.
    story_id: int | None = None
    kind: CopyKind = CopyKind.ORIGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinship:
    """What makes two documents one story."""

    kind: CopyKind
    #: 0..1: share of the origin's text in the copy; certainty for spun and translated.
    score: float
    #: The article_id of the one to be called the origin.
    leader: int
    #: The first words of what the copy says beyond the origin.
    adds: str | None = None


def classify(new: Document, candidate: Document) -> Kinship | None:
    """Return how *new* and *candidate* are one story, or None when they are two."""
    return relate(new, candidate)[0]


def possible(new: Signature, old: Signature) -> bool:
    """Return whether the two may have anything to do with each other; False is what `relate` proves.

    Nineteen of twenty candidates share a hash by chance. This tells them by their signatures
    alone, before anything else of them is read.
    """
    if not strangers(new, old):
        return True
    common = len(new.figure_set & old.figure_set)
    fewest = min(len(new.figure_set), len(old.figure_set))
    alike = new.han == old.han and min(len(new), len(old)) >= SPUN_WORDS
    return common >= FIGURES or (alike and common >= AGREED * fewest)


def relate(new: Document, candidate: Document) -> tuple[Kinship | None, frozenset[int]]:
    """Return the kinship, if any, and which sentences of *new* stand in *candidate*.

    A round-up holds some of many stories, and often too little of each to be kin to it.
    """
    common = overlap(new.signature, candidate.signature)
    shared = frozenset(at for at, share in enumerate(common.by_sentence) if share >= 0.5)
    return _kinship(new, candidate, common), shared


def _kinship(new: Document, candidate: Document, common: Overlap) -> Kinship | None:
    found = (
        _copied(new, candidate, common)
        or _spun(new, candidate, common)
        or _translated(new, candidate)
    )
    if found is None:
        return None
    kind, score = found
    leader = candidate if _first(candidate, new) else new
    copy = new if leader is candidate else candidate
    if kind is CopyKind.CONTAINED:
        # The container is the copy, whichever came first: the part is what was taken over.
        inner, outer = (
            (candidate, new) if common.second_plain >= common.first_plain else (new, candidate)
        )
        if _first(outer, inner) and not _names(outer, inner):
            # The longer text was there first: the shorter one is an excerpt of it.
            kind, leader, copy = CopyKind.EDITED, outer, inner
        else:
            leader, copy = inner, outer
    rows = common.by_sentence if copy is new else common.second_by_sentence
    return Kinship(
        kind=kind,
        score=round(score, 4),
        leader=leader.article_id,
        adds=_adds(copy, rows) if kind in (CopyKind.CONTAINED, CopyKind.EDITED) else None,
    )


def _copied(new: Document, old: Document, common: Overlap) -> tuple[CopyKind, float] | None:
    a, b = common.first, common.second
    low, high = min(a, b), max(a, b)
    if high < PART or _issues(new, old, common):
        return None
    if low >= 0.96 and common.whole(new.signature, old.signature):
        return CopyKind.EXACT, 1.0
    if low >= SAME:
        # All of one stands in the other, which says a good deal more: contained.
        grown = high >= WHOLE and low < GROWN
        return (CopyKind.CONTAINED, high) if grown else (CopyKind.EDITED, low)
    if common.words < PART_WORDS or common.sentences < PART_SENTENCES:
        return None
    if common.solid < SOLID:
        # Hardly a sentence is whole: reworded throughout, not taken over in part.
        return None
    outer, inner = (new, old) if a < b else (old, new)
    taken = Written(inner.title, inner.signature)
    if high < WHOLE and low < ROUND_UP:
        # Some of one in very little of the other: a round-up or a list of briefs; but not half of
        # one, under a headline that is about it.
        least = HALF if low >= BRIEF and headed(outer.title) else WHOLE
        if high < least or not about(outer.title, taken):
            return None
    if high < WHOLE and low < MAIN_PART and not about(outer.title, taken):
        # Not the main part of it, and not what its headline is about: a round-up as well.
        return None
    return CopyKind.CONTAINED, high


def _issues(new: Document, old: Document, common: Overlap) -> bool:
    one, two = Written(new.title, new.signature), Written(old.title, old.signature)
    return same_form(one, two, common)


def _agreement(a: frozenset[int], b: frozenset[int]) -> float:
    """Return the share of the shorter list's facts that the other has too; 1 when it has none."""
    fewest = min(len(a), len(b))
    return len(a & b) / fewest if fewest else 1.0


def _spun(new: Document, old: Document, common: Overlap) -> tuple[CopyKind, float] | None:
    a, b = new.signature, old.signature
    if a.han != b.han or min(len(a), len(b)) < SPUN_WORDS or not _near(new, old):
        return None
    figures = _agreement(a.figure_set, b.figure_set)
    if figures < AGREED or _issues(new, old, common):
        return None
    names, others = frozenset(a.names), frozenset(b.names)
    shorter, longer = sorted((len(a), len(b)))
    # Far apart in length they cannot share enough; saves most of the work.
    if shorter * 2 >= longer * ORDERED_WITH_FACTS:
        share = in_order(a, b)
        short = shorter < LONG_ENOUGH
        if share >= (ORDERED_SHORT if short else ORDERED):
            return CopyKind.SPUN, share
        agreed = not short and len(a.figure_set & b.figure_set) >= 4 and figures >= 0.8
        if share >= ORDERED_WITH_FACTS and agreed and _agreement(names, others) >= 0.7:
            return CopyKind.SPUN, share
    if len(a.figure_set & b.figure_set) < 2 and _agreement(names, others) < 0.4:
        return None
    one, two = reworded(a, b)
    if min(one, two) >= SPUN:
        return CopyKind.SPUN, (one + two) / 2
    return None


def _translated(new: Document, old: Document) -> tuple[CopyKind, float] | None:
    if not _two_languages(new, old) or not _near(new, old):
        return None
    sure = translated(new.signature, old.signature)
    return None if sure is None else (CopyKind.TRANSLATED, sure)


def _two_languages(a: Document, b: Document) -> bool:
    if a.signature.han != b.signature.han:
        return True
    return bool(a.language and b.language and a.language[:2] != b.language[:2])


def _near(a: Document, b: Document) -> bool:
    one, two = _when(a), _when(b)
    return one is None or two is None or abs(one - two) <= NEAR


def _when(document: Document) -> datetime | None:
    return document.published_at or document.first_seen_at


def _first(a: Document, b: Document) -> bool:
    """Return whether *a* rather than *b* is to be called the origin."""
    if _names(b, a) != _names(a, b):
        return _names(b, a)
    one, two = a.published_at, b.published_at
    if one is None or two is None or one == two:
        one, two = a.first_seen_at, b.first_seen_at
    if one is None or two is None or one == two:
        return a.article_id < b.article_id
    return one < two


def _names(copy: Document, origin: Document) -> bool:
    """Return whether *copy* itself says that it has its text from *origin*."""
    own = {name for name in (origin.source_id, origin.site) if name}
    said = [copy.wire.agency, copy.attribution.source]
    keys = {fold_line(name).casefold() for name in own}
    return any(
        key and key in fold_line(text).casefold() for text in said if text for key in keys
    ) and not any(key in fold_line(copy.source_id or "").casefold() for key in keys if key)


def _adds(copy: Document, rows: tuple[float, ...]) -> str | None:
    """Return the sentences of *copy* that the origin has not, up to 600 characters."""
    if copy.text is None:
        return None
    return sentences_beyond(copy.text, rows)
