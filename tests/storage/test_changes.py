"""Change classes: the labelled pairs, the reasons in words, and what must hold for any two texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import DATA, needs_data

from storage.changes import compare
from storage.types import ChangeClass, Difference

PAIRS = Path(__file__).parent / "data" / "changes"
ROWS: list[dict[str, Any]] = [
    json.loads(line)
    for file in sorted(PAIRS.glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]


def of(row: dict[str, Any]) -> Difference:
    return compare(
        (row["old"]["title"], row["old"]["text"]), (row["new"]["title"], row["new"]["text"])
    )


def test_there_are_as_many_labelled_pairs_as_promised() -> None:
    assert len(ROWS) >= 200
    assert {row["language"] for row in ROWS} == {"en", "zh", "ko"}


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r["want"] == "substantive"], ids=lambda r: r["id"]
)
def test_each_edit_that_matters_is_substantive(row: dict[str, Any]) -> None:
    found = of(row)
    assert found.change_class is ChangeClass.SUBSTANTIVE, (row["why"], found.reasons)
    assert found.score >= 0.5
    assert found.reasons


def test_at_most_two_percent_ring_falsely() -> None:
    quiet = [row for row in ROWS if row["want"] == "quiet"]
    loud = [row["id"] for row in quiet if of(row).change_class is ChangeClass.SUBSTANTIVE]
    assert len(loud) <= 0.02 * len(quiet), loud


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("The rate is 25% now.", "The rate is 45% now.", "number changed from 25% to 45%"),
        (
            "It starts on March 1, 2026.",
            "It starts on March 1, 2027.",
            "date changed: March 1, 2026 -> March 1, 2027",
        ),
        (
            "自2026年3月1日起施行。",
            "自2027年3月1日起施行。",
            "date changed: 2026年3月1日 -> 2027年3月1日",
        ),
        ("Firms may apply.", "Firms shall apply.", "modal changed: may -> shall"),
        ("企业可以申请。", "企业应当申请。", "modal changed: 可以 -> 应当"),
        ("They published a ban.", "They published a waiver.", "wording changed: ban -> waiver"),
        ("It covers cars.", "It does not cover cars.", "negation added: not cover"),
        ("The deal with Iran.", "The deal with Iraq.", "name changed: Iran -> Iraq"),
        ("A stays.\n\nThe rest goes.", "A stays.", "paragraph removed: The rest goes."),
        ("A stays. Words go.", "A stays.", "sentence removed: Words go."),
        ("A stays.", "A stays.\n\nMore is said.", "paragraph added: More is said."),
        ("It moved from 3 to 5.", "It moved from 5 to 3.", "order of numbers changed: 3 5 -> 5 3"),
        ("One two three four.\n\nB b b.", "B b b.\n\nOne two three four.", "text moved: B b b."),
    ],
)
def test_reasons_are_in_words(old: str, new: str, reason: str) -> None:
    assert reason in compare(("T", old), ("T", new)).reasons


def test_the_headline_is_named() -> None:
    found = compare(("Tariff at 25%", "x y z"), ("Tariff at 45%", "x y z"))
    assert found.reasons[0] in (
        "headline changed: Tariff at 25% -> Tariff at 45%",
        "number changed from 25% to 45%",
    )
    assert "headline changed: Tariff at 25% -> Tariff at 45%" in found.reasons


def test_heavier_edits_score_higher() -> None:
    base = "Prices rose 5%. Firms may apply. The plan is big."
    word = compare(("T", base), ("T", base.replace("big", "large")))
    one = compare(("T", base), ("T", base.replace("5%", "9%")))
    two = compare(("T", base), ("T", base.replace("5%", "9%").replace("may", "may not")))
    assert word.score < one.score < two.score <= 1


@needs_data
def test_real_edits_are_seen_and_white_space_is_not() -> None:
    folder = DATA / "revisions"
    for number, wanted in (("0017", ChangeClass.SUBSTANTIVE), ("0059", ChangeClass.COSMETIC)):
        old, new = ((folder / number / n).read_text("utf-8") for n in ("old.md", "new.md"))
        assert compare(("x", old), ("x", new)).change_class is wanted


def test_a_huge_pair_says_that_it_fell_back() -> None:
    old = "\n".join(f"Line {n} says a." for n in range(11_000))
    new = "\n".join(f"Line {n} says b." for n in range(11_000))
    found = compare(("T", old), ("T", new))
    assert any("fell back" in reason for reason in found.reasons)


TEXTS = st.text(alphabet="ab 1.5%-,\n不可以가다“”?A", max_size=80)


@settings(max_examples=150)
@given(TEXTS, TEXTS, TEXTS)
def test_any_two_texts_can_be_compared(title: str, old: str, new: str) -> None:
    found = compare((title, old), (title, new))
    assert 0 <= found.score <= 1
    assert (found.change_class is ChangeClass.SUBSTANTIVE) == (found.score >= 0.5)
    same = compare((title, old), (title, old))
    assert same.change_class is ChangeClass.COSMETIC
    assert same.score == 0
