"""Reading what runs and rings: matches, alerts, sources, runs, refusals, sizes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select, text

from storage.claim_tx import source_state
from storage.models import (
    AlertRow,
    ArticleRow,
    Base,
    BlobRow,
    MatchRow,
    OutboxRecord,
    RefusalRow,
    RevisionRow,
    RunRow,
    SourceRow,
)
from storage.mute_tx import ReadMutesPart
from storage.types import SourceState
from storage.views import AlertView, MatchView, RefusalView, RunView, Stats

_COUNTED = (
    *("source", "article", "revision", "change", "capture", "story", "match", "alert"),
    *("refusal", "run"),
)

_ALERT = ("dedupe_key", "watchlist", "themes", "kind", "article_id", "change_id")
_OUTBOX = (
    *("op", "state", "destination", "priority", "story_id", "revision", "payload", "created_at"),
    *("next_at", "attempts", "uncertain", "channel", "message_id", "parent_id", "folded_into"),
    *("error_class", "error", "sent_at", "reconciled"),
)


class ReadAlertsPart(ReadMutesPart):
    """Matches, alerts, sources, runs, refusals, sizes."""

    def matches(
        self,
        *,
        article_id: int | None = None,
        watchlist: str | None = None,
        theme: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[MatchView, ...]:
        """Return matches, the newest revision first."""
        wanted = _equal(
            (MatchRow.article_id, article_id),
            (MatchRow.watchlist, watchlist),
            (MatchRow.theme, theme),
        )
        if since is not None:
            wanted.append(RevisionRow.seen_at >= since)
        rows = self._db.execute(
            select(MatchRow, RevisionRow, ArticleRow)
            .join(RevisionRow, RevisionRow.id == MatchRow.revision_id)
            .join(ArticleRow, ArticleRow.id == MatchRow.article_id)
            .where(*wanted)
            .order_by(RevisionRow.seen_at.desc(), MatchRow.id.desc())
            .limit(limit)
            .offset(offset)
            .with_only_columns(
                MatchRow.article_id,
                RevisionRow.number.label("revision"),
                ArticleRow.source_id,
                ArticleRow.url,
                RevisionRow.title,
                MatchRow.watchlist,
                MatchRow.theme,
                MatchRow.score,
                MatchRow.spans,
                RevisionRow.seen_at,
            )
        )
        return tuple(
            MatchView(**{**row._mapping, "spans": tuple(tuple(span) for span in row.spans)})
            for row in rows
        )

    def alerts(
        self,
        *,
        state: str | None = None,
        watchlist: str | None = None,
        destination: str | None = None,
        story_id: int | None = None,
        article_id: int | None = None,
        since: datetime | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[AlertView, ...]:
        """Return alerts with where their messages stand, the newest first."""
        wanted = _equal(
            (OutboxRecord.state, state),
            (AlertRow.watchlist, watchlist),
            (OutboxRecord.destination, destination),
            (OutboxRecord.story_id, story_id),
            (AlertRow.article_id, article_id),
        )
        if since is not None:
            wanted.append(OutboxRecord.created_at >= since)
        return self._alerts(wanted, limit=limit, offset=offset)

    def alert(self, ref: str | int) -> AlertView | None:
        """Return one alert by its id, the first characters of it, its outbox number or its key."""
        if isinstance(ref, int) or ref.isdecimal():
            number = int(ref)
            found = self._alerts([OutboxRecord.id == number], limit=1) if number < 2**63 else ()
            if found:
                return found[0]
        key = str(ref)
        named = AlertRow.id.startswith(key, autoescape=True) | (AlertRow.dedupe_key == key)
        found = self._alerts([named], limit=2)
        return found[0] if len(found) == 1 else None

    def _alerts(
        self, wanted: list[ColumnElement[bool]], *, limit: int, offset: int = 0
    ) -> tuple[AlertView, ...]:
        rows = self._db.execute(
            select(
                AlertRow.id,
                OutboxRecord.id.label("outbox_id"),
                *(getattr(AlertRow, name) for name in _ALERT),
                *(getattr(OutboxRecord, name) for name in _OUTBOX),
            )
            .join(OutboxRecord, OutboxRecord.alert_id == AlertRow.id)
            .where(*wanted)
            .order_by(OutboxRecord.created_at.desc(), OutboxRecord.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return tuple(AlertView(**{**row._mapping, "themes": tuple(row.themes)}) for row in rows)

    def outbox(self) -> dict[str, int]:
        """Return how many messages there are in each state."""
        rows = self._db.execute(
            select(OutboxRecord.state, func.count()).group_by(OutboxRecord.state)
        )
        return dict(rows.all())

    def alerts_since(self, watchlist: str, since: datetime) -> int:
        """Return how many alerts of *watchlist* there have been since then."""
        wanted = (AlertRow.watchlist == watchlist, AlertRow.created_at >= since)
        return self._db.scalar(select(func.count()).select_from(AlertRow).where(*wanted)) or 0

    def outbox_counts(self) -> dict[str, int]:
        """Return how many messages there are in each state."""
        return self.outbox()

    def sources(self) -> tuple[SourceState, ...]:
        """Return what we know of every source, also of those no longer configured."""
        rows = self._db.execute(select(SourceRow).order_by(SourceRow.id))
        return tuple(source_state(row) for row in rows)

    def runs(self, *, limit: int = 20, source: str | None = None) -> tuple[RunView, ...]:
        """Return runs, the newest first; with *source*, those of the last 1000 that include it."""
        rows = self._db.execute(
            select(RunRow).order_by(RunRow.id.desc()).limit(limit if source is None else 1000)
        )
        found = (
            RunView(**{**row._mapping, "sources": tuple(row.sources)})
            for row in rows
            if source is None or source in row.sources
        )
        return tuple(found)[:limit]

    def refusals(
        self, *, source: str | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[RefusalView, ...]:
        """Return pages that are not articles, with the reason, the latest first."""
        rows = self._db.execute(
            select(RefusalRow)
            .where(*_equal((RefusalRow.source_id, source)))
            .order_by(RefusalRow.last_at.desc(), RefusalRow.url)
            .limit(limit)
            .offset(offset)
        )
        return tuple(RefusalView(**row._mapping) for row in rows)

    def stats(self) -> Stats:
        """Return how much is stored."""
        tables = Base.metadata.tables
        by_source = select(ArticleRow.source_id, func.count()).group_by(ArticleRow.source_id)
        sizes = select(
            func.coalesce(func.sum(BlobRow.size), 0),
            func.coalesce(func.sum(func.length(BlobRow.data)), 0),
        )
        body_bytes, stored_bytes = self._db.execute(sizes).one()
        database_bytes, wal_bytes = self._sizes()
        return Stats(
            rows={
                name: self._db.scalar(select(func.count()).select_from(tables[name])) or 0
                for name in _COUNTED
            },
            outbox=self.outbox(),
            articles=dict(self._db.execute(by_source).all()),
            body_bytes=int(body_bytes),
            stored_bytes=int(stored_bytes),
            database_bytes=database_bytes,
            wal_bytes=wal_bytes,
            schema=self._db.scalar(text("SELECT version_num FROM alembic_version")),
        )

    def _sizes(self) -> tuple[int, int | None]:
        if self._postgres:
            size = self._db.scalar(select(func.pg_database_size(func.current_database())))
            return int(size or 0), None
        path = Path(str(self._db.engine.url.database))
        log = path.with_name(path.name + "-wal")
        return path.stat().st_size, log.stat().st_size if log.exists() else 0


def _equal(*pairs: tuple[Any, Any]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in pairs if value is not None]
