"""Revisions read anew from their captures, by a better extractor; nobody is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update

from storage.changes import compare
from storage.clean import clean_article, details_of
from storage.fingerprint import fingerprint
from storage.gone_tx import GonePart
from storage.look import columns_of, refusal_of
from storage.models import ArticleRow, ChangeRow, RevisionRow
from storage.stories import signature
from storage.types import Article, ChangeClass

#: Classes that say what separates two texts, and so follow the texts.
_WEIGHED = (ChangeClass.SUBSTANTIVE, ChangeClass.MINOR, ChangeClass.COSMETIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A revision and the capture that proves it."""

    revision_id: int
    article_id: int
    capture_id: int
    source_id: str


_NEWEST = (
    select(
        RevisionRow.id.label("revision_id"),
        *(RevisionRow.article_id, RevisionRow.capture_id, ArticleRow.source_id),
        *(RevisionRow.title, RevisionRow.text, RevisionRow.details),
    )
    .join(
        ArticleRow,
        (ArticleRow.id == RevisionRow.article_id) & (ArticleRow.revision == RevisionRow.number),
    )
    .where(RevisionRow.capture_id.is_not(None))
)


class RewritePart(GonePart):
    """Revisions written anew."""

    def proven(
        self, *, after: int = 0, source: str | None = None, limit: int = 50
    ) -> tuple[Proven, ...]:
        """Return revisions that have a capture, in order of id, those after *after*."""
        query = (
            select(
                RevisionRow.id.label("revision_id"),
                RevisionRow.article_id,
                RevisionRow.capture_id,
                ArticleRow.source_id,
            )
            .join(ArticleRow, ArticleRow.id == RevisionRow.article_id)
            .where(RevisionRow.id > after, RevisionRow.capture_id.is_not(None))
            .order_by(RevisionRow.id)
            .limit(limit)
        )
        if source is not None:
            query = query.where(ArticleRow.source_id == source)
        return tuple(Proven(**row._mapping) for row in self._db.execute(query))

    def read_by_another(self, article: Article) -> Proven | None:
        """Return the newest revision under the article's URL, if another extractor read it.

        None as well when it says the same all the same, or when no capture proves it.
        """
        query = _NEWEST.where(ArticleRow.url == article.canonical_url)
        row = self._db.execute(query).first()
        if row is None or row.details.get("extractor") == article.extractor:
            return None
        if (row.title, row.text) == (article.title, article.text):
            return None
        return Proven(
            revision_id=row.revision_id,
            article_id=row.article_id,
            capture_id=row.capture_id,
            source_id=row.source_id,
        )

    def revision_text(self, revision_id: int) -> tuple[str, str]:
        """Return title and text of a revision."""
        query = select(RevisionRow.title, RevisionRow.text).where(RevisionRow.id == revision_id)
        row = self._db.execute(query).one()
        return row.title, row.text

    def rewrite(self, revision_id: int, article: Article, *, now: datetime) -> str:
        """Let a revision say what *article*, read anew from the same capture, says.

        Numbers, times and captures stay; the changes on both sides are weighed again. What was
        told stays told, and nothing more is.

        Returns:
            same, rewritten, or refused: what is no article to this extractor stays as it is.
        """
        self.lock_articles()
        article = clean_article(article)
        if refusal_of(article) is not None:
            return "refused"
        held = self._db.execute(select(RevisionRow).where(RevisionRow.id == revision_id)).one()
        if (held.title, held.text) == (article.title, article.text):
            details = held.details | {"extractor": article.extractor}
            self._db.execute(
                update(RevisionRow).where(RevisionRow.id == revision_id).values(details=details)
            )
            return "same"
        old = self._marks_of(revision_id)
        marks = signature(article.title, article.text, language=article.language)
        was = held.details.get("reextracted", {}).get("was", held.fingerprint)
        self._db.execute(
            update(RevisionRow)
            .where(RevisionRow.id == revision_id)
            .values(
                title=article.title,
                text=article.text,
                fingerprint=fingerprint(article.title, article.text),
                language=article.language,
                signature=marks.pack(),
                details=details_of(article) | {"reextracted": {"at": now.isoformat(), "was": was}},
            )
        )
        for change in self._db.execute(
            select(ChangeRow).where(
                (ChangeRow.after_id == revision_id) | (ChangeRow.before_id == revision_id),
                ChangeRow.change_class.in_(_WEIGHED),
            )
        ).all():
            self._weigh_again(change)
        row = self._db.execute(
            select(ArticleRow.id, ArticleRow.revision).where(ArticleRow.id == held.article_id)
        ).one()
        if row.revision == held.number:
            own = update(ArticleRow).where(ArticleRow.id == row.id)
            self._db.execute(own.values(**columns_of(article)))
            self._replace_marks(row.id, article, old=old, marks=marks)
        return "rewritten"

    def drop_search(self) -> None:
        """Drop the search index, which is made anew when next needed: texts in it were replaced."""
        self._db.execute(text("DROP TABLE IF EXISTS revision_search"))

    def _weigh_again(self, change: Any) -> None:
        texts = {
            row.id: (row.title, row.text)
            for row in self._db.execute(
                select(RevisionRow.id, RevisionRow.title, RevisionRow.text).where(
                    RevisionRow.id.in_([change.before_id, change.after_id])
                )
            )
        }
        if len(texts) < 2:
            return
        difference = compare(texts[change.before_id], texts[change.after_id])
        self._db.execute(
            update(ChangeRow)
            .where(ChangeRow.id == change.id)
            .values(
                change_class=difference.change_class.value,
                score=difference.score,
                reasons=list(difference.reasons),
            )
        )
