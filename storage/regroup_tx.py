"""Stories put together and taken apart by a person, and kept so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from storage.models import AlertRow, ArticleRow, OutboxRecord, RevisionRow, StoryRow
from storage.stories import Document, Signature, classify
from storage.story_tx import StoryPart
from storage.types import CopyKind


class RegroupPart(StoryPart):
    """Stories by hand."""

    def split_story(self, article_id: int, *, now: datetime) -> int:
        """Give an article a story of its own, and return that story's id.

        Both stories are pinned: no rule puts the article back, whatever becomes of its text. What
        was told of the old story stays with the old story.

        Raises:
            ValueError: no such article.
        """
        row = self._db.execute(
            select(ArticleRow.story_id, ArticleRow.copy_kind).where(ArticleRow.id == article_id)
        ).first()
        if row is None:
            raise ValueError(f"no article {article_id}")
        rest = self._members(row.story_id, but=article_id)
        if not rest:
            self._pin(row.story_id)
            return int(row.story_id)
        fields = {"created_at": now, "origin_id": article_id, "pinned": True}
        story_id = self._insert(StoryRow, fields)
        self._set_place(article_id, story_id, CopyKind.ORIGIN, 1.0, None)
        self._pin(row.story_id)
        if row.copy_kind == CopyKind.ORIGIN:
            self._lead(row.story_id, rest)
        else:
            self._index(article_id, self._newest_marks(article_id))
        return story_id

    def join_stories(self, story_id: int, other_id: int) -> None:
        """Put every article of story *other_id* into *story_id*, which keeps its origin.

        Pinned, so that no rule parts them. What was told of the other is told of this one now.

        Raises:
            ValueError: one of them does not exist, or they are one.
        """
        if story_id == other_id:
            raise ValueError("a story cannot be joined with itself")
        origin_id = self._db.scalar(select(StoryRow.origin_id).where(StoryRow.id == story_id))
        former_id = self._db.scalar(select(StoryRow.origin_id).where(StoryRow.id == other_id))
        for id_, leader in ((story_id, origin_id), (other_id, former_id)):
            if leader is None:
                raise ValueError(f"no story {id_}")
        assert origin_id is not None
        assert former_id is not None
        (origin,) = self._documents([origin_id], with_text=True)
        self._unindex(former_id, self._newest_marks(former_id))
        for member in self._members(other_id):
            self._file_under(story_id, origin, member)
        for table in (AlertRow, OutboxRecord):
            moved = update(table).where(table.story_id == other_id)
            self._db.execute(moved.values(story_id=story_id))
        # Its row stays, empty: SQLite would give its number, which alerts are keyed by, again.
        empty = update(StoryRow).where(StoryRow.id == other_id)
        self._db.execute(empty.values(origin_id=None, pinned=True))
        self._pin(story_id)

    def _lead(self, story_id: int, members: tuple[Document, ...]) -> None:
        """Make the earliest of *members* the origin of a story that lost its own."""
        origin, *others = sorted(members, key=lambda one: (one.first_seen_at, one.article_id))
        story = update(StoryRow).where(StoryRow.id == story_id)
        self._db.execute(story.values(origin_id=origin.article_id))
        self._set_place(origin.article_id, story_id, CopyKind.ORIGIN, 1.0, None)
        self._index(origin.article_id, origin.signature)
        for member in others:
            self._file_under(story_id, origin, member)

    def _file_under(self, story_id: int, origin: Document, member: Document) -> None:
        kin = classify(member, origin)
        if kin is None:
            # A person says so; how much they share, no rule can tell.
            self._set_place(member.article_id, story_id, CopyKind.EDITED, 0.0, None)
        else:
            self._set_place(member.article_id, story_id, kin.kind, kin.score, kin.adds)

    def _members(self, story_id: int, *, but: int | None = None) -> tuple[Document, ...]:
        ids = self._db.scalars(
            select(ArticleRow.id).where(ArticleRow.story_id == story_id).order_by(ArticleRow.id)
        ).all()
        return self._documents([one for one in ids if one != but], with_text=True)

    def _newest_marks(self, article_id: int) -> Signature:
        revision_id = self._db.scalar(
            select(RevisionRow.id)
            .where(RevisionRow.article_id == article_id)
            .order_by(RevisionRow.number.desc())
            .limit(1)
        )
        assert revision_id is not None, "an article without a revision"
        return self._marks_of(revision_id)

    def _pin(self, story_id: int) -> None:
        self._db.execute(update(StoryRow).where(StoryRow.id == story_id).values(pinned=True))

    def _set_place(
        self, article_id: int, story_id: int, kind: CopyKind, score: float, adds: str | None
    ) -> None:
        own = update(ArticleRow).where(ArticleRow.id == article_id)
        self._db.execute(
            own.values(story_id=story_id, copy_kind=kind.value, copy_score=score, copy_adds=adds)
        )
