"""Answers that say an article is gone: counted, and believed only in the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from storage.clean import clean
from storage.gone import Verdict, VerdictKind
from storage.ingest_tx import forms
from storage.models import ArticleRow, ValidatorRow
from storage.recheck import next_check, next_confirmation
from storage.record_tx import RecordPart
from storage.types import ChangeClass, Recorded, WithdrawalPolicy
from storage.withdrawal import Absence, count_gone

_GONE = (VerdictKind.GONE, VerdictKind.SOFT_GONE)

POLICY = WithdrawalPolicy()


class GonePart(RecordPart):
    """Withdrawals."""

    def record_gone(
        self,
        url: str,
        *,
        verdict: Verdict,
        capture_id: int | None,
        now: datetime,
        run_id: int | None = None,
        policy: WithdrawalPolicy = POLICY,
    ) -> Recorded:
        """Count one answer that says the article at *url* is gone.

        The outcome is `missing` until *policy* is satisfied, then `withdrawn`, once. A wall or a
        fault on the way says nothing of the article: `unchanged`, and no count is touched.
        """
        self.lock_articles()
        article_id = self._article_at(url)
        if article_id is None:
            return Recorded(
                article_id=None, change=None, outcome="unknown", reason="no article is filed there"
            )
        row = self._article_row(article_id)
        if capture_id is not None:
            self._prove(capture_id, article_id)
        if verdict.kind not in _GONE:
            return self._nothing(row, verdict.reason)
        # If it comes back as it was, its old validators would only say "unchanged".
        self._forget_validators(row.id, row.url, url)
        if row.status == "withdrawn":
            self._update(row.id, checks=ArticleRow.checks + 1, next_check_at=_decayed(row, now))
            return self._nothing(row, "withdrawn before")
        absence, confirmed = count_gone(
            Absence(count=row.gone_count, since=row.gone_since), now=now, policy=policy
        )
        counted: dict[str, Any] = {
            "gone_count": absence.count,
            "gone_since": absence.since,
            "checks": ArticleRow.checks + 1,
        }
        if not confirmed:
            soon = next_confirmation(url=row.url, now=now, policy=policy)
            self._update(row.id, status="missing", next_check_at=soon, **counted)
            times = f"{absence.count} of {policy.confirmations}"
            return Recorded(
                article_id=row.id,
                change=None,
                outcome="missing",
                reason=f"{verdict.reason} ({times})",
                baseline=row.baseline,
            )
        self._update(row.id, status="withdrawn", next_check_at=_decayed(row, now), **counted)
        newest = self._newest_revision_id(row.id)
        times = f"confirmed {absence.count} times since {absence.since:%Y-%m-%d %H:%M} UTC"
        change = self._add_change(
            row.id,
            ChangeClass.WITHDRAWN,
            score=1.0,
            reasons=(clean(verdict.reason), times),
            before_id=newest,
            after_id=newest,
            seen_at=now,
            run_id=run_id,
        )
        member, story = self._standing(row.id)
        return Recorded(
            article_id=row.id,
            change=change,
            outcome="withdrawn",
            member=member,
            story=story,
            baseline=False,
        )

    def _nothing(self, row: Any, reason: str) -> Recorded:
        return Recorded(
            article_id=row.id,
            change=None,
            outcome="unchanged",
            reason=reason,
            baseline=row.baseline,
        )

    def _forget_validators(self, article_id: int, *urls: str) -> None:
        spellings = {form for one in urls for form in forms(one)} | self._aliases(article_id)
        self._db.execute(delete(ValidatorRow).where(ValidatorRow.url.in_(spellings)))

    def _update(self, article_id: int, **values: Any) -> None:
        self._db.execute(update(ArticleRow).where(ArticleRow.id == article_id).values(**values))

    def _article_row(self, article_id: int) -> Any:
        return self._db.execute(
            select(ArticleRow).where(ArticleRow.id == article_id).with_for_update()
        ).one()


def _decayed(row: Any, now: datetime) -> datetime | None:
    """Return when to see whether a withdrawn article has come back."""
    return next_check(
        url=row.url,
        first_seen_at=row.first_seen_at,
        last_changed_at=row.gone_since or now,
        published_at=row.published_at,
        now=now,
    )
