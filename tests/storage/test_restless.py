"""Articles that change by themselves, and edits of a template: learned, and told once."""

from __future__ import annotations

import pytest
from storage_articles import HOUR, NOW, TEXT, article, record

from storage.archive import Archive
from storage.types import ChangeClass


def _looks(archive: Archive, lines: list[str], *, text: str = TEXT) -> list[str]:
    outcomes = []
    for step, line in enumerate(lines):
        seen = article(text=f"{line}\n\n{text}", fetched_at=NOW + step * HOUR)
        outcomes.append(record(archive, seen).outcome)
    return outcomes


CLOCKS = [
    ("a clock in a sentence", "It is now {0}:0{0} in Beijing, and the market is open."),
    ("a counter", "Stations so far {0},20{0}"),
    ("a price", "沪深300 {0}0{0}4.18 点"),
]


@pytest.mark.parametrize(("why", "line"), CLOCKS, ids=[row[0] for row in CLOCKS])
def test_what_turns_at_every_look_rings_once(archive: Archive, why: str, line: str) -> None:
    outcomes = _looks(archive, [line.format(number) for number in range(1, 9)])
    assert outcomes == ["new", "revised"] + ["unchanged"] * 6
    # An edit beside it is news as before.
    edited = TEXT.replace("12 provinces", "21 provinces")
    later = article(text=f"{line.format(9)}\n\n{edited}", fetched_at=NOW + 9 * HOUR)
    recorded = record(archive, later)
    assert recorded.outcome == "revised"
    assert recorded.change.change_class is ChangeClass.SUBSTANTIVE
    assert recorded.change.reasons[0].startswith("number changed from 12")
    # And learned it stays.
    after = article(text=f"{line.format(5)}\n\n{edited}", fetched_at=NOW + 10 * HOUR)
    assert record(archive, after).outcome == "unchanged"


def test_a_toll_that_rises_is_news_three_times(archive: Archive) -> None:
    lines = [f"The flood has killed {toll} people." for toll in (3, 5, 9, 12)]
    assert _looks(archive, lines)[:3] == ["new", "revised", "revised"]


def test_a_toll_that_rests_in_between_is_never_learned(archive: Archive) -> None:
    lines = [f"The flood has killed {toll} people." for toll in (3, 5, 5, 9, 9, 12, 12, 20)]
    assert _looks(archive, lines) == [
        *("new", "revised", "unchanged", "revised", "unchanged", "revised", "unchanged"),
        "revised",
    ]


def test_one_edit_on_many_pages_is_the_templates(archive: Archive) -> None:
    pages = range(1, 9)
    for page in pages:
        record(archive, article(page, text=f"{TEXT}\n\nPage {page * 77}."))
    found = [
        record(
            archive,
            article(
                page,
                text=f"{TEXT}\n\nPage {page * 77}.\n\nOur offices move to Harbour Road 12 in June.",
                fetched_at=NOW + HOUR,
            ),
        )
        for page in pages
    ]
    assert [one.repeats for one in found] == list(range(8))
    classes = [one.change.change_class for one in found]
    assert classes == [ChangeClass.SUBSTANTIVE] * 4 + [ChangeClass.MINOR] * 4
    with archive.read() as reader:
        held = [reader.changes(one.article_id)[-1] for one in found]
    # The first is the event; those told of after it are taken back.
    assert [one.change_class for one in held] == [ChangeClass.SUBSTANTIVE] + [ChangeClass.MINOR] * 7
    assert "its template" in held[3].reasons[-1]


def test_the_same_edit_a_week_later_is_another(archive: Archive) -> None:
    for page in range(1, 8):
        record(archive, article(page))
    for page in range(1, 8):
        seen_at = NOW + page * 170 * HOUR
        edited = article(page, text=TEXT.replace("12 pro", "21 pro"), fetched_at=seen_at)
        assert record(archive, edited).repeats == 0
