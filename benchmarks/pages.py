"""The pages with gold that the benchmarks of extraction read."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.types import Capture

#: When the pages are taken to have been fetched: after all of them were published.
NOW = datetime(2026, 11, 21, tzinfo=UTC)
Row = dict[str, Any]


def rows(data: Path, sets: str) -> list[Row]:
    """Return the index's rows of the *sets* (names between commas), in the index's order.

    Raises:
        SystemExit: *data* is absent.
    """
    if not data.is_dir():
        raise SystemExit(f"{data} is absent: nothing to measure on")
    wanted = set(sets.split(","))
    index = (data / "pages.jsonl").read_text(encoding="utf-8").strip().split("\n")
    return [row for row in map(json.loads, index) if row["id"].split("/")[0] in wanted]


def capture(row: Row, data: Path) -> Capture:
    """Return the page of *row* as a good answer."""
    body = gzip.decompress((data / row["file"]).read_bytes())
    return Capture(url=row["url"], final_url=row["url"], status=200, body=body, fetched_at=NOW)
