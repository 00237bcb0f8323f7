"""Reading stories and their members."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from storage.models import ArticleRow, StoryRow
from storage.part import Part
from storage.types import CopyKind, StoryMember
from storage.views import StoryView


class ReadStoriesPart(Part):
    """Stories."""

    def stories(
        self,
        *,
        since: datetime | None = None,
        min_members: int = 2,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[StoryView, ...]:
        """Return stories, those that were joined last first."""
        joined = func.max(ArticleRow.first_seen_at)
        query = (
            select(ArticleRow.story_id)
            .group_by(ArticleRow.story_id)
            .having(func.count() >= min_members)
        )
        if since is not None:
            query = query.having(joined >= since)
        query = query.order_by(joined.desc(), ArticleRow.story_id.desc())
        ids = self._db.scalars(query.limit(limit).offset(offset)).all()
        found = (self.story(story_id) for story_id in ids)
        return tuple(story for story in found if story is not None)

    def story(self, story_id: int) -> StoryView | None:
        """Return one story with its members, origin first, then by first_seen_at."""
        columns = (StoryRow.id, StoryRow.created_at, StoryRow.pinned)
        row = self._db.execute(select(*columns).where(StoryRow.id == story_id)).first()
        if row is None:
            return None
        return StoryView(**row._mapping, members=self.story_members(story_id))

    def story_members(self, story_id: int) -> tuple[StoryMember, ...]:
        """Return the members of a story, origin first, then by first_seen_at."""
        rows = self._db.execute(_MEMBERS, {"story": story_id})
        return tuple(_member(dict(row._mapping)) for row in rows)


_MEMBER = (
    ArticleRow.story_id,
    ArticleRow.id.label("article_id"),
    ArticleRow.source_id,
    ArticleRow.url,
    ArticleRow.title,
    ArticleRow.copy_kind.label("kind"),
    ArticleRow.copy_score.label("score"),
    ArticleRow.first_seen_at,
    ArticleRow.published_at,
    ArticleRow.copy_adds.label("adds"),
    ArticleRow.language,
)

# Built once: building it costs more than running it.
_MEMBERS = (
    select(*_MEMBER)
    .where(ArticleRow.story_id == bindparam("story"))
    .order_by(ArticleRow.copy_kind != CopyKind.ORIGIN, ArticleRow.first_seen_at, ArticleRow.id)
)


def _member(fields: dict[str, Any]) -> StoryMember:
    return StoryMember(kind=CopyKind(fields.pop("kind")), **fields)
