"""A capture older than what is known: put in its place in the chain, in the transaction that records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from storage.changes import compare
from storage.decide import Step
from storage.filing_tx import FilingPart
from storage.look import Look
from storage.models import AlertRow, ArticleRow, ChangeRow, OutboxRecord, RevisionRow
from storage.types import ChangeClass

#: Changes that are not made of two texts alone.
_EVENTS = (ChangeClass.RESTORED, ChangeClass.WITHDRAWN, ChangeClass.MOVED)


class PastPart(FilingPart):
    """Older captures."""

    def _note_older(self, look: Look, row: Any, step: Step) -> None:
        """Note what an older look says of the article itself, and make room for its revision."""
        values: dict[str, Any] = {"first_seen_at": min(row.first_seen_at, look.seen_at)}
        if step.number is not None:
            values["revision"] = row.revision + 1
        self._db.execute(update(ArticleRow).where(ArticleRow.id == row.id).values(**values))

    def _antedate(self, revision_id: int, look: Look) -> None:
        """Let a revision have been seen first at *look*, whose capture proves it."""
        if look.capture_id is None:
            return
        self._db.execute(
            update(RevisionRow)
            .where(RevisionRow.id == revision_id)
            .values(seen_at=look.seen_at, capture_id=look.capture_id)
        )
        self._db.execute(
            update(ChangeRow)
            .where(
                ChangeRow.after_id == revision_id,
                func.coalesce(ChangeRow.before_id, 0) != revision_id,
                ChangeRow.change_class.not_in(_EVENTS),
            )
            .values(seen_at=look.seen_at)
        )

    def _restate(self, row: Any, look: Look, *, newest_id: int, inserted: int) -> bool:
        """Let the text of *newest_id* follow the older one just inserted after it: it stood later.

        The article was seen with it at `last_seen_at`, after *look*; it is what stands today.

        Returns:
            False when it was not: gone since, the older capture is the last that was seen of it.
        """
        if row.last_seen_at <= look.seen_at:
            return False
        held = self._db.execute(select(RevisionRow).where(RevisionRow.id == newest_id)).one()
        number = held.number + 2
        values = {**held._mapping, "number": number, "seen_at": row.last_seen_at}
        del values["id"]
        again = self._insert(RevisionRow, values)
        texts = self._titles_and_texts(inserted, newest_id)
        difference = compare(texts[inserted], texts[newest_id], language=held.language)
        self._add_change(
            row.id,
            difference.change_class,
            score=difference.score,
            reasons=(f"back to revision {held.number}", *difference.reasons),
            before_id=inserted,
            after_id=again,
            seen_at=row.last_seen_at,
            run_id=look.run_id,
        )
        own = update(ArticleRow).where(ArticleRow.id == row.id)
        self._db.execute(own.values(revision=number))
        return True

    def _shift(self, article_id: int, number: int) -> int:
        """Make room for a revision *number*, and return the id of the one that had it.

        What was told of later revisions is renumbered with them.
        """
        mine = RevisionRow.article_id == article_id
        next_id = self._db.scalar(select(RevisionRow.id).where(mine, RevisionRow.number == number))
        assert next_id is not None
        # In two steps, by way of negative numbers: SQLite checks uniqueness row by row.
        later = update(RevisionRow).where(mine, RevisionRow.number >= number)
        self._db.execute(later.values(number=-1 - RevisionRow.number))
        below = update(RevisionRow).where(mine, RevisionRow.number < 0)
        self._db.execute(below.values(number=-RevisionRow.number))
        told = select(AlertRow.id).where(AlertRow.article_id == article_id)
        for table, of_article in (
            (OutboxRecord, OutboxRecord.alert_id.in_(told)),
            (AlertRow, AlertRow.article_id == article_id),
        ):
            self._db.execute(
                update(table)
                .where(of_article, table.revision >= number)
                .values(revision=table.revision + 1)
            )
        return next_id

    def _relink(
        self, article_id: int, inserted: int, next_id: int, *, language: str | None
    ) -> None:
        """Let the change that led to *next_id* start from the revision now before it."""
        texts = self._titles_and_texts(inserted, next_id)
        difference = compare(texts[inserted], texts[next_id], language=language)
        self._db.execute(
            update(ChangeRow)
            .where(
                ChangeRow.article_id == article_id,
                ChangeRow.after_id == next_id,
                func.coalesce(ChangeRow.before_id, 0) != next_id,
                ChangeRow.change_class.not_in(_EVENTS),
            )
            .values(
                before_id=inserted,
                change_class=difference.change_class.value,
                score=difference.score,
                reasons=list(difference.reasons),
            )
        )

    def _titles_and_texts(self, *ids: int) -> dict[int, tuple[str, str]]:
        rows = self._db.execute(
            select(RevisionRow.id, RevisionRow.title, RevisionRow.text).where(
                RevisionRow.id.in_(ids)
            )
        )
        return {row.id: (row.title, row.text) for row in rows}
