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
    ("a counter", "Readers online {0},20{0}"),
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


LIVE = [
    ("a toll", "The flood has killed {0} people."),
    ("a toll as of an hour", "As of {0}:30, {0} people had died in the flood."),
    ("a toll in Chinese", "截至{0}时30分，洪水已造成{0}人死亡。"),
    ("a count of what the article is about", "Battery-swapping stations: {0}0"),
]


@pytest.mark.parametrize(("why", "line"), LIVE, ids=[row[0] for row in LIVE])
def test_a_figure_that_develops_is_news_each_time(archive: Archive, why: str, line: str) -> None:
    outcomes = _looks(archive, [line.format(number) for number in range(1, 9)])
    assert outcomes == ["new"] + ["revised"] * 7


def test_a_report_rewritten_at_every_look_is_news_each_time(archive: Archive) -> None:
    reports = (
        *("The dam holds.", "The dam leaks.", "A village is cleared.", "The dam broke."),
        *("Two are missing.", "The army is there.", "Nobody is missing.", "The dam is mended."),
    )
    assert _looks(archive, list(reports)) == ["new"] + ["revised"] * 7


def test_teasers_are_learned_and_stay_so(archive: Archive) -> None:
    teasers = (
        *("Rain comes", "Trains stop", "Fair ends", "Bus fares", "Owl found", "Snow on hills"),
        *("Choir wins", "Bread prices", "Lost hat", "Old map"),
    )
    assert _looks(archive, list(teasers)) == ["new"] + ["revised"] * 2 + ["unchanged"] * 7


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
