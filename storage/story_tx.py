"""Placing an article in its story, in the transaction that stores it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from storage.models import AlertRow, ArticleRow, StoryRow
from storage.stories import (
    Document,
    Kinship,
    Placement,
    Signature,
    classify,
    place,
)
from storage.story_index_tx import StoryIndexPart
from storage.types import Article, CopyKind, StoryMember

#: Members whose kind is worked out again when their story gets another origin.
MAX_MEMBERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a new article goes."""

    story_id: int
    placement: Placement
    #: The article as story search sees it, still without an id.
    document: Document

    @property
    def columns(self) -> dict[str, Any]:
        """The article's own columns."""
        if self.placement.takes_over or self.placement.kind is CopyKind.ORIGIN:
            return _columns(self.story_id, CopyKind.ORIGIN, 1.0, None)
        found = self.placement
        return _columns(self.story_id, found.kind, found.score, found.adds)


class StoryPart(StoryIndexPart):
    """Stories: who carries whose text."""

    def _find_place(self, article: Article, marks: Signature, *, first_seen_at: datetime) -> Place:
        """Return where *article* goes, making a story for it if it joins none."""
        # No article has the id 0; on a tie the one that is stored already stays the origin, so
        # the new one must sort last.
        document = _document(article, marks, article_id=_UNBORN, first_seen_at=first_seen_at)
        candidates = self._candidates(marks)
        placement = place(document, candidates)
        if placement.takes_over:
            # What the former leader says beyond this one is read in its text.
            (leader,) = self._documents([placement.leader], with_text=True)
            placement = replace(place(document, [leader]), absorbs=placement.absorbs)
        if placement.leader == _UNBORN:
            story_id = self._insert(StoryRow, {"created_at": first_seen_at})
        else:
            stories = {one.article_id: one.story_id for one in candidates}
            story_id = stories[placement.leader] or self._story_of(placement.leader)
        return Place(story_id=story_id, placement=placement, document=document)

    def _take_place(self, article_id: int, found: Place, marks: Signature) -> None:
        """Make the story and its index say what was found, once the article has an id."""
        placement = found.placement
        if not (placement.takes_over or placement.kind is CopyKind.ORIGIN):
            return
        self._db.execute(_LEAD, {"story": found.story_id, "origin": article_id})
        self._index(article_id, marks)
        if placement.takes_over:
            former = self._documents([placement.leader], with_text=False)[0]
            self._unindex(former.article_id, former.signature)
            for leader_id, kin in placement.absorbs:
                self._absorb(found.story_id, leader_id, kin)
            self._follow(article_id, found)

    def _absorb(self, story_id: int, leader_id: int, kin: Kinship) -> None:
        """Put a story that turned out to be of the same text into this one, if nobody was told.

        Two outlets each took half of a report; the report itself comes to light later.
        """
        other_id = self._story_of(leader_id)
        if other_id == story_id or not self._free(other_id):
            return
        (former,) = self._documents([leader_id], with_text=False)
        self._unindex(leader_id, former.signature)
        moved = update(ArticleRow).where(ArticleRow.story_id == other_id)
        self._db.execute(moved.values(story_id=story_id))
        own = update(ArticleRow).where(ArticleRow.id == leader_id)
        self._db.execute(own.values(**_columns(story_id, kin.kind, kin.score, kin.adds)))
        # Its row stays, empty: SQLite would give its number again.
        self._db.execute(update(StoryRow).where(StoryRow.id == other_id).values(origin_id=None))

    def _follow(self, origin_id: int, found: Place) -> None:
        """Work out again what the other members of a story are to its new origin."""
        placement = found.placement
        former = update(ArticleRow).where(ArticleRow.id == placement.leader)
        self._db.execute(
            former.values(
                **_columns(found.story_id, placement.kind, placement.score, placement.adds)
            )
        )
        members = self._documents(
            self._db.scalars(
                select(ArticleRow.id)
                .where(ArticleRow.story_id == found.story_id, ArticleRow.id != origin_id)
                .order_by(ArticleRow.id)
                .limit(MAX_MEMBERS)
            ).all(),
            with_text=True,
        )
        for member in members:
            kin = classify(member, found.document)
            if kin is None or kin.leader == member.article_id:
                # Kin of the former origin only; it stays, as the kind of copy it was.
                continue
            own = update(ArticleRow).where(ArticleRow.id == member.article_id)
            self._db.execute(own.values(**_columns(found.story_id, kin.kind, kin.score, kin.adds)))

    def _replace_marks(
        self, article_id: int, article: Article, *, old: Signature, marks: Signature
    ) -> None:
        """Follow an edit: in the index, and in what the article is to its story.

        An article alone in a story nobody was told of may join another one: a stub grew into the
        agency's text. Where somebody was told, the story is what it was called.
        """
        row = self._db.execute(select(ArticleRow).where(ArticleRow.id == article_id)).one()
        document = _document(article, marks, article_id=article_id, first_seen_at=row.first_seen_at)
        if row.copy_kind != CopyKind.ORIGIN:
            self._compare_again(row.story_id, document)
            return
        self._unindex(article_id, old)
        self._index(article_id, marks)
        if not self._alone(article_id, row.story_id):
            return
        others = [one for one in self._candidates(marks) if one.article_id != article_id]
        placement = place(document, others)
        if placement.leader == article_id or placement.takes_over:
            return
        joined = self._story_of(placement.leader)
        own = update(ArticleRow).where(ArticleRow.id == article_id)
        self._db.execute(
            own.values(**_columns(joined, placement.kind, placement.score, placement.adds))
        )
        self._unindex(article_id, marks)
        self._db.execute(delete(StoryRow).where(StoryRow.id == row.story_id))

    def _compare_again(self, story_id: int, document: Document) -> None:
        origin_id = self._db.scalar(select(StoryRow.origin_id).where(StoryRow.id == story_id))
        origins = self._documents([origin_id] if origin_id else [], with_text=False)
        kin = classify(document, origins[0]) if origins else None
        if kin is None or kin.leader == document.article_id:
            return
        own = update(ArticleRow).where(ArticleRow.id == document.article_id)
        self._db.execute(own.values(**_columns(story_id, kin.kind, kin.score, kin.adds)))

    def _alone(self, article_id: int, story_id: int) -> bool:
        others = select(ArticleRow.id).where(
            ArticleRow.story_id == story_id, ArticleRow.id != article_id
        )
        return not self._db.scalar(others.limit(1)) and self._free(story_id)

    def _free(self, story_id: int) -> bool:
        """Return whether nobody was told of a story, and no person said what is in it."""
        told = select(AlertRow.id).where(AlertRow.story_id == story_id)
        pinned = select(StoryRow.pinned).where(StoryRow.id == story_id)
        return not (self._db.scalar(told.limit(1)) or self._db.scalar(pinned))

    def _story_of(self, article_id: int) -> int:
        found = self._db.scalar(_STORY_OF, {"id": article_id})
        assert found is not None, "an article without a story"
        return found

    def _standing(self, article_id: int) -> tuple[StoryMember | None, tuple[StoryMember, ...]]:
        """Return the article's place in its story, and all of the story."""
        story = self.story_members(self._story_of(article_id))
        own = next((member for member in story if member.article_id == article_id), None)
        return own, story


# Made once: to build a statement costs more than SQLite takes to answer it.
_STORY_OF = select(ArticleRow.story_id).where(ArticleRow.id == bindparam("id"))
_LEAD = (
    update(StoryRow).where(StoryRow.id == bindparam("story")).values(origin_id=bindparam("origin"))
)

#: The id of an article that has none yet; larger than any real one.
_UNBORN = 2**63 - 1


def _columns(story_id: int, kind: CopyKind, score: float, adds: str | None) -> dict[str, Any]:
    return {
        "story_id": story_id,
        "copy_kind": kind.value,
        "copy_score": score,
        "copy_adds": adds,
    }


def _document(
    article: Article, marks: Signature, *, article_id: int, first_seen_at: datetime
) -> Document:
    return Document(
        article_id=article_id,
        title=article.title,
        signature=marks,
        text=article.text,
        published_at=article.published_at,
        first_seen_at=first_seen_at,
        source_id=article.source_id,
        site=article.site,
        language=article.language,
        wire=article.wire,
        attribution=article.attribution,
    )
