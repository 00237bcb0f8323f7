"""Stories: what is one text, what is not, and who is its origin."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import SEEDS, needs_seeds
from storage_texts import (
    EMBEDDING,
    EN_ORIGINAL,
    FOLLOW_UP,
    QUOTING_A,
    QUOTING_B,
    REPORT_Q2,
    REPORT_Q3,
    RIVAL,
    SPEECH,
    SPUN,
    WIRE,
    ZH_OTHER,
    ZH_REPRINT,
    ZH_RIVAL,
    ZH_TRANSLATION,
    ZH_WIRE,
)

from storage.normal import sentences
from storage.signature import Signature
from storage.signing import MAX_TOKENS
from storage.stories import Document, Placement, classify, cluster, place, signature
from storage.types import Attribution, CopyKind, Wire

DAY = datetime(2026, 3, 4, 9, tzinfo=UTC)


def document(
    article_id: int, text: str, title: str = "Haidong to build stations", **more: object
) -> Document:
    base = Document(
        article_id=article_id,
        title=title,
        text=text,
        signature=signature(title, text),
        first_seen_at=DAY + timedelta(hours=article_id),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # a builder for tests


def kind(old: str, new: str) -> CopyKind | None:
    found = classify(document(2, new), document(1, old))
    return found.kind if found else None


MOSTLY_QUOTE_A = f"""The minister spoke at the fair for eleven minutes and took no questions.

{SPEECH}

Delegates left the hall without a word."""
MOSTLY_QUOTE_B = f"""Shares rose 2.8 percent on a promise that brokers had given up hoping for.

{SPEECH}

Foreign funds were buyers for a fourth day."""
TRIMMED = "\n\n".join(WIRE.strip().split("\n\n")[:6])
REORDERED = "\n\n".join(reversed(WIRE.strip().split("\n\n")))
ADDED_NOISE = (
    "Share Facebook Twitter\n\nViews: 33\n\n"
    + WIRE.replace('"', "”")
    + "\n\nRelated articles\nA b c"
)


@pytest.mark.parametrize(
    ("old", "new", "wanted", "reason"),
    [
        (WIRE, WIRE, CopyKind.EXACT, "the same"),
        (WIRE, ADDED_NOISE, CopyKind.EXACT, "another site's chrome"),
        (WIRE, TRIMMED, CopyKind.EDITED, "two paragraphs cut"),
        (WIRE, "(Agencies) " + WIRE.replace("roughly", "about"), CopyKind.EDITED, "a desk's touch"),
        (WIRE, WIRE.replace("120", "140"), CopyKind.EDITED, "one figure corrected"),
        (WIRE, REORDERED, CopyKind.EDITED, "paragraphs in another order"),
        (WIRE, EMBEDDING, CopyKind.CONTAINED, "inside a longer report"),
        (WIRE, SPUN, CopyKind.SPUN, "reworded by machine"),
        (ZH_WIRE, ZH_REPRINT, CopyKind.EDITED, "reprinted in traditional characters"),
        (WIRE, RIVAL, None, "another report of one event"),
        (WIRE, FOLLOW_UP, None, "the next report"),
        (SPUN, RIVAL, None, "another report of one event"),
        (REPORT_Q2, REPORT_Q3, None, "two issues of one form"),
        (QUOTING_A, QUOTING_B, None, "one speech quoted twice"),
        (MOSTLY_QUOTE_A, MOSTLY_QUOTE_B, None, "little more than one speech quoted twice"),
        (ZH_WIRE, ZH_RIVAL, None, "another report of one event, in Chinese"),
        (EN_ORIGINAL, ZH_TRANSLATION, CopyKind.TRANSLATED, "figures, order and names agree"),
        (EN_ORIGINAL, ZH_OTHER, None, "another report in another language"),
        (WIRE, ZH_WIRE, None, "names that prove nothing: shown to nobody as one"),
    ],
)
def test_what_is_one_text(old: str, new: str, wanted: CopyKind | None, reason: str) -> None:
    assert kind(old, new) is wanted, reason


def test_a_number_in_the_title_tells_the_parts_of_a_series_apart() -> None:
    text = "The series looks at how cities change. " * 3 + "Part {} is about station number {}."
    one = document(1, text.format(4, 71), "How cities change, part 4")
    two = document(2, text.format(5, 93), "How cities change, part 5")
    assert classify(two, one) is None


def test_a_copy_that_says_more_tells_what_it_adds() -> None:
    found = classify(document(2, EMBEDDING), document(1, WIRE))
    assert found is not None
    assert found.kind is CopyKind.CONTAINED
    assert found.leader == 1
    assert found.adds is not None
    assert "260 trucks" in found.adds
    assert "120 battery-swap" not in found.adds


def test_the_attributed_agency_is_the_origin_however_late_it_is_seen() -> None:
    reprint = document(1, WIRE, wire=Wire(agency="Novus"), source_id="daily", site="The Daily")
    agency = document(2, WIRE, source_id="novus", site="Novus News", wire=Wire(agency="Novus"))
    found = classify(agency, reprint)
    assert found is not None
    assert found.leader == 2
    placed = place(agency, [reprint])
    assert placed.takes_over
    assert placed.leader == 1


def test_a_source_line_names_the_origin() -> None:
    copy = document(1, WIRE, source_id="b", attribution=Attribution(source="The Daily"))
    origin = document(2, WIRE, source_id="a", site="The Daily")
    found = classify(origin, copy)
    assert found is not None
    assert found.leader == 2


def test_else_the_earliest_is_the_origin() -> None:
    early = document(2, WIRE, published_at=DAY)
    late = document(1, WIRE, published_at=DAY + timedelta(hours=3))
    for new, old in ((early, late), (late, early)):
        found = classify(new, old)
        assert found is not None
        assert found.leader == 2


def test_all_copies_of_one_text_are_one_story_and_the_rest_are_not() -> None:
    texts = [WIRE, RIVAL, FOLLOW_UP, ADDED_NOISE, TRIMMED, EMBEDDING, SPUN, REPORT_Q2, REPORT_Q3]
    placed = cluster(document(n, text, f"T{n}"[:1]) for n, text in enumerate(texts))
    leaders = {p.article_id: p.leader for p in placed}
    assert {n for n, leader in leaders.items() if leader == 0} == {0, 3, 4, 5, 6}
    assert all(leaders[n] == n for n in (1, 2, 7, 8))


def test_a_later_agency_text_takes_its_copies_along() -> None:
    first = document(0, WIRE, source_id="daily", wire=Wire(agency="Novus"))
    second = document(1, TRIMMED, source_id="post", wire=Wire(agency="Novus"))
    agency = document(2, WIRE, source_id="novus", site="Novus")
    placed = {p.article_id: p for p in cluster([first, second, agency])}
    assert {p.leader for p in placed.values()} == {2}
    assert placed[2].kind is CopyKind.ORIGIN
    assert placed[0].kind is CopyKind.EXACT


def test_copies_are_never_chained() -> None:
    """C shares with B only what B added to A: C is no part of A's story."""
    addition = "\n\n".join(FOLLOW_UP.strip().split("\n\n")[1:])
    a, b, c = document(0, WIRE), document(1, WIRE + "\n\n" + addition), document(2, addition)
    leaders = {p.article_id: p.leader for p in cluster([a, b, c])}
    assert leaders == {0: 0, 1: 0, 2: 2}


