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
HELD_OUT: list[dict[str, Any]] = [
    json.loads(line)
    for file in sorted((PAIRS.parent / "held_out").glob("*.jsonl"))
    for line in file.read_text("utf-8").splitlines()
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


@pytest.mark.parametrize(
    "row", [r for r in HELD_OUT if r["want"] == "substantive"], ids=lambda r: r["id"]
)
def test_no_edit_of_the_pairs_kept_apart_is_missed(row: dict[str, Any]) -> None:
    """How many of their harmless ones ring is measured (benchmarks/eval_changes.py), not asserted."""
    assert of(row).change_class is ChangeClass.SUBSTANTIVE, row["why"]


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


def test_korean_negations_and_duties_weigh_as_such() -> None:
    for old, new, least in (
        ("시설을 설치한다.", "시설을 설치하지 않는다.", 0.9),
        ("결과를 공개해야 한다.", "결과를 공개한다.", 0.8),
    ):
        assert compare(("T", old), ("T", new)).score >= least


#: Who does what to whom: said with the same longer words, in another order or by another small one.
ROLES = [
    ("the bus goes from Hefei to Wuhan", "the bus goes from Wuhan to Hefei"),
    ("trucks are not covered and ships are covered", "trucks are covered and ships are not covered"),
    ("it was an illusion", "it was an allusion"),
    ("imports from China rose", "imports to China rose"),
    ("the foreign minister praised the deputy mayor", "the deputy mayor praised the foreign minister"),
    ("the plan has been approved", "the plan is being approved"),
    ("former minister Li went home", "minister Li went home"),
    ("由运输部门向驾驶员收取费用", "由驾驶员向运输部门收取费用"),
    ("产品出口到美国", "产品从美国出口"),
    ("他被警方起诉", "他起诉警方"),
    ("五十人以上的企业须检查", "五十人的企业须检查"),
    ("3月1日以后出生的人", "3月1日以前出生的人"),
]  # fmt: skip
#: The same said in another order.
MOVED = [
    ("Under the draft, firms may apply for help", "Firms may apply for help under the draft"),
    ("said Li Jun, deputy director of the board", "Li Jun, deputy director of the board, said"),
    ("sales of $12.6 billion beat $10 billion", "sales of 12.6 billion dollars beat 10 billion dollars"),
    ("日前，数据局发布通知", "数据局日前发布通知"),
    ("28일 산업부는 특례를 승인했다", "산업부는 28일 특례를 승인했다"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), ROLES)
def test_who_does_what_to_whom_matters(old: str, new: str) -> None:
    for one, two in ((old, new), (new, old)):
        found = compare(("T", one + "."), ("T", two + "."))
        assert found.change_class is ChangeClass.SUBSTANTIVE


@pytest.mark.parametrize(("old", "new"), MOVED)
def test_one_stretch_moved_is_the_same_said(old: str, new: str) -> None:
    for one, two in ((old, new), (new, old)):
        found = compare(("T", one + "."), ("T", two + "."))
        assert found.change_class is not ChangeClass.SUBSTANTIVE


def test_a_headline_weighs_more_than_a_sentence() -> None:
    text = "The plan is out."
    headline = compare(
        ("Ministry backs the old harbour", text), ("Ministry backs the old mill", text)
    )
    body = compare(("T", "It backs the old harbour."), ("T", "It backs the old mill."))
    assert headline.score >= 0.8 > body.score


def test_of_very_many_changed_passages_the_rest_is_counted() -> None:
    old = "\n\n".join(f"Harbour {n} shipped {n} tons of herring to town {n}." for n in range(400))
    found = compare(("T", old), ("T", old.replace("shipped", "never shipped")))
    assert found.change_class is ChangeClass.SUBSTANTIVE
    assert "250 further passages changed" in found.reasons
    assert len([one for one in found.segments if one.op != "equal"]) >= 400
