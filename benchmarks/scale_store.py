"""A synthetic store of any size, written in bulk as the program would have left it, and what is asked of it.

Articles, newest revisions with texts and true signatures, and the story index; words follow Zipf's
law. Half of the articles share 70 % of their index hashes with an earlier one. Of the articles
asked about half are made from a stored original, of which they keep 70 % of the sentences; a fifth
of their hashes are borne by 1 to 99 others, as boilerplate, common names and common figures are.
"""

from __future__ import annotations

import os
import random
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

from storage.archive import Archive
from storage.normal import sentences
from storage.signing import signature
from storage.types import Article, Discovery

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_STAMP = "2026-03-01 09:00:00.000000"
_HASHES = 15
_SHARED = 10
#: Synthetic articles carry the texts and signatures of these, in turn.
_POOL = 400
_BEARERS = (1, 1, 2, 3, 5, 10, 40, 99)
_CHUNK = 50_000
#: Ids of synthetic articles begin here; the originals come before.
_FIRST = 1000


@dataclass(frozen=True)
class Probe:
    """An article that is asked about, and what is stored of it."""

    article: Article
    #: The original it is made from; None when it is new.
    original: tuple[str, str] | None


def _vocabulary() -> tuple[list[str], list[float]]:
    """Return made-up words and how often each and all before it are used, by Zipf's law."""
    draw = random.Random(3)
    heads = [
        "b",
        "br",
        "c",
        "d",
        "f",
        "g",
        "gr",
        "h",
        "k",
        "l",
        "m",
        "n",
        "p",
        "pl",
        "r",
        "s",
        "st",
        "t",
        "tr",
        "v",
    ]
    tails = ["a", "e", "i", "o", "u", "ai", "ou"]
    words = sorted(
        {
            "".join(draw.choice(heads) + draw.choice(tails) for _ in range(draw.randint(1, 4)))
            for _ in range(30_000)
        },
        key=lambda word: (len(word), word),
    )
    # Added up once: `choices` would do it for every sentence.
    return words, list(accumulate(1 / (rank + 3) for rank in range(len(words))))


_WORDS, _WEIGHTS = _vocabulary()


def composed(seed: int) -> tuple[str, str]:
    """Return a title and a text of 30 sentences: words by Zipf's law, figures, names."""
    draw = random.Random(seed)
    told = []
    for _ in range(30):
        words = draw.choices(_WORDS, cum_weights=_WEIGHTS, k=draw.randint(9, 25))
        if draw.random() < 0.4:
            words[draw.randrange(2, 8)] = f"{draw.randrange(10_000) / 10:g}"
        if draw.random() < 0.4:
            words[draw.randrange(2, 8)] = draw.choice(_WORDS[5000:]).capitalize()
        told.append(" ".join(words).capitalize() + ".")
    paragraphs = "\n\n".join(" ".join(told[at : at + 3]) for at in range(0, 30, 3))
    return " ".join(draw.choices(_WORDS, cum_weights=_WEIGHTS, k=9)).capitalize(), paragraphs


def probes(count: int) -> list[Probe]:
    """Return articles to ask about; the odd ones are made from a stored original."""
    draw = random.Random(5)
    found = []
    for number in range(count):
        title, text = original = composed(1_000_000 + number)
        if number % 2:
            parts = [part for line in text.splitlines() for part in sentences(line) if part]
            kept = [part for part in parts if draw.random() < 0.7]
            text = " ".join((*kept, *composed(2_000_000 + number)[1].split("\n\n")[:3]))
        url = f"https://probe.example/{number}.html"
        article = Article(
            source_id="probe", url=url, canonical_url=url, title=title, text=text, fetched_at=NOW
        )
        found.append(Probe(article, original if number % 2 else None))
    return found


