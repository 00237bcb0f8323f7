"""What a source's pages have taught of the site's own lines: large, and touched by news alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage.clean import clean_json
from storage.models import SiteLinesRow
from storage.part import Part


class LinesReadPart(Part):
    """Part of `Reader`."""

    def site_lines(self, source_id: str) -> dict[str, Any]:
        """Return what was last kept of a source; empty when nothing was."""
        mine = SiteLinesRow.source_id == source_id
        return self._db.scalar(select(SiteLinesRow.learned).where(mine)) or {}


class LinesPart(Part):
    """Part of `Transaction`."""

    def keep_site_lines(self, source_id: str, learned: Mapping[str, Any]) -> None:
        """Keep *learned* in the place of what was kept before."""
        row = {"source_id": source_id, "learned": clean_json(dict(learned))}
        self._db.execute(_keeping(postgres=self._postgres), row)


@cache
def _keeping(*, postgres: bool) -> Any:
    dialect: Any = postgresql if postgres else sqlite
    statement = dialect.insert(SiteLinesRow.__table__)
    return statement.on_conflict_do_update(
        index_elements=["source_id"], set_={"learned": statement.excluded.learned}
    )
