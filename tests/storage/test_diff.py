"""The word diff."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.diff import segments
from storage.normal import visible


def changed(old: str, new: str) -> list[tuple[str, str, str]]:
    return [(s.op, s.old, s.new) for s in segments(old, new) if s.op != "equal"]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("The tariff is 25 percent.", "The tariff is 45 percent.", [("replace", "25 ", "45 ")]),
        ("电池关税为1.5%。", "电池关税为15%。", [("replace", "1.5", "15")]),
        ("企业可以申请。", "企业应当申请。", [("replace", "可以", "应当")]),
        ("관세율은 25%다.", "관세율은 45%다.", [("replace", "25", "45")]),
        ("요금을 인상한다.", "요금을 인하한다.", [("replace", "인상한다.\n\n", "인하한다.\n\n")]),
        ("A b. C d.", "A b.", [("delete", "C d.\n\n", "")]),
        ("A b.", "A b.\n\nC d.", [("insert", "", "C d.\n\n")]),
        ("“x y”", '"x y"', []),
        ("a\u00a0b", "a b", []),
    ],
)
def test_words_are_the_unit(old: str, new: str, wanted: list[tuple[str, str, str]]) -> None:
    found = changed(old, new)
    if wanted and wanted[0][0] == "delete":
        assert [f[0] for f in found] == ["delete"]
        assert found[0][1].strip() == wanted[0][1].strip()
    else:
        assert found == wanted


def test_moved_text_is_told_apart_from_removed_and_added() -> None:
    old = "First point about roads.\n\nSecond point about rail.\n\nThird point about air."
    new = "Second point about rail.\n\nThird point about air.\n\nFirst point about roads."
    assert [op for op, _, _ in changed(old, new)] == ["move"]


def test_the_words_shown_are_the_words_printed() -> None:
    ((op, old, new),) = changed("Preis: ５０ Euro “heute”.", "Preis: ６０ Euro “heute”.")
    assert (op, old.strip(), new.strip()) == ("replace", "５０", "６０")


TEXTS = st.text(alphabet="ab. 1一。가나\n", max_size=60)


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_back(old: str, new: str) -> None:
    """Up to white space and order (moves), nothing is lost and nothing invented."""
    found = segments(old, new)
    for side, text in (("old", old), ("new", new)):
        joined = "".join(getattr(segment, side) for segment in found)
        assert sorted("".join(joined.split())) == sorted("".join(visible(text).split()))
    if not any(segment.op == "move" for segment in found):
        joined = "".join(segment.new for segment in found)
        assert "".join(joined.split()) == "".join(visible(new).split())
