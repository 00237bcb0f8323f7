"""One edit on many pages of a source, in the transaction that records it: one event, told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from storage.decide import Step
from storage.models import AlertRow, ArticleRow, ChangeRow, OutboxRecord
from storage.part import Part
from storage.types import ChangeClass, OutboxState

#: A template edit: the same difference on this many pages of one source
#: (reference, change monitors, 5 "vs EDGI" 2).
TEMPLATE_PAGES = 5

#: Rechecks of old pages are hours apart: one edit of the template is seen on them in turn.
WINDOW = timedelta(days=1)

#: Changes of one source read back; more in a day is no source's.
_MAX_CHANGES = 2000

#: A template's edit is worth no more than this, on each page.
_SCORE = 0.3


class TemplatePart(Part):
    """Recognising an edit of the template."""

    def _as_template(self, step: Step, *, source_id: str, seen_at: datetime) -> tuple[Step, int]:
        """Return *step* as what it is among the source's other changes, and their number.

        From the fifth page on, the same edit is the template's: this change and those before it
        become minor, and what waits to be told of them is taken back, but for the first.
        """
        if step.change is not ChangeClass.SUBSTANTIVE or step.outcome != "revised":
            return step, 0
        twins = self._same_edits(step.reasons, source_id=source_id, seen_at=seen_at)
        if len(twins) + 1 < TEMPLATE_PAGES:
            return step, len(twins)
        pages = f"the same edit on {len(twins) + 1} pages of this source: its template"
        for change_id in twins[1:]:
            self._belittle(change_id, pages)
        return (
            replace(
                step,
                change=ChangeClass.MINOR,
                score=min(step.score, _SCORE),
                reasons=(*step.reasons, pages),
            ),
            len(twins),
        )

    def _same_edits(
        self, reasons: Sequence[str], *, source_id: str, seen_at: datetime
    ) -> list[int]:
        """Return the changes of the source's articles that read the same, the first first."""
        rows = self._db.execute(
            select(ChangeRow.id, ChangeRow.reasons)
            .join(ArticleRow, ArticleRow.id == ChangeRow.article_id)
            .where(
                ArticleRow.source_id == source_id,
                ChangeRow.seen_at > seen_at - WINDOW,
                ChangeRow.change_class.in_((ChangeClass.SUBSTANTIVE, ChangeClass.MINOR)),
            )
            .order_by(ChangeRow.id)
            .limit(_MAX_CHANGES)
        )
        told = list(reasons)
        return [id_ for id_, held in rows if held[: len(told)] == told]

    def _belittle(self, change_id: int, reason: str) -> None:
        """Make a change minor, and take back what was not yet said of it."""
        row = self._db.execute(
            select(ChangeRow.change_class, ChangeRow.score, ChangeRow.reasons).where(
                ChangeRow.id == change_id
            )
        ).one()
        if row.change_class != ChangeClass.SUBSTANTIVE:
            return
        self._db.execute(
            update(ChangeRow)
            .where(ChangeRow.id == change_id)
            .values(
                change_class=ChangeClass.MINOR.value,
                score=min(row.score, _SCORE),
                reasons=[*row.reasons, reason],
            )
        )
        rows = self._db.execute(
            select(OutboxRecord.id, OutboxRecord.alert_id)
            .join(AlertRow, AlertRow.id == OutboxRecord.alert_id)
            .where(
                AlertRow.change_id == change_id,
                OutboxRecord.state.in_((OutboxState.PENDING, OutboxState.HELD)),
                OutboxRecord.attempts == 0,
            )
        ).all()
        for outbox_id, alert_id in rows:
            # What others hang on is the message of a story; it says what is so, and stays.
            if self._db.scalar(
                select(OutboxRecord.id)
                .where(
                    (OutboxRecord.parent_id == outbox_id) | (OutboxRecord.folded_into == outbox_id)
                )
                .limit(1)
            ):
                continue
            self._db.execute(delete(OutboxRecord).where(OutboxRecord.id == outbox_id))
            if not self._db.scalar(
                select(OutboxRecord.id).where(OutboxRecord.alert_id == alert_id).limit(1)
            ):
                self._db.execute(delete(AlertRow).where(AlertRow.id == alert_id))
