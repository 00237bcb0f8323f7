"""Stories: which articles carry one text. Joined to a leader, never by chaining. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.kinship import Document, Kinship, classify
from storage.signature import Signature, signature
from storage.types import CopyKind

__all__ = [
    "Document",
    "Kinship",
    "Placement",
    "Signature",
    "classify",
    "cluster",
    "place",
    "signature",
]

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


def place(new: Document, candidates: Sequence[Document]) -> Placement:
    """Return where *new* belongs among *candidates*: with the best leader, or alone.

    Only leaders are compared (candidates of kind `origin`): joining a copy of a copy is how
    rolling coverage glues into one heap (68 % bad pairs when chained, 1.7 % with leaders).
    A round-up, made of parts of several stories, joins none.
    """
    kin = [
        (found, candidate)
        for candidate in candidates
        if candidate.kind is CopyKind.ORIGIN and candidate.article_id != new.article_id
        if (found := classify(new, candidate)) is not None
    ]
    if not kin or _round_up(kin):
        return Placement(
            article_id=new.article_id, leader=new.article_id, kind=CopyKind.ORIGIN, score=1.0
        )
    best, leader = max(kin, key=lambda pair: (_RANK[pair[0].kind], pair[0].score))
    return Placement(
        article_id=new.article_id,
        leader=leader.article_id,
        kind=best.kind,
        score=best.score,
        adds=best.adds,
        takes_over=best.leader == new.article_id,
    )


def _round_up(kin: Sequence[tuple[Kinship, Document]]) -> bool:
    """Return whether a document holds parts of several stories, none of them most of it."""
    parts = [
        {index for index, share in enumerate(found.by_sentence) if share >= 0.5}
        for found, _ in kin
        if found.kind in (CopyKind.CONTAINED, CopyKind.EDITED)
    ]
    if any(
        len(part) * 2 > len(found.by_sentence) for part, (found, _) in zip(parts, kin, strict=False)
    ):
        return False
    apart = 0
    seen: set[int] = set()
    for part in parts:
        if part and len(part & seen) * 2 < len(part):
            apart += 1
            seen |= part
    return apart >= 2


def cluster(documents: Iterable[Document]) -> list[Placement]:
    """Return the place of each document, in the order given, as if stored one after the other.

    The same index and rules as the database uses, in memory.
    """
    index: dict[int, list[int]] = {}
    leaders: dict[int, Document] = {}
    placements: dict[int, Placement] = {}
    for document in documents:
        near = {
            article_id
            for key in document.signature.query_hashes
            for article_id in index.get(key, ())
        }
        placement = place(document, [leaders[one] for one in sorted(near) if one in leaders])
        placements[document.article_id] = placement
        if placement.takes_over:
            _hand_over(placements, placement)
            leaders.pop(placement.leader)
        if placement.takes_over or placement.kind is CopyKind.ORIGIN:
            leaders[document.article_id] = document
            for key in document.signature.index_hashes:
                index.setdefault(key, []).append(document.article_id)
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
