"""Silences that somebody ordered while the service runs: kept, listed, lifted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select

from storage.models import MuteRow
from storage.mutes import Mute
from storage.part import Part

_IN_FORCE = (
    select(MuteRow)
    .where(or_(MuteRow.until.is_(None), MuteRow.until > bindparam("now")))
    .order_by(MuteRow.what, MuteRow.name, MuteRow.watchlist)
)


class ReadMutesPart(Part):
    """Who is silent."""

    def mutes(self, *, now: datetime) -> tuple[Mute, ...]:
        """Return the silences in force at *now*."""
        rows = self._db.execute(_IN_FORCE, {"now": now})
        return tuple(
            Mute(what=row.what, id=row.name, until=row.until, watchlist=row.watchlist)
            for row in rows
        )


class MutePart(Part):
    """Making and lifting silences."""

    def mute(self, mute: Mute, *, now: datetime) -> None:
        """Order a silence; the same one again only moves its end."""
        key = {"watchlist": mute.watchlist, "what": mute.what, "name": mute.id}
        values = {**key, "until": mute.until, "created_at": now}
        self._upsert(MuteRow, tuple(key), values, {"until": mute.until, "created_at": now})

    def unmute(self, what: str, id_: str, *, watchlist: str = "") -> bool:
        """Lift a silence; return False when there is none (any more)."""
        wanted = (MuteRow.what == what, MuteRow.name == id_, MuteRow.watchlist == watchlist)
        return self._db.execute(delete(MuteRow).where(*wanted)).rowcount > 0
