"""alerts/fold.py and alerts/folded.py: equal length, and the way back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.fold import FOLD, compose, shadow
from alerts.folded import Folded

ANY = st.text(st.characters(exclude_categories=()), max_size=60)
MIXED = st.text(
    st.sampled_from(
        "aA1éÉｅ中國国芯カｶﾞがガ한국ᄒ\u1161\u11ab\u0301\u00ad\u200b .,-—“”、。\n\t\u3000\ud800😀ßİﬁ㈱"
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NEV", "nev"),
        ("ＮＥＶ１", "nev1"),
        ("臺灣晶片", "台湾晶片"),
        ("Véhicule", "vehicule"),
        ("Йод", "йод"),  # й is a letter of its own, not an accented и
        ("ガ", "ガ"),  # as is ガ
        ("straße", "straße"),  # would change the length: left to the word forms
        ("a-b–c", "a b c"),
        ("a—b", "a\x02b"),
        ("甲、乙", "甲\x02乙"),
        ("“双碳”", " 双碳 "),
        ("\ud800", " "),
        ("½", "½"),
    ],
)
def test_shadow(text: str, expected: str) -> None:
    assert shadow(text) == expected


@settings(max_examples=200)
@given(st.one_of(ANY, MIXED))
def test_a_shadow_is_as_long_as_its_text_and_its_own_shadow(text: str) -> None:
    folded = shadow(text)
    assert len(folded) == len(text)
    assert shadow(folded) == folded
    assert folded == "".join(FOLD[ord(char)] for char in text)


def test_few_and_many_strange_characters_fold_alike() -> None:
    many = "".join(chr(code) for code in range(0x4E00, 0x4F00)) + "ＡＢ é"
    assert shadow(many) == "".join(shadow(char) for char in many)


@settings(max_examples=200)
@given(MIXED)
def test_composed_text_knows_where_its_characters_were(text: str) -> None:
    composed, origin = compose(text)
    if origin is None:
        assert composed == text
        return
    assert len(origin) == len(composed) + 1
    assert origin == sorted(origin)
    assert origin[-1] == len(text)


@settings(max_examples=200)
@given(MIXED, MIXED)
def test_every_letter_of_the_scan_stands_where_it_says(title: str, text: str) -> None:
    folded = Folded(title, text)
    for position, char in enumerate(folded.scan):
        if char in " \x03":
            continue
        position, behind = folded.placed(position, position + 1)
        assert behind == position + 1
        field, start, end = folded.original(position, behind)
        source = title if field == "title" else text
        assert 0 <= start < end <= len(source)
        assert char in shadow(compose(source[start:end])[0]) or end - start > 1
        assert (field == "title") == (position < folded.title_end)
        assert folded.position(field, start) <= position


@settings(max_examples=200)
@given(MIXED, MIXED)
def test_words_stand_where_they_say_and_make_the_scan(title: str, text: str) -> None:
    folded = Folded(title, text)
    assert folded.scan == "".join(f" {word}" for word in folded.words) + " "
    assert folded.starts == sorted(folded.starts)
    at = 1
    for word, start in zip(folded.words, folded.starts, strict=True):
        if word != "\x03":
            assert folded.placed(at, at + 1) == (start, start + 1)
        at += len(word) + 1


@settings(max_examples=200)
@given(MIXED, MIXED)
def test_a_scan_is_padded_and_has_single_blanks(title: str, text: str) -> None:
    scan = Folded(title, text).scan
    assert scan.startswith(" ")
    assert scan.endswith(" ")
    assert "  " not in scan
    assert "\n" not in scan


@pytest.mark.parametrize(
    ("text", "scan"),
    [
        ("AI芯片", "ai 芯片"),
        ("人工 智能", "人工智能"),
        ("人工、智能", "人工 智能"),
        ("中정부", "中 정부"),
        ("5G를", "5g 를"),
        ("a\n\n\nb", "a \x03 b"),
        ("中\n\n国", "中 \x03 国"),
        ("soft\u00adware", "software"),
        ("e\u0301te", "ete"),
        ("\u1112\u1161\u11ab", "한"),
    ],
)
def test_borders(text: str, scan: str) -> None:
    assert Folded("", text).scan.strip(" \x03") == scan


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [("one two three", (0, 2), 2), ("一 two 三四 five", (0, 3), 4), ("一二三四", (0, 0), 0)],
)
def test_half_words(text: str, words: tuple[int, int], expected: int) -> None:
    folded = Folded("", text)
    pieces = [piece for piece in folded.words if piece != "\x03"]
    first, last = (
        folded.placed(at := folded.scan.index(pieces[word]), at + 1)[0] for word in words
    )
    if words[0] == words[1]:
        assert folded.through(last + 1) - folded.before(first) == 1
    else:
        assert folded.before(last) - folded.through(first + len(pieces[words[0]])) == expected
