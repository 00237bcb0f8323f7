"""Choosing what to export: ids first, so that no reading transaction stays open for hours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from storage.models import ArticleRow, MatchRow, RevisionRow
from storage.part import Part


class ExportReadPart(Part):
    """Ids, oldest first."""

    def article_ids(
        self,
        *,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        language: str | None = None,
        theme: str | None = None,
    ) -> tuple[int, ...]:
        """Return the ids of all articles that fit, by time of publication, else of first sight.

        *since* (included) and *until* (excluded) bound that time.
        """
        when = func.coalesce(ArticleRow.published_at, ArticleRow.first_seen_at)
        wanted: list[ColumnElement[bool]] = []
        for column, value in ((ArticleRow.source_id, source), (ArticleRow.language, language)):
            if value is not None:
                wanted.append(column == value)
        if since is not None:
            wanted.append(when >= since)
        if until is not None:
            wanted.append(when < until)
        if theme is not None:
            matched = select(MatchRow.article_id).where(MatchRow.theme == theme)
            wanted.append(ArticleRow.id.in_(matched))
        query = select(ArticleRow.id).where(*wanted).order_by(when, ArticleRow.id)
        return tuple(self._db.scalars(query))

    def evidence_ids(self, article_id: int) -> tuple[int, ...]:
        """Return the ids of the captures that prove an article's revisions, the first first."""
        query = (
            select(RevisionRow.capture_id)
            .where(RevisionRow.article_id == article_id, RevisionRow.capture_id.is_not(None))
            .order_by(RevisionRow.number)
        )
        return tuple(dict.fromkeys(id_ for id_ in self._db.scalars(query) if id_ is not None))