def test_a_round_up_joins_no_story() -> None:
    stories = [WIRE, FOLLOW_UP, REPORT_Q2, QUOTING_A]
    parts = []
    for text in stories:
        found = [one for line in text.splitlines() for one in sentences(line)]
        parts.append(" ".join(found[: 6 * len(found) // 10]))
    documents = [document(n, text, "T") for n, text in enumerate(stories)]
    placed = place(document(9, "\n\n".join(parts), "In brief"), documents)
    assert placed == Placement(article_id=9, leader=9, kind=CopyKind.ORIGIN, score=1.0)


def test_only_leaders_are_joined() -> None:
    copy = document(1, WIRE, kind=CopyKind.EXACT)
    assert place(document(2, WIRE), [copy]).kind is CopyKind.ORIGIN


@needs_seeds
def test_the_five_seed_articles_are_five_stories() -> None:
    files = sorted(SEEDS.glob("*.txt"))
    documents = [
        document(n, text, text.splitlines()[0])
        for n, text in enumerate(file.read_text(encoding="utf-8") for file in files)
    ]
    assert all(classify(a, b) is None for a, b in combinations(documents, 2))
    assert all(p.kind is CopyKind.ORIGIN for p in cluster(documents))


@pytest.mark.parametrize("text", [WIRE, SPUN, ZH_WIRE, ZH_REPRINT, "", "short", "短文。"])
def test_a_signature_is_small_and_comes_back_whole(text: str) -> None:
    made = signature("T 12", text)
    assert Signature.unpack(made.pack()) == made
    assert len(made.index_hashes) <= 15
    assert len(made.query_hashes) <= 64
    assert set(made.index_hashes) <= set(made.query_hashes)
    assert all(-(2**63) <= one < 2**63 for one in made.query_hashes)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (WIRE, TRIMMED),
        (WIRE, SPUN),
        (WIRE, EMBEDDING),
        (ZH_WIRE, ZH_REPRINT),
        (EN_ORIGINAL, ZH_TRANSLATION),
    ],
)
def test_copies_are_found_through_the_index(old: str, new: str) -> None:
    a, b = signature("", old), signature("", new)
    assert set(a.index_hashes) & set(b.query_hashes)
    assert set(b.index_hashes) & set(a.query_hashes)


@pytest.mark.parametrize("packed", [b"", b"\x01", b"\x02" * 40, signature("", WIRE).pack()[:-1]])
def test_what_is_no_signature_is_a_value_error(packed: bytes) -> None:
    with pytest.raises(ValueError, match="signature"):
        Signature.unpack(packed)


def test_a_stored_signature_is_for_ever() -> None:
    """Changing these values loses every stored index row: bump storage.signature.VERSION."""
    made = signature(
        "",
        "The tariff on imported batteries rose to 25 percent on March 1, 2026. Makers in Seoul "
        "had asked for a delay of six months. None of them was heard by the ministry.",
    )
    assert made.index_hashes == PINNED


PINNED: tuple[int, ...] = (
    1791079740148112792,
    1953396773251127681,
    903578033572312071,
    6638182594510679827,
    -1572870378499498386,
    -2324164962788590966,
    -1306650868874007105,
    -3978966264346879480,
    2776540286135217276,
    -1066429677991333657,
    4320854591081313216,
    -6207984246021564318,
    8383590783680170139,
    528358418153226393,
    7374212463139515781,
)


def test_a_huge_text_is_cut() -> None:
    made = signature("", "word other third fourth.\n" * 20_000)
    assert len(made) <= MAX_TOKENS + 4
    assert Signature.unpack(made.pack()) == made


@settings(max_examples=60)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_classified(one: str, two: str) -> None:
    a, b = document(1, one, ""), document(2, two, "")
    found = classify(b, a)
    assert found is None or 0 < found.score <= 1
    assert Signature.unpack(a.signature.pack()) == a.signature
