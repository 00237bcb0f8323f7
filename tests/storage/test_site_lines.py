"""Lines learned to be the site's own after an article was stored: their going is no edit."""

from __future__ import annotations

from storage_articles import HOUR, NOW, TEXT, article, record

from storage.archive import Archive

LINE = "Readers in the valley can hear our bulletin every morning at seven."


def test_a_line_learned_since_is_no_edit(archive: Archive) -> None:
    record(archive, article(text=f"{TEXT}\n\n{LINE}"))
    cleaned = article(fetched_at=NOW + HOUR, facts={"site_lines": (LINE,)})
    assert record(archive, cleaned).outcome == "unchanged"


def test_the_same_line_taken_out_by_its_author_is_one(archive: Archive) -> None:
    record(archive, article(text=f"{TEXT}\n\n{LINE}"))
    assert record(archive, article(fetched_at=NOW + HOUR)).outcome == "revised"
