"""Which sentences are shown, and which passages of a diff."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.excerpts import DIFF_MAX, SENTENCE_MAX, changed, matched
from storage.diff import segments
from storage.types import Segment, Span


def found(text: str, *terms: str) -> list[str]:
    places = []
    for term in terms:
        start = text.index(term)
        places.append(Span(field="text", start=start, end=start + len(term), term=term))
    return [
        "".join(f"[{run}]" if style else run for style, run in sentence)
        for sentence in matched(text, places)
    ]


CASES = [
    ("One. The quota fell. Two.", ["quota"], ["The [quota] fell."]),
    ("One. A quota and a TAC. Two.", ["quota", "TAC"], ["A [quota] and a [TAC]."]),
    ("A quota. Then. A TAC.", ["quota", "TAC"], ["A [quota].", "A [TAC]."]),
    # A decimal point ends no sentence.
    ("It fell by 3.5 % of quota. Two.", ["quota"], ["It fell by 3.5 % of [quota]."]),
    ("Title\n\nThe quota fell\n\nMore", ["quota"], ["The [quota] fell"]),
    ("政策发布。财政部表示支持。完。", ["财政部"], ["[财政部]表示支持。"]),
    # A match at the very end of a sentence, and at the very ends of the text.
    ("It is quota. Two.", ["quota."], ["It is [quota.]"]),
    ("quota", ["quota"], ["[quota]"]),
]


@pytest.mark.parametrize(("text", "terms", "shown"), CASES)
def test_matched(text: str, terms: list[str], shown: list[str]) -> None:
    assert [s.strip() for s in found(text, *terms)] == shown


def test_overlapping_spans_are_marked_once() -> None:
    text = "battery swapping station."
    spans = [
        Span(field="text", start=0, end=16, term="battery swapping"),
        Span(field="text", start=8, end=24, term="swapping station"),
    ]
    assert "".join(run for _, run in matched(text, spans)[0]) == text


def test_a_match_in_the_title_shows_the_opening() -> None:
    spans = [Span(field="title", start=0, end=5, term="quota")]
    assert matched("First sentence. Second.", spans) == [[("", "First sentence. ")]]
    assert matched("", spans) == []


def test_the_sentence_with_most_terms_is_among_the_three_shown() -> None:
    text = "A cat. A cat. A cat. A cat. A dog and a bird."
    places = [Span(field="text", start=n * 7 + 2, end=n * 7 + 5, term="cat") for n in range(4)]
    for term in ("dog", "bird"):
        start = text.index(term)
        places.append(Span(field="text", start=start, end=start + len(term), term=term))
    shown = ["".join(run for _, run in s) for s in matched(text, places)]
    assert len(shown) == 3
    assert shown[-1] == "A dog and a bird."


def test_a_long_sentence_is_cut_around_its_match() -> None:
    text = "word " * 300 + "quota " + "tail " * 300
    [shown] = found(text, "quota")
    assert len(shown) <= SENTENCE_MAX + 2
    assert "[quota]" in shown
    assert shown.startswith("…")


spans = st.builds(
    lambda start, length: Span(field="text", start=start, end=start + length, term="x"),
    st.integers(-5, 300),
    st.integers(-2, 40),
)


@given(st.text(alphabet="ab .!?。\n…\u200b", max_size=300), st.lists(spans, max_size=8))
def test_any_spans_in_any_text(text: str, places: list[Span]) -> None:
    for sentence in matched(text, places):
        assert sum(len(run) for _, run in sentence) <= SENTENCE_MAX


def diff(old: str, new: str) -> list[str]:
    marks = {"": "{}", "gone": "[-{}-]", "new": "[+{}+]"}
    return [
        "".join(marks[style].format(run) for style, run in hunk)
        for hunk in changed(segments(old, new))
    ]


def test_a_change_shows_its_sentence() -> None:
    old = "Intro. The rule enters into force on 1 March 2026 in all states. End."
    [hunk] = diff(old, old.replace("2026", "2027"))
    assert hunk.startswith("The rule enters into force on")
    assert "[-2026" in hunk
    assert "[+2027" in hunk
    assert "Intro" not in hunk
    assert "End" not in hunk


def test_changes_in_two_sentences_are_two_hunks() -> None:
    old = "The red fox ran. Nothing here changed at all. The blue bird sang."
    new = old.replace("red", "green").replace("blue", "yellow")
    assert len(diff(old, new)) == 2


def test_many_changes_say_how_many_are_not_shown() -> None:
    old = " ".join(f"Line {n} says alpha{n} today." for n in range(40))
    new = " ".join(f"Line {n} says omega{n} today." for n in range(40))
    shown = diff(old, new)
    assert shown[-1].startswith("… and ")
    assert sum(map(len, shown)) < DIFF_MAX * 2


pieces = st.builds(
    Segment,
    op=st.sampled_from(["equal", "insert", "delete", "replace", "move"]),
    old=st.text(max_size=40),
    new=st.text(max_size=900),
)


@given(st.lists(pieces, max_size=12))
def test_any_segments_make_short_hunks(found_: list[Segment]) -> None:
    shown = changed(found_)
    # The first hunk is always shown, whatever its length.
    assert sum(len(run) for hunk in shown[1:] for _, run in hunk) <= DIFF_MAX + 60
