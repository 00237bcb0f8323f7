"""Articles that flap, and template edits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storage.changes import compare
from storage.volatile import flaps, reverts, template_edit, volatile_lines, without

BODY = "The plan is ready.\n\nIt will be published in May."


def test_a_clock_on_the_page_is_volatile_and_the_text_is_not() -> None:
    texts = [f"{BODY}\n\nTemperature in Linhai: {n} degrees" for n in (11, 12, 14, 13)]
    found = volatile_lines(texts)
    assert found == {"Temperature in Linhai: ## degrees"}
    assert {without(text, found) for text in texts} == {BODY}


def test_a_teaser_that_differs_each_time_is_volatile() -> None:
    texts = [
        f"{BODY}\n\n{tease}" for tease in ("Rain comes", "Port opens", "Bus stops", "Fair ends")
    ]
    assert {without(text, volatile_lines(texts)) for text in texts} == {BODY}


def test_two_servers_that_alternate_are_volatile() -> None:
    texts = [BODY, BODY + "\n\nOpen the app", BODY, BODY + "\n\nOpen the app"]
    assert volatile_lines(texts) == {"Open the app"}


def test_honest_edits_are_not_volatile() -> None:
    texts = [BODY, BODY.replace("May", "June"), BODY.replace("May", "June"), BODY + "\n\nMore."]
    assert volatile_lines(texts) == frozenset()
    assert volatile_lines([BODY, BODY]) == frozenset()
    assert without(BODY, frozenset()) == BODY


def test_a_figure_corrected_once_is_not_volatile() -> None:
    texts = [f"{BODY}\n\nThe rate is {n} percent." for n in (25, 25, 45, 45)]
    assert volatile_lines(texts) == frozenset()


def test_reverts_and_flaps() -> None:
    assert reverts(["a", "b", "a"]) == 0
    assert reverts(["a", "b", "c", "b"]) == 1
    assert reverts(["a", "b"]) is None
    assert flaps(["a", "b", "a", "b"])
    assert not flaps(["a", "b", "a"])
    assert not flaps(["a", "b", "c", "d"])
    assert not flaps(["a", "a", "a", "b"])


def test_the_same_edit_on_five_pages_is_one_event() -> None:
    old, new = "Follow us on Squeak.", "Follow us on Chirp."
    same = [
        (n, compare(("T", f"Text number {n}.\n\n{old}"), ("T", f"Text number {n}.\n\n{new}")))
        for n in range(5)
    ]
    other = [(9, compare(("T", "The rate is 5%."), ("T", "The rate is 6%.")))]
    nothing = [(10, compare(("T", "x"), ("T", "x")))]
    assert template_edit([*same, *other, *nothing]) == (frozenset(range(5)),)
    assert template_edit(same[:4]) == ()


@given(st.lists(st.text(alphabet="ab1\n", max_size=20), max_size=6))
def test_any_texts_can_be_asked(texts: list[str]) -> None:
    found = volatile_lines(texts)
    for text in texts:
        without(text, found)
