"""docs/sources.md is compared with what ships: every built-in source, every key, every place tried."""

from __future__ import annotations

import re

import pytest
from paths import ROOT

from crawler.builtin import builtin_ids
from crawler.config_sources import HintsTable, PolitenessTable, SourceTable, builtin_source
from spiders.detect import MAX_REQUESTS, USUAL_FEEDS
from spiders.trial import QUIET

PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
ROWS = {
    row[0]: row
    for row in re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \| .+ \|$", PAGE, re.MULTILINE)
}
KINDS = {"feed": "feed", "listing": "list", "sitemap": "sitemap", "wordpress": "WordPress"}


def test_the_table_names_every_built_in_source_and_no_other() -> None:
    assert {id_ for id_ in ROWS if id_ in builtin_ids()} == set(builtin_ids())
    assert set(ROWS) - set(builtin_ids()) <= {"works", "degraded", "broken"}


@pytest.mark.parametrize("source_id", builtin_ids())
def test_a_row_says_how_the_source_is_found(source_id: str) -> None:
    said, source = ROWS[source_id], builtin_source(source_id)
    assert (source.language or "")[:2] in said[2]
    for kind in {channel.kind.value for channel in source.channels}:
        assert KINDS[kind] in said[3] or (kind == "listing" and "section" in said[3])


def test_every_key_is_explained() -> None:
    keys = {*SourceTable.model_fields, *HintsTable.model_fields, *PolitenessTable.model_fields}
    assert sorted(k for k in keys - {"name", "home"} if f"`{k}`" not in PAGE) == []


def test_figures_are_the_programs() -> None:
    assert f"At most {MAX_REQUESTS} documents" in PAGE
    assert f"nothing new in {QUIET.days} days" in PAGE
    assert len(USUAL_FEEDS) == 6
    assert all(f"`{path}`" in PAGE for path in USUAL_FEEDS[:2])
