"""The story index: what an upgrade makes of it, and what is read before a leader is compared."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql
from storage_articles import HOUR, NOW, OTHER, TEXT, article, record
from storage_texts import EMBEDDING, EN_ORIGINAL, RIVAL, SPUN, WIRE, ZH_TRANSLATION, ZH_WIRE

from storage.archive import Archive
from storage.kinship import Document, possible, relate
from storage.migrations import HEAD
from storage.signature import VERSION, Signature
from storage.stories import COMMON, MAX_CANDIDATES, MAX_CHANCE, nearest, signature
from storage.types import CopyKind

TEXTS = (TEXT, OTHER, WIRE, RIVAL, SPUN, EMBEDDING, EN_ORIGINAL, ZH_WIRE, ZH_TRANSLATION, "", "短")


def _kind(archive: Archive, article_id: int) -> tuple[int, CopyKind]:
    with archive.read() as reader:
        found = reader.article(article_id)
    assert found is not None
    return found.story_id, found.copy_kind


def _age(archive: Archive) -> None:
    """Make all signatures those of the version before."""
    with archive.begin() as tx:
        for id_, packed in tx._db.execute(sql("SELECT id, signature FROM revision")).all():
            old = bytes([VERSION - 1]) + bytes(packed)[1:]
            tx._db.execute(
                sql("UPDATE revision SET signature = :s WHERE id = :i"), {"s": old, "i": id_}
            )


def test_signatures_of_another_version_are_worked_out_from_the_text(archive: Archive) -> None:
    record(archive, article(1))
    _age(archive)
    record(archive, article(2, source_id="second", fetched_at=NOW + HOUR))
    assert _kind(archive, 2) == (1, CopyKind.EXACT)
    # An edit takes the old hashes out of the index, whatever version its row says.
    record(archive, article(1, text=OTHER, fetched_at=NOW + 2 * HOUR))
    with archive.read() as reader:
        held = set(reader._db.execute(sql("SELECT hash FROM shingle")).scalars())
    assert held == set(signature("", OTHER).index_hashes)


def test_an_upgrade_makes_the_index_anew(archive: Archive) -> None:
    record(archive, article(1))
    record(archive, article(2, text=OTHER, title="Storm"))
    record(archive, article(3, source_id="second", fetched_at=NOW + HOUR))
    with archive.read() as reader:
        rows = reader._db.execute(sql("SELECT hash, article_id FROM shingle ORDER BY 1, 2")).all()
    _age(archive)
    with archive.begin() as tx:
        tx._db.execute(sql("DELETE FROM shingle"))
        tx._db.execute(sql("INSERT INTO shingle (hash, article_id) VALUES (1, 1), (2, 2)"))
        tx._db.execute(sql("DROP TABLE site_lines"))
        tx._db.execute(sql("UPDATE alembic_version SET version_num = '0005'"))
    archive.close()
    assert archive.upgrade() == ("0005", HEAD)
    with archive.read() as reader:
        anew = reader._db.execute(sql("SELECT hash, article_id FROM shingle ORDER BY 1, 2")).all()
        packed = reader._db.execute(sql("SELECT signature FROM revision WHERE id = 1")).scalar_one()
    assert anew == rows
    assert Signature.unpack(bytes(packed)) == signature(article(1).title, TEXT)
    record(archive, article(4, source_id="third", fetched_at=NOW + HOUR))
    assert _kind(archive, 4) == (1, CopyKind.EXACT)


@pytest.mark.parametrize(("one", "two"), list(combinations(range(len(TEXTS)), 2)))
def test_what_is_passed_over_unread_is_kin_to_nothing(one: int, two: int) -> None:
    _nothing_lost(TEXTS[one], TEXTS[two])


_WORDS = st.lists(
    st.sampled_from(
        [
            "the",
            "steel",
            "of",
            "12",
            "34.5%",
            "rose",
            "Beijing",
            "fell",
            "and",
            "Seoul",
            "7,100",
            "plan.",
            "万",
            "5",
            "said",
        ]
    ),
    max_size=120,
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(_WORDS, _WORDS, st.booleans())
def test_nothing_kin_is_ever_passed_over(one: str, two: str, joined: bool) -> None:
    _nothing_lost(one, f"{one} {two}" if joined else two)


def _nothing_lost(one: str, two: str) -> None:
    a, b = signature("", one), signature("", two)
    if possible(a, b):
        return
    new = Document(article_id=2, title="", signature=a, text=one, language="en")
    old = Document(article_id=1, title="", signature=b, text=two, language="zh")
    for language in ("en", "zh"):
        kin, shared = relate(new, Document(article_id=1, title="", signature=b, language=language))
        assert kin is None
        assert not shared
    assert relate(new, old)[0] is None


def _plainly(bearers: list[list[int]]) -> list[int]:
    """What `nearest` promises, in the order it says, without its haste."""
    telling = [ids for ids in bearers if len(ids) < COMMON]
    shared = Counter(one for ids in telling for one in ids)
    rare = {one: min(len(ids) for ids in telling if one in ids) for one in shared}
    best = sorted(shared, key=lambda one: (-shared[one], rare[one], one))[:MAX_CANDIDATES]
    several = [one for one in best if shared[one] > 1]
    return several + [one for one in best if shared[one] == 1][:MAX_CHANCE]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(1, 400), min_size=1, max_size=110, unique=True), max_size=30))
def test_the_likeliest_leaders_come_first(bearers: list[list[int]]) -> None:
    assert nearest(bearers) == _plainly(bearers)
