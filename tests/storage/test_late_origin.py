"""Copies come first, the text they were taken from later: a backfill knows no order."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from storage_articles import DAY, NOW, article, draft, record

from storage.archive import Archive
from storage.stories import Document, cluster, signature
from storage.types import Article


def _told(number: int) -> str:
    pick = random.Random(number)
    parts = ("ba", "de", "ko", "li", "mu", "ra", "sto", "ven", "tri", "pel")
    words = ["".join(pick.choices(parts, k=pick.randint(1, 4))) for _ in range(24)]
    words[5] = str(pick.randrange(100, 9999))
    return " ".join(words).capitalize() + "."


_PARAGRAPHS = [_told(number) for number in range(12)]
_MORE = [_told(number) for number in range(20, 26)]
#: Each outlet, what it has, and the day it published.
TEXTS = {
    "agency": (_PARAGRAPHS, 0),
    "mirror": (_PARAGRAPHS, 1),
    "review": (_PARAGRAPHS + _MORE, 2),
    "first": (_PARAGRAPHS[:7], 3),
    "second": (_PARAGRAPHS[7:], 4),
}
KINDS = {
    "agency": "origin",
    "mirror": "exact",
    "review": "contained",
    "first": "edited",
    "second": "edited",
}


def outlet(name: str, minute: int) -> Article:
    paragraphs, day = TEXTS[name]
    return article(
        url=f"https://{name}.example/a.html",
        source_id=name,
        title="Plants to store power",
        text="\n\n".join(paragraphs),
        published_at=NOW - 9 * DAY + day * DAY,
        fetched_at=NOW + timedelta(minutes=minute),
    )


def standing(archive: Archive) -> dict[str, tuple[str, str]]:
    """Return of each outlet the origin of its story and what it is to it."""
    query = (
        "SELECT a.source_id, o.source_id, a.copy_kind FROM article a"
        " JOIN story ON story.id = a.story_id JOIN article o ON o.id = story.origin_id"
    )
    with archive.read() as reader:
        return {row[0]: (row[1], row[2]) for row in reader._db.execute(sql(query))}


def arrive(archive: Archive, order: Iterable[str]) -> dict[str, tuple[str, str]]:
    for minute, name in enumerate(order):
        record(archive, outlet(name, minute))
    return standing(archive)


def test_the_origin_comes_out_in_every_order() -> None:
    for order in permutations(TEXTS):
        documents = [
            Document(
                article_id=number,
                title="Plants to store power",
                signature=signature("", "\n\n".join(TEXTS[name][0])),
                published_at=NOW + TEXTS[name][1] * DAY,
                source_id=name,
            )
            for number, name in enumerate(order)
        ]
        placed = dict(zip(order, cluster(documents), strict=True))
        found = {name: (order[place.leader], place.kind.value) for name, place in placed.items()}
        assert found == {name: ("agency", kind) for name, kind in KINDS.items()}, order


@pytest.mark.parametrize(
    "order",
    [
        ("mirror", "review", "first", "second", "agency"),
        # Two halves that have nothing in common are two stories, until the whole is found.
        ("first", "second", "agency", "mirror", "review"),
        ("second", "first", "review", "agency", "mirror"),
    ],
    ids="-".join,
)
def test_and_in_the_database(tmp_path: Path, order: tuple[str, ...]) -> None:
    with Archive(f"sqlite:///{tmp_path / 'w.db'}") as archive:
        archive.create()
        found = arrive(archive, order)
        assert found == {name: ("agency", kind) for name, kind in KINDS.items()}


def test_a_story_somebody_was_told_of_stays_what_it_was_called(archive: Archive) -> None:
    arrive(archive, ("first", "second"))
    with archive.begin() as tx:
        told = tx._db.scalar(sql("SELECT story_id FROM article WHERE source_id = 'second'"))
        tx.enqueue(draft("k", story_id=told), now=NOW)
    record(archive, outlet("agency", 5))
    assert standing(archive) == {
        "agency": ("agency", "origin"),
        "first": ("agency", "edited"),
        "second": ("second", "origin"),
    }


HEADLINE = "Plants of Balimusto to store power"
_REPORT = [f"Balimusto plants store power: {line}" for line in _PARAGRAPHS[:8]]
_LONG = [_told(number) for number in range(40, 64)]


@pytest.mark.parametrize(
    ("title", "taken", "joined"),
    [
        (HEADLINE, 5, True),
        # Without a headline about it, it is one of several briefs.
        ("News of the week in brief for readers", 5, False),
        # Under half of it: a report that cites it.
        (HEADLINE, 3, False),
    ],
)
def test_half_of_a_text_in_a_much_longer_one(title: str, taken: int, joined: bool) -> None:
    report, longer = (
        Document(article_id=number, title=head, signature=signature(head, "\n\n".join(body)))
        for number, (head, body) in enumerate(
            [(HEADLINE, _REPORT), (title, _LONG[:12] + _REPORT[:taken] + _LONG[12:])]
        )
    )
    first, second = cluster([report, longer])
    assert first.leader == 0
    assert (second.leader == 0) is joined
