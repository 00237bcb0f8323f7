"""Stories: which articles carry one text. Joined to a leader, never by chaining. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from storage.kinship import Document, Kinship, classify, possible, relate
from storage.signature import Signature
from storage.signing import signature
from storage.types import CopyKind

__all__ = [
    "Document",
    "Kinship",
    "Placement",
    "Signature",
    "classify",
    "cluster",
    "nearest",
    "place",
    "possible",
    "signature",
]

#: A hash that this many stories share says nothing of any one: boilerplate. Its further bearers
#: are not indexed, so that no look-up ever reads more.
COMMON = 100

#: Leaders compared with one article, those with the most hashes in common.
MAX_CANDIDATES = 24

#: Of those with one hash in common.
MAX_CHANCE = 8

#: Strength of a kind when several leaders claim one article.
_RANK = {
    CopyKind.EXACT: 5,
    CopyKind.EDITED: 4,
    CopyKind.CONTAINED: 3,
    CopyKind.SPUN: 2,
    CopyKind.TRANSLATED: 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an article belongs."""

    article_id: int
    #: The leader it belongs to; its own id when it is an origin.
    leader: int
    #: origin when it starts a story of its own; else its kind as a copy, or, when
    #: `takes_over`, the kind of copy that the former leader now is.
    kind: CopyKind
    score: float
    adds: str | None = None
    #: The article is the origin of a story whose leader so far was `leader`.
    takes_over: bool = False
    #: What further leaders are to it, when it takes over: they came first and had nothing in common.
    absorbs: tuple[tuple[int, Kinship], ...] = ()


def place(new: Document, candidates: Sequence[Document]) -> Placement:
    """Return where *new* belongs among *candidates*: with the best leader, or alone.

    Only leaders are compared (candidates of kind `origin`): joining a copy of a copy is how
    rolling coverage glues into one heap (68 % bad pairs when chained, 1.7 % with leaders).
    A round-up, made of parts of several stories, joins none.
    """
    kin: list[tuple[Kinship, Document]] = []
    shares: list[frozenset[int]] = []
    for candidate in candidates:
        if candidate.kind is not CopyKind.ORIGIN or candidate.article_id == new.article_id:
            continue
        found, shared = relate(new, candidate)
        shares.append(shared)
        if found is not None:
            kin.append((found, candidate))
    if not kin or _round_up(shares, len(new.signature.sentences)):
        return Placement(
            article_id=new.article_id, leader=new.article_id, kind=CopyKind.ORIGIN, score=1.0
        )
    best, leader = max(kin, key=lambda pair: (_RANK[pair[0].kind], pair[0].score))
    takes_over = best.leader == new.article_id
    return Placement(
        article_id=new.article_id,
        leader=leader.article_id,
        kind=best.kind,
        score=best.score,
        adds=best.adds,
        takes_over=takes_over,
        absorbs=tuple(
            (other.article_id, found)
            for found, other in kin
            if takes_over
            and other is not leader
            and found.leader == new.article_id
            # Reworded or translated is less sure, and two stories are harder to part than to join.
            and found.kind in (CopyKind.EXACT, CopyKind.EDITED, CopyKind.CONTAINED)
        ),
    )


def _round_up(shares: Sequence[frozenset[int]], sentences: int) -> bool:
    """Return whether a text of *sentences* sentences is put together from several stories.

    *shares* are its sentences that stand in each candidate. Three parts that hardly meet, none
    of them half of the text, make a round-up; one wire text inside a report does not.
    """
    ordered = sorted(shares, key=len, reverse=True)
    if not ordered or len(ordered[0]) * 2 >= sentences:
        return False
    apart = 0
    seen: set[int] = set()
    for part in ordered:
        # A stray sentence in common beside one long part is background, not a further story.
        if len(part) * 3 >= len(ordered[0]) and len(part & seen) * 2 < len(part):
            apart += 1
            seen |= part
    return apart >= 3


def nearest(bearers: Iterable[Sequence[int]]) -> list[int]:
    """Return the leaders worth comparing, the likeliest first.

    Args:
        bearers: for each hash of the article that some leader has, the leaders' ids.
    """
    # From the rarest hash to the commonest: each leader is met first under its rarest.
    telling = sorted((ids for ids in bearers if len(ids) < COMMON), key=len)
    shared = Counter(chain.from_iterable(telling))
    # The id decides between equals, so that the same text always meets the same leaders.
    several = {one for one, count in shared.items() if count > 1}
    ordered = sorted((-shared[one], rare, one) for one, rare in _rarest(telling, several))
    best = [one for *_, one in ordered[:MAX_CANDIDATES]]
    # One hash in common is most often chance, and the likelier the more texts have it.
    room = min(MAX_CHANCE, MAX_CANDIDATES - len(best))
    return [*best, *_alone(telling, several, room)]


def _rarest(telling: Iterable[Sequence[int]], wanted: set[int]) -> Iterator[tuple[int, int]]:
    """Yield each of *wanted* with the number of bearers of its rarest hash."""
    left = set(wanted)
    for ids in telling:
        for one in left.intersection(ids):
            yield one, len(ids)
        left.difference_update(ids)


def _alone(telling: Iterable[Sequence[int]], several: set[int], room: int) -> list[int]:
    """Return *room* of those who share but one hash, of the rarest ones."""
    found: list[tuple[int, int]] = []
    for ids in telling:
        if len(found) >= room and (not found or len(ids) > found[-1][0]):
            break
        found += [(len(ids), one) for one in ids if one not in several]
    return [one for _, one in sorted(found)[:room]]


def cluster(documents: Iterable[Document]) -> list[Placement]:
    """Return the place of each document, in the order given, as if stored one after the other.

    The same index and rules as the database uses, in memory.
    """
    index: dict[int, list[int]] = {}
    leaders: dict[int, Document] = {}
    placements: dict[int, Placement] = {}
    for document in documents:
        bearers = (
            [one for one in index[key] if one in leaders]
            for key in document.signature.query_hashes
            if key in index
        )
        placement = place(document, [leaders[one] for one in nearest(bearers)])
        placements[document.article_id] = placement
        if placement.takes_over:
            _hand_over(placements, placement)
            leaders.pop(placement.leader)
            for former, kin in placement.absorbs:
                _absorb(placements, document.article_id, former, kin)
                leaders.pop(former)
        if placement.takes_over or placement.kind is CopyKind.ORIGIN:
            leaders[document.article_id] = document
            for key in document.signature.index_hashes:
                borne = index.setdefault(key, [])
                if len(borne) < COMMON:
                    borne.append(document.article_id)
    return list(placements.values())


def _hand_over(placements: dict[int, Placement], placement: Placement) -> None:
    """Make the new article the leader; the former one and its copies follow it."""
    old, new = placement.leader, placement.article_id
    for article_id, held in placements.items():
        if article_id == new or held.leader != old:
            continue
        own = article_id == old
        placements[article_id] = Placement(
            article_id=article_id,
            leader=new,
            kind=placement.kind if own else held.kind,
            score=placement.score if own else held.score,
            adds=placement.adds if own else held.adds,
        )
    placements[new] = Placement(article_id=new, leader=new, kind=CopyKind.ORIGIN, score=1.0)


def _absorb(placements: dict[int, Placement], new: int, former: int, kin: Kinship) -> None:
    """Let a further leader and its copies follow the new article."""
    for article_id, held in placements.items():
        if held.leader == former:
            own = article_id == former
            placements[article_id] = Placement(
                article_id=article_id,
                leader=new,
                kind=kin.kind if own else held.kind,
                score=kin.score if own else held.score,
                adds=kin.adds if own else held.adds,
            )
