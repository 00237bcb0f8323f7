from __future__ import annotations

from pathlib import Path

from crawler.world.markers import crossed


def test_children_that_crawl_at_once_never_mix_up_pages(tmp_path: Path) -> None:
    """The full measure, 10 children and 20 rounds of 1,000 pages, is run by command."""
    assert crossed(children=2, articles=24, rounds=2, folder=tmp_path) == []
