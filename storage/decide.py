"""What one more look at an article means: new, revised, or nothing. Pure.

Facts come in, an intention goes out; storage/record_tx.py makes it so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.types import ChangeClass, Difference

#: How often in one day an article may go back to an earlier revision before we stop ringing: once
#: is an editor who takes something back; twice is an A/B test or two servers out of step.
MAX_FLIPS = 1
#: And before we stop storing: a page that flips at every visit would fill the disk.
MAX_STORED_FLIPS = 24
FLIP_WINDOW = timedelta(days=1)

#: Weaker evidence than this, two texts under two URLs are two articles (share of common words).
SAME_DOCUMENT = 0.5

Compare = Callable[[tuple[str, str], tuple[str, str], str | None], Difference]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One revision held, as far as deciding needs it."""

    number: int
    fingerprint: str
    title: str
    text: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An article as it is held."""

    url: str
    #: live, missing, withdrawn.
    status: str
    #: The newest revision, or for an older capture the one it follows in time (None: none).
    before: Version | None
    #: The one an older capture would stand before; None when it is the newest.
    after: Version | None
    #: Whether what is seen is of the past: it stands before `after`, or the article is known to
    #: have stood as `before` says, or to have gone, at a later time.
    past: bool = False
    #: (number, fingerprint) of all revisions held.
    prints: tuple[tuple[int, str], ...]
    #: The fingerprints of texts found to differ from `before` by nothing a reader would notice.
    cosmetic: frozenset[str] = frozenset()
    #: When it lately went back to an earlier revision.
    flips: tuple[datetime, ...] = ()
    #: Other URLs it is known under.
    aliases: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of it now."""

    #: The canonical URL it is served under.
    url: str
    #: Whether `url` is only another dress of the URL held (http, www, m): then it has not moved.
    twin: bool
    fingerprint: str
    title: str
    text: str
    language: str | None
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do about it."""

    #: See Recorded.outcome.
    outcome: str
    reason: str | None = None
    #: The number of the revision to insert; None when its text is held already.
    number: int | None = None
    #: The class of the change to record; None when there is none.
    change: ChangeClass | None = None
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    #: Whether the article is filed under the URL seen from now on.
    moves: bool = False
    #: Whether this goes back to an earlier revision.
    flips: bool = False
    #: Whether to remember the fingerprint as one that tells nothing new.
    cosmetic: bool = False
    #: Whether the revision after it was seen earlier than was known.
    antedates: bool = False


def decide(held: Held | None, seen: Seen, compare: Compare) -> Step:
    """Return what *seen* means for an article of which we hold *held*."""
    if held is None:
        return Step(
            outcome="new", number=1, change=ChangeClass.NEW, score=1.0, reasons=("first seen",)
        )
    if held.past or held.after is not None:
        return _older(held, seen, compare)
    newest = held.before
    assert newest is not None, "an article without a revision"
    moves = seen.url != held.url and not seen.twin and seen.url not in held.aliases
    same = seen.fingerprint == newest.fingerprint or seen.fingerprint in held.cosmetic
    if held.status == "withdrawn":
        return _restored(newest, seen, same=same, moves=moves, compare=compare)
    if same:
        return _unchanged(held, moves=moves, reason="the same text")
    difference = _compared(newest, seen, compare)
    if difference.change_class is ChangeClass.COSMETIC and _words(newest) == _words(seen):
        return _unchanged(held, moves=moves, reason="differs in nothing but form", cosmetic=True)
    return _revised(held, newest, seen, difference, moves=moves)


def _revised(
    held: Held, newest: Version, seen: Seen, difference: Difference, *, moves: bool
) -> Step:
    back_to = max((n for n, print_ in held.prints if print_ == seen.fingerprint), default=None)
    reasons = difference.reasons
    if back_to is not None:
        reasons = (f"reverted to revision {back_to}", *reasons)
    if moves:
        reasons = (*reasons, f"moved from {held.url}")
    outcome, reason = "revised", None
    recent = sum(seen.seen_at - FLIP_WINDOW < at <= seen.seen_at for at in held.flips)
    if back_to is not None and recent >= MAX_FLIPS:
        outcome, reason = "flapping", f"went back {recent + 1} times within a day"
        if recent >= MAX_STORED_FLIPS:
            return Step(outcome=outcome, reason=reason)
        reasons = ("flapping", *reasons)
    return Step(
        outcome=outcome,
        reason=reason,
        number=newest.number + 1,
        change=difference.change_class,
        score=difference.score,
        reasons=reasons,
        moves=moves,
        flips=back_to is not None,
    )


def _unchanged(held: Held, *, moves: bool, reason: str, cosmetic: bool = False) -> Step:
    if not moves:
        return Step(outcome="unchanged", reason=reason, cosmetic=cosmetic)
    return Step(
        outcome="moved",
        change=ChangeClass.MOVED,
        score=0.1,
        reasons=(f"moved from {held.url}",),
        moves=True,
        cosmetic=cosmetic,
    )


def _restored(newest: Version, seen: Seen, *, same: bool, moves: bool, compare: Compare) -> Step:
    if same:
        number = None
        reasons: tuple[str, ...] = ("back with the same text",)
    else:
        number = newest.number + 1
        reasons = ("back with another text", *_compared(newest, seen, compare).reasons)
    return Step(
        outcome="restored",
        number=number,
        change=ChangeClass.RESTORED,
        score=1.0,
        reasons=reasons,
        moves=moves,
    )


def _older(held: Held, seen: Seen, compare: Compare) -> Step:
    """A capture older than what we know fills a gap in the past; nobody is told."""
    for neighbour in (held.before, held.after):
        if neighbour is not None and _reads_as(neighbour, seen, compare):
            return Step(
                outcome="older",
                reason=f"held as revision {neighbour.number}",
                antedates=neighbour is held.after,
            )
    if held.before is None:
        change, score = ChangeClass.NEW, 1.0
        reasons: tuple[str, ...] = ("first seen, in an older capture",)
        number = 1
    else:
        difference = _compared(held.before, seen, compare)
        change, score = difference.change_class, difference.score
        reasons = ("found in an older capture", *difference.reasons)
        number = held.before.number + 1
    return Step(
        outcome="older",
        reason="older than what is known",
        number=number,
        change=change,
        score=score,
        reasons=reasons,
    )


def _reads_as(version: Version, seen: Seen, compare: Compare) -> bool:
    if version.fingerprint == seen.fingerprint:
        return True
    difference = _compared(version, seen, compare)
    return difference.change_class is ChangeClass.COSMETIC and _words(version) == _words(seen)


def _compared(old: Version, seen: Seen, compare: Compare) -> Difference:
    return compare((old.title, old.text), (seen.title, seen.text), seen.language)


def same_document(old: tuple[str, str], new: tuple[str, str]) -> bool:
    """Return whether two (title, text) pairs under two URLs can be one document.

    Needed where the link between the URLs is weak: a redirect that may lead to something else, a
    twin address on another host.
    """
    if _fold(old[0]) and _fold(old[0]) == _fold(new[0]):
        return True
    ours, theirs = _grams(old[1]), _grams(new[1])
    return bool(ours and theirs) and len(ours & theirs) / len(ours | theirs) >= SAME_DOCUMENT


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _words(version: Version | Seen) -> list[str]:
    return re.findall(r"\w+", _fold(f"{version.title} {version.text}"))


def _grams(text: str) -> frozenset[str]:
    # Words, and for scripts without spaces pairs of characters; the head of a text is enough.
    folded = _fold(text[:20_000])
    return frozenset(
        gram
        for word in re.findall(r"\w+", folded)
        for gram in ([word] if word.isascii() else [word[i : i + 2] for i in range(len(word))])
    )
