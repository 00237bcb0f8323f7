"""Texts are cut once for all who ask: what they are told must be what each would find alone."""

from __future__ import annotations

import hashlib

from hypothesis import example, given
from hypothesis import strategies as st

from storage.fingerprint import fingerprint
from storage.memo import SIZE, Memo
from storage.noise import body_lines
from storage.normal import fold_line
from storage.tokens import printed, tokens, values

#: What makes the cutting of words hard: signs, ranges, initials, quotes, ends of sentences.
_HARD = st.text("Aab.U'\"()-+–5，。？！ 0,:%~三は가`…\t\xa0’", max_size=60)


@given(_HARD)
@example("他走了吗？)-3 度。")
@example("Rose 5 - 10 per cent. -3 today. U.S. law.")
@example("." * 500 + "5")
def test_tokens_are_the_same_with_and_without_their_places(text: str) -> None:
    line = fold_line(text)
    assert printed(line) == [line[one.start : one.end] for one in tokens(line)]
    assert values(line) == [one.value for one in tokens(line)]


@given(_HARD, _HARD, _HARD)
@example("", "真的吗？)-3 度。", "")
@example("1,000 a", "5 - 10. U.S. It", "~ 5")
def test_the_fingerprint_is_that_of_whole_lines(title: str, one: str, two: str) -> None:
    text = f"{one}\n{two}"
    words = [value for line in body_lines(text) for value in values(line)]
    content = "\x1f".join(values(fold_line(title))) + "\x1e" + "\x1f".join(words)
    assert fingerprint(title, text) == f"1:{hashlib.sha256(content.encode()).hexdigest()}"


def test_a_memo_keeps_what_is_short_and_never_grows_past_its_size() -> None:
    asked: list[str] = []

    def length(word: str) -> int:
        asked.append(word)
        return len(word)

    lengths = Memo(length)
    assert [lengths["abc"], lengths["abc"], lengths["x" * 100]] == [3, 3, 100]
    assert asked == ["abc", "x" * 100]
    for number in range(SIZE + 10):
        assert lengths[str(number)] == len(str(number))
    assert len(lengths) <= SIZE
