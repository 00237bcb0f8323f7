"""What an extraction got right beside the text: titles, authors, dates, page types. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from storage.types import Article

Row = dict[str, Any]
#: Soft hyphens and spaces of no width, which neither side means.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_MINUTE = 60


def details(rows: Sequence[Row], found: Mapping[str, Article]) -> Iterator[tuple[str, float, int]]:
    """Yield (measure, share of the pages that have gold for it, how many those are)."""
    gold = [(row["gold"], found[row["id"]]) for row in rows if row["page_type"] == "article"]
    titled = [(g, a) for g, a in gold if g.get("title")]
    named = [(g, a) for g, a in gold if g.get("authors")]
    dated = [(g, a) for g, a in gold if g.get("published_at") or g.get("published_date")]
    zoned = [(at, a) for g, a in dated if (at := _instant(g)) is not None]
    undated = [
        a
        for g, a in gold
        if ("published_date" in g or titled)
        and not g.get("published_date")
        and not g.get("published_at")
    ]
    for name, right in (
        ("titles exact", [_plain(g["title"]) == _plain(a.title) for g, a in titled]),
        ("author sets exact", [_fold(g["authors"]) == _fold(a.authors) for g, a in named]),
        ("published day right", [same_day(g, a) for g, a in dated]),
        ("published instant right, of those with a zone", [_near(at, a) for at, a in zoned]),
        ("dates given where the gold has none", [a.published_at is not None for a in undated]),
        *(
            (f"taken for an article: {kind}", [found[r["id"]].is_article for r in of_kind])
            for kind, of_kind in _kinds(rows)
        ),
    ):
        if right:
            yield name, sum(right) / len(right), len(right)


def same_day(gold: Row, article: Article) -> bool:
    """Say whether *article* has the day of *gold*, in UTC or as printed."""
    day = str(gold.get("published_at") or gold.get("published_date"))[:10]
    stated = str(article.facts.get("published_local", ""))[:10]
    at = article.published_at
    return at is not None and day in (stated, at.date().isoformat())


def signals(rows: Sequence[Row], found: Mapping[str, Article]) -> Counter[str]:
    """Return from what dates were read on articles whose gold has none."""
    return Counter(
        str(found[row["id"]].published_from)
        for row in rows
        if row["page_type"] == "article"
        and row["gold"].get("title")
        and not (row["gold"].get("published_date") or row["gold"].get("published_at"))
        and found[row["id"]].published_at is not None
    )


def _kinds(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    kinds = sorted({row["page_type"] for row in rows})
    return [(kind, [row for row in rows if row["page_type"] == kind]) for kind in kinds]


def _near(at: datetime, article: Article) -> bool:
    found = article.published_at
    return found is not None and abs((found - at).total_seconds()) <= _MINUTE


def _instant(gold: Row) -> datetime | None:
    text = gold.get("published_at")
    at = datetime.fromisoformat(text) if text else None
    return at if at is not None and at.tzinfo is not None else None


def _plain(title: str) -> str:
    return " ".join(_UNSEEN.sub("", title).split())


def _fold(names: Sequence[str]) -> set[str]:
    return {name.casefold() for name in names}
