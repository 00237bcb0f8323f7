"""A source's memory of its own lines."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from spiders.learned import ENOUGH, MOST, Learned

LINE = "Follow us for more. 12 comments"


def taught(*titles: str) -> Learned:
    memory = Learned()
    for title in titles:
        memory = memory.observe(title, [LINE, f"About {title} only."])
    return memory


def test_a_line_under_enough_titles_is_the_site_s():
    titles = ["Station", "Battery", "Ceiling", "Winter"][:ENOUGH]
    assert not taught(*titles[:-1]).recurs(LINE)
    memory = taught(*titles)
    assert memory.recurs(LINE)
    # Its counter moves on.
    assert memory.recurs(LINE.replace("12", "57"))
    assert memory.filter([LINE, "About Battery only."])[1] == (LINE,)


def test_one_article_seen_often_teaches_nothing():
    assert not taught(*["Same story"] * 10).recurs(LINE)


def test_cleaning_keeps_the_paragraphs():
    memory = taught("a", "b", "c")
    assert memory.clean(f"One.\n\n{LINE}\n\nTwo\n{LINE}") == "One.\n\nTwo"


def test_memory_is_bounded_and_keeps_what_recurs():
    memory = taught("a", "b", "c")
    for n in range(4):
        memory = memory.observe(
            f"big {n}",
            [f"line {chr(97 + n)} {'x' * (i % 500)}{chr(0x4E00 + i)}" for i in range(MOST // 2)],
        )
    assert len(memory.seen) <= MOST
    assert memory.recurs(LINE)


def test_it_survives_json_and_ignores_rubbish():
    memory = taught("a", "b", "c")
    assert Learned.from_json(json.loads(json.dumps(memory.to_json()))) == memory
    assert Learned.from_json({"seen": [1], "pages": "x"}) == Learned()


@given(st.lists(st.tuples(st.text(), st.lists(st.text()))))
def test_observing_never_raises_nor_mutates(pages):
    memory = Learned()
    for title, lines in pages:
        before = dict(memory.seen)
        after = memory.observe(title, lines)
        assert dict(memory.seen) == before
        memory = after
    assert memory.pages == len(pages)


def test_what_recurs_is_bounded_too() -> None:
    """A site that makes up chrome without end: the lines not met for longest make room."""
    memory = Learned()
    for batch in range(4):
        lines = [f"Standing line {letters(batch)} {letters(number)}" for number in range(700)]
        for title in ("One", "Two", "Three"):
            memory = memory.observe(title, lines)
    assert len(memory.seen) == MOST
    assert memory.recurs(f"Standing line {letters(3)} {letters(0)}")
    assert not memory.recurs(f"Standing line {letters(0)} {letters(0)}")
    assert len(json.dumps(memory.to_json())) < 250_000


def letters(number: int) -> str:
    """Return *number* without digits, which are folded."""
    return "".join(chr(97 + int(digit)) for digit in str(number))
