"""Every stored revision once more: read in batches, and their matches brought up to date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update

from storage.clean import clean
from storage.models import ArticleRow, MatchRow, RematchRow, RevisionRow
from storage.part import Part
from storage.types import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRevision:
    """One revision with what a query may ask about its article."""

    id: int
    article_id: int
    number: int
    title: str
    text: str
    language: str | None
    source_id: str
    url: str
    published_at: datetime | None
    first_seen_at: datetime
    agency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rematch:
    """How far a rematch is."""

    key: str
    cursor: int
    counts: Mapping[str, int]
    started_at: datetime
    updated_at: datetime


class RematchReadPart(Part):
    """Stored revisions in the order they came."""

    def stored_revisions(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int | None = None,
        newest: bool = False,
        since: datetime | None = None,
    ) -> tuple[StoredRevision, ...]:
        """Return revisions whose id is over *after*, at most *until*, by id.

        Args:
            newest: only the last one of each article.
            since: only of articles published, or else first seen, at that time or later.
        """
        query = select(
            RevisionRow.id,
            RevisionRow.article_id,
            RevisionRow.number,
            RevisionRow.title,
            RevisionRow.text,
            RevisionRow.language,
            RevisionRow.details,
            ArticleRow.source_id,
            ArticleRow.url,
            ArticleRow.published_at,
            ArticleRow.first_seen_at,
        ).join(ArticleRow, ArticleRow.id == RevisionRow.article_id)
        wanted: list[ColumnElement[bool]] = [RevisionRow.id > after]
        if until is not None:
            wanted.append(RevisionRow.id <= until)
        if newest:
            wanted.append(RevisionRow.number == ArticleRow.revision)
        if since is not None:
            wanted.append(func.coalesce(ArticleRow.published_at, ArticleRow.first_seen_at) >= since)
        rows = self._db.execute(query.where(*wanted).order_by(RevisionRow.id).limit(limit))
        return tuple(_stored(row) for row in rows)

    def last_revision(self) -> int:
        """Return the highest id of a revision; 0 when there is none."""
        return self._db.scalar(select(func.max(RevisionRow.id))) or 0

    def revision_count(self, *, after: int = 0) -> int:
        """Return how many revisions there are with an id over *after*."""
        query = select(func.count()).select_from(RevisionRow).where(RevisionRow.id > after)
        return self._db.scalar(query) or 0

    def rematch(self) -> Rematch | None:
        """Return the last rematch; None when there never was one."""
        columns = RematchRow.__table__.c
        row = self._db.execute(select(*columns).limit(1)).first()
        return None if row is None else Rematch(**row._mapping)


class RematchPart(RematchReadPart):
    """Matches brought up to date; nothing here rings."""

    def begin_rematch(self, key: str, *, now: datetime, anew: bool = False) -> Rematch:
        """Return the rematch for the themes of digest *key*, begun or to be gone on with.

        One for other themes is forgotten: what it did is being overwritten.
        """
        held = self.rematch()
        if held is not None and held.key == key and not anew:
            return held
        self._db.execute(delete(RematchRow))
        row = {"key": key, "cursor": 0, "counts": {}, "started_at": now, "updated_at": now}
        self._insert_all(RematchRow, [row])
        return Rematch(key=key, cursor=0, counts={}, started_at=now, updated_at=now)

    def rematched(
        self,
        key: str,
        batch: Sequence[tuple[StoredRevision, Sequence[Match]]],
        *,
        now: datetime,
    ) -> Rematch | None:
        """Store the matches that hold for each revision of *batch*, and those alone.

        Returns:
            How far it is now; None when another rematch has begun meanwhile: nothing was stored.
        """
        held = self.rematch()
        if held is None or held.key != key:
            return None
        ids = [revision.id for revision, _ in batch]
        before: dict[int, dict[tuple[str, str], Row[Any]]] = {id_: {} for id_ in ids}
        columns = MatchRow.__table__.c
        for row in self._db.execute(select(*columns).where(MatchRow.revision_id.in_(ids))):
            before[row.revision_id][row.watchlist, row.theme] = row
        counts = Counter(held.counts)
        stale: list[int] = []
        fresh: list[dict[str, Any]] = []
        for revision, matches in batch:
            had = before[revision.id]
            for match in matches:
                spans = [
                    [span.field, span.start, span.end, clean(span.term)] for span in match.spans
                ]
                row_before = had.pop((match.watchlist, match.theme), None)
                if row_before is not None:
                    if row_before.spans == spans and row_before.score == match.score:
                        continue
                    values = {"score": match.score, "spans": spans}
                    where = MatchRow.id == row_before.id
                    self._db.execute(update(MatchRow).where(where).values(**values))
                    counts["changed"] += 1
                    continue
                fresh.append(
                    {
                        "revision_id": revision.id,
                        "article_id": revision.article_id,
                        "watchlist": match.watchlist,
                        "theme": match.theme,
                        "score": match.score,
                        "spans": spans,
                    }
                )
            stale += [row.id for row in had.values()]
        self._insert_all(MatchRow, fresh)
        for at in range(0, len(stale), 400):
            self._db.execute(delete(MatchRow).where(MatchRow.id.in_(stale[at : at + 400])))
        counts.update(added=len(fresh), removed=len(stale), revisions=len(batch))
        values = {
            "cursor": max(ids, default=held.cursor),
            "counts": dict(counts),
            "updated_at": now,
        }
        self._db.execute(update(RematchRow).where(RematchRow.key == key).values(**values))
        return self.rematch()


def _stored(row: Row[Any]) -> StoredRevision:
    fields = dict(row._mapping)
    agency = (fields.pop("details").get("wire") or {}).get("agency")
    return StoredRevision(**fields, agency=agency)
