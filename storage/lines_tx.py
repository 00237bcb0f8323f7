"""What a source's pages have taught of the site's own lines: large, and touched by news alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

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
        kept = {"learned": clean_json(dict(learned))}
        self._upsert(SiteLinesRow, ("source_id",), {"source_id": source_id, **kept}, kept)
