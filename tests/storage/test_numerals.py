from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.changes import compare
from storage.hangul import bare_word
from storage.numerals import han_number, in_digits
from storage.thesaurus import exchangeable
from storage.types import ChangeClass

NUMBERS = [
    ("十", 10),
    ("十二", 12),
    ("二十五", 25),
    ("一百零五", 105),
    ("三千五百万", 35_000_000),
    ("两亿", 200_000_000),
    ("三万亿", 3 * 10**12),
    # Read out digit by digit.
    ("二〇二六", 2026),
    ("两", 2),
    # Phrases, not numbers.
    ("三三两两", None),
    ("万", None),
    ("十百", None),
    ("", None),
    ("十几", None),
]


@pytest.mark.parametrize(("written", "value"), NUMBERS)
def test_han_number(written: str, value: int | None) -> None:
    assert han_number(written) == value


@given(st.text("零〇一二三四五六七八九十百千万亿两半几", max_size=12))
def test_any_run_of_han_numbers_is_read_or_refused(written: str) -> None:
    value = han_number(written)
    assert value is None or value >= 0
    assert isinstance(in_digits(f"{written}分之{written}"), str)


def test_shares_are_written_in_digits() -> None:
    assert in_digits("增长百分之二十五点五，三分之一") == "增长25.5%，1/3"


@pytest.mark.parametrize(
    ("a", "b"), [("destiny", "fate"), ("mended", "repairs"), ("arousing", "provoked")]
)
def test_words_of_one_sense_are_exchangeable(a: str, b: str) -> None:
    assert exchangeable(a, b)


@pytest.mark.parametrize(("a", "b"), [("ban", "waiver"), ("upheld", "annulled"), ("raise", "cut")])
def test_words_of_another_sense_are_not(a: str, b: str) -> None:
    assert not exchangeable(a, b)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("설치됐습니다", "설치되었다", True),
        ("시작한다", "개시합니다", True),
        # Voice and tense are not politeness.
        ("승인했다", "승인됐다", False),
        ("승인했다", "승인한다", False),
    ],
)
def test_polite_and_plain_endings_are_one(a: str, b: str, same: bool) -> None:
    assert (bare_word(a) == bare_word(b)) is same


@pytest.mark.parametrize("other", ["China", "the EU", "Japan"])
def test_the_us_is_a_name_and_no_pronoun(other: str) -> None:
    found = compare(("T", "The US joined the talks."), ("T", f"{other} joined the talks."))
    assert found.change_class is ChangeClass.SUBSTANTIVE
