"""Lines learned to be the site's own after an article was stored: their going is no edit."""

from __future__ import annotations

import pytest
from storage_articles import HOUR, NOW, TEXT, article, record

from storage.archive import Archive

LINE = "Readers in the valley can hear our bulletin every morning at seven."
#: Figures, full-width forms and old characters: compared folded, so kept folded.
LINES = (
    LINE,
    "Follow us for more. 12 comments",
    "독자 ２５명이 본 글이다.",
    "本報訂閱電話：１２３４",
)


@pytest.mark.parametrize("line", LINES)
def test_a_line_learned_since_is_no_edit(archive: Archive, line: str) -> None:
    record(archive, article(text=f"{TEXT}\n\n{line}"))
    cleaned = article(fetched_at=NOW + HOUR, facts={"site_lines": (line,)})
    assert record(archive, cleaned).outcome == "unchanged"


def test_the_same_line_taken_out_by_its_author_is_one(archive: Archive) -> None:
    record(archive, article(text=f"{TEXT}\n\n{LINE}"))
    assert record(archive, article(fetched_at=NOW + HOUR)).outcome == "revised"
