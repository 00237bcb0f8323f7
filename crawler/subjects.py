"""Stored revisions as themes see them."""

from __future__ import annotations

from alerts.theme import Subject
from storage.rematch_tx import StoredRevision
from storage.types import Revision
from storage.views import ArticleView


def subject_of(revision: StoredRevision) -> Subject:
    """Return a revision read in a batch."""
    return Subject(
        title=revision.title,
        text=revision.text,
        language=revision.language,
        source_id=revision.source_id,
        url=revision.url,
        published_at=revision.published_at,
        agency=revision.agency,
    )


def subject_of_article(article: ArticleView, revision: Revision) -> Subject:
    """Return one revision of an article."""
    return Subject(
        title=revision.title,
        text=revision.text,
        language=revision.language,
        source_id=article.source_id,
        url=article.url,
        published_at=article.published_at,
        agency=(article.details.get("wire") or {}).get("agency"),
    )
