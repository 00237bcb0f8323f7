"""What turns by itself on a page, told apart from an article that develops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.volatile import LONGEST, masked, restless_lines, without

TITLE = "Harbour plan"
BODY = "The harbour plan is ready, the mayor said.\n\nIt will be published in May, with the costs."


def _texts(lines: list[str], *, above: bool = False) -> list[str]:
    return [f"{line}\n\n{BODY}" if above else f"{BODY}\n\n{line}" for line in lines]


CHROME = [
    ("a thermometer", ["Temperature in Linhai: 11 degrees", "Temperature in Linhai: 9 degrees"]
     + [f"Temperature in Linhai: {n} degrees" for n in (14, 13)]),
    ("a counter that gains a digit", [f"Readers online {n}" for n in (998, "1,002", "1,013", 9)]),
    ("a price, in Chinese", [f"沪深300 {n} 点" for n in ("4,104.18", "4,107.2", "4,099", "4,100")]),
    ("a clock in a sentence", [f"It is {n}:30 in the trading room." for n in (9, 10, 11, 12)]),
    ("a clock and a day", [f"Page built on 2026-03-0{n} {n}:15 for the mayor." for n in (1, 2, 3, 4)]),
    ("a clock in a Korean sentence", [f"서울은 지금 {n}시 5분이다." for n in (1, 2, 3, 4)]),
    ("a line about the article, but for its clock", [f"Harbour desk, {n}:00" for n in (7, 8, 9, 11)]),
    ("a teaser never seen before", ["Rain comes", "Trains stop", "Fair ends", "Bus fares"]),
    ("two teasers in one place", [f"Rain {c}\n\nTrain {c}" for c in "abcd"]),
    ("a teaser in Korean", ["내일 전국에 비", "버스 요금 인상", "야구 개막", "봄꽃 축제"]),
]  # fmt: skip


@pytest.mark.parametrize("above", [False, True], ids=["below", "above"])
@pytest.mark.parametrize(("why", "lines"), CHROME, ids=[row[0] for row in CHROME])
def test_chrome_is_learned_and_the_text_is_left(why: str, lines: list[str], above: bool) -> None:
    texts = _texts(lines, above=above)
    found = restless_lines(TITLE, texts)
    assert {without(TITLE, text, found) for text in texts} == {BODY}


NEWS = [
    ("a toll in a sentence", [f"The storm has killed {n} people." for n in (3, 5, 9, 12)]),
    ("a toll, with the time of the count", [f"As of {n}:00, {n + 8} had died." for n in (3, 5, 9, 11)]),
    ("the same, in Chinese", [f"截至{n}时5分，已有{n + 8}人死亡。" for n in (3, 5, 9, 11)]),
    ("a clock before each report", [f"{n}:05 Harbour costs {n} million" for n in (3, 5, 9, 11)]),
    ("a figure of what the article is about", [f"Harbour costs: {n} million" for n in (3, 5, 9, 12)]),
    ("a new sentence each time", ["One ship sank.", "Two men swam.", "A dog barked.", "All is well."]),
    ("a new sentence, in Chinese", ["船沉了。", "有人获救。", "港口关闭。", "已恢复。"]),
    ("a headline of a live report", ["Mayor resigns", "Harbour closed", "Costs soar", "Mayor back"]),
    ("a long line", ["x" * LONGEST + f" {n}" for n in (1, 2, 3, 4)]),
    ("a quotation", [f'"{n} ships are lost"' + ", he said." for n in (1, 2, 3, 4)]),
    ("a table", ["\n".join(f"Place {c} {n}{c}" for c in range(5)) for n in (1, 2, 3, 4)]),
]  # fmt: skip


@pytest.mark.parametrize("above", [False, True], ids=["below", "above"])
@pytest.mark.parametrize(("why", "lines"), NEWS, ids=[row[0] for row in NEWS])
def test_an_article_that_develops_is_never_learned(why: str, lines: list[str], above: bool) -> None:
    texts = _texts(lines, above=above)
    found = restless_lines(TITLE, texts)
    assert len({without(TITLE, text, found) for text in texts}) == len(texts)


def test_what_was_learned_hides_no_news_in_its_place() -> None:
    teasers = _texts(["Rain comes", "Trains stop", "Fair ends", "Bus fares"])
    clocks = _texts([f"As of {n}:00, 17 had died." for n in (3, 5, 9)])
    found = restless_lines(TITLE, teasers) | restless_lines(TITLE, clocks)
    told = _texts(["Harbour closed", "One ship sank.", "As of 11:00, 19 had died."])
    assert [without(TITLE, text, found) for text in told] == told
    # But another teaser, and another hour, are left out there.
    assert without(TITLE, _texts(["Snow on hills"])[0], found) == BODY
    assert without(TITLE, _texts(["As of 12:00, 17 had died."])[0], found) == BODY


def test_a_line_that_comes_and_goes_is_learned_even_a_sentence() -> None:
    ship = "One ship sank."
    texts = [f"{BODY}\n\n{note}" for note in ("A.", f"B.\n\n{ship}", "C.", f"D.\n\n{ship}")]
    found = restless_lines(TITLE, texts)
    assert ship in found
    assert without(TITLE, texts[1], found) == f"{BODY}\n\nB."


def test_a_place_is_told_by_what_stands_around_it() -> None:
    """Strangers elsewhere stay; a longer list is no teaser."""
    found = restless_lines(TITLE, _texts(["Rain comes", "Trains stop", "Fair ends", "Bus fares"]))
    for text in (
        f"Rain comes\n\n{BODY}",
        f"{BODY}\n\n" + "\n\n".join(f"Item {c}" for c in "abcde"),
    ):
        assert without(TITLE, text, found) == text


@pytest.mark.parametrize(
    ("why", "texts"),
    [
        (
            "reports teach no place",
            _texts(["One sank.", "Two swam.", "A dog barked.", "All is well."]),
        ),
        (
            "a stranger that stands elsewhere each time",
            _texts(["Rain comes", "Trains stop"]) + _texts(["Fair ends", "Bus fares"], above=True),
        ),
        ("two texts are no habit", _texts(["Count 1", "Count 2"])),
        ("going back is flapping", _texts(["Count 1", "Count 2", "Count 1", "Count 3"])),
        ("one edit that stays", [BODY, BODY + "\n\nMore.", BODY + "\n\nMore.\n\nYet more."]),
        ("a counter that turned once", _texts(["Count 1\n\nA.", "Count 1\n\nB.", "Count 2\n\nC."])),
    ],
)
def test_too_little_is_known(why: str, texts: list[str]) -> None:
    assert restless_lines(TITLE, texts) == frozenset()


def test_what_is_remembered_is_bounded() -> None:
    long = "The mayor spoke of the harbour " * 40
    texts = _texts([f"{long} at {n}:30 and went." for n in (9, 10, 11)])
    found = restless_lines(TITLE, texts)
    assert max(map(len, found)) <= LONGEST
    assert {without(TITLE, text, found) for text in texts} == {BODY}
    # Another long line that begins alike is another line.
    other = f"{BODY}\n\n{long} at 9:30 and fell."
    assert without(TITLE, other, found) == other


def test_a_sentence_is_remembered_with_its_figures() -> None:
    assert masked("The rate is 3.5 %.") == "The rate is 3.5 %."
    assert masked("At 9:15, 3 left.") == "At #:#, 3 left."
    assert masked("9:15 | 1,204 views") == "#:# | # views"


@given(st.lists(st.text(alphabet="ab1 .:\n", max_size=24), max_size=6), st.text(max_size=5))
def test_any_texts_can_be_asked(texts: list[str], title: str) -> None:
    found = restless_lines(title, texts)
    for text in texts:
        kept = without(title, text, found).splitlines()
        # Nothing is invented, and the order stays.
        rest = iter(text.splitlines())
        assert all(any(line.strip() == one.strip() for one in rest) for line in kept)