class Store:
    """The file, and how far it is filled."""

    def __init__(self, path: Path, asked: list[Probe]) -> None:
        """Make it, with the originals recorded through the program itself."""
        self.path = path
        self.size = 0
        self._asked = [signature(p.article.title, p.article.text).query_hashes for p in asked]
        self._written = Counter[int]()
        with Archive(f"sqlite:///{path}") as archive:
            archive.create()
            for number, probe in enumerate(asked):
                if probe.original is not None:
                    title, text = probe.original
                    url = f"https://original.example/{number}.html"
                    article = Article(
                        source_id="original",
                        url=url,
                        canonical_url=url,
                        title=title,
                        text=text,
                        fetched_at=NOW,
                    )
                    with archive.begin() as tx:
                        tx.record(article, found_by=Discovery.GIVEN, now=NOW)

    def grow(self, size: int) -> None:
        """Write synthetic articles until there are *size* of them."""
        first, last = self.size + _FIRST, size + _FIRST
        draw = random.Random(first)
        pool = [
            (title, text, signature(title, text).pack())
            for title, text in map(composed, range(_POOL))
        ]
        bearers = self._bearers(draw, first, last)
        recent: list[array[int]] = []
        database = sqlite3.connect(self.path, isolation_level=None)
        database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;"
            "PRAGMA foreign_keys=OFF;"
        )
        for start in range(first, last, _CHUNK):
            ids = range(start, min(start + _CHUNK, last))
            index = [(value, one) for one in ids for value in bearers.get(one, ())]
            for number in ids:
                hashes = array("q", os.urandom(8 * _HASHES))
                if number % 2 and recent:
                    hashes[:_SHARED] = draw.choice(recent)[:_SHARED]
                recent.append(hashes)
                if len(recent) > 5000:
                    del recent[:2500]
                index += [(value, number) for value in hashes]
            index.sort()
            database.execute("BEGIN")
            _write_articles(database, ids, pool)
            database.executemany("INSERT OR IGNORE INTO shingle VALUES (?, ?)", index)
            database.execute("COMMIT")
        database.close()
        self.size = size

    def _bearers(self, draw: random.Random, first: int, last: int) -> dict[int, list[int]]:
        """Return hashes of the probes that synthetic articles bear, by article."""
        found: dict[int, list[int]] = {}
        shared = Counter(value for hashes in self._asked for value in hashes)
        for asked in self._asked:
            # No hash has more bearers than the program would write.
            hashes = [value for value in asked if shared[value] == 1]
            for value in draw.sample(hashes, len(hashes) // 5):
                for _ in range(0 if self._written[value] else draw.choice(_BEARERS)):
                    self._written[value] += 1
                    found.setdefault(draw.randrange(first, last), []).append(value)
        return found

    def index_bytes(self) -> float:
        """Return the bytes of the story index an article."""
        with sqlite3.connect(self.path) as database:
            try:
                query = "SELECT sum(pgsize) FROM dbstat WHERE name = 'shingle'"
                return float(database.execute(query).fetchone()[0]) / self.size
            except sqlite3.OperationalError:
                # SQLite without dbstat: the size a row took in the reference's prototype.
                rows = database.execute("SELECT count(*) FROM shingle").fetchone()[0]
                return 18.8 * float(rows) / self.size


def _write_articles(
    database: sqlite3.Connection, ids: range, pool: list[tuple[str, str, bytes]]
) -> None:
    database.executemany(
        "INSERT INTO story (id, origin_id, created_at, pinned) VALUES (?, ?, ?, 0)",
        ((one, one, _STAMP) for one in ids),
    )
    database.executemany(
        "INSERT INTO article (id, source_id, url, twin, status, title, revision, kind, details,"
        " found_by, first_seen_at, last_seen_at, last_changed_at, checks, gone_count, story_id,"
        " copy_kind, copy_score, baseline, memory) VALUES (?, 'bulk', ?, ?, 'live', ?, 1, 'news',"
        " '{}', 'feed', ?, ?, ?, 0, 0, ?, 'origin', 1.0, 0, '{}')",
        (
            (one, f"https://{key}.html", key, f"Report {one}", *(_STAMP,) * 3, one)
            for one, key in _keys(ids)
        ),
    )
    database.executemany(
        "INSERT INTO revision (id, article_id, number, fingerprint, title, text, seen_at,"
        " signature, details) VALUES (?, ?, 1, ?, ?, ?, ?, ?, '{}')",
        (
            (one, one, f"1:{one:064x}", title, text, _STAMP, packed)
            for one in ids
            for title, text, packed in (pool[one % len(pool)],)
        ),
    )


def _keys(ids: range) -> Iterator[tuple[int, str]]:
    return ((one, f"bulk.example/{one % 977}/{one}") for one in ids)
