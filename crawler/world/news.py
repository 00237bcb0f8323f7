"""The demo's small news world: six publishers, three languages, new, copied, off-topic articles."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from crawler.world.pieces import Piece
from crawler.world.site import Site

_OFFERS = {
    "www.harbourdaily.example": frozenset({"listing"}),
    "chipnode.example": frozenset({"rss", "wordpress"}),
    "www.hanbiz.example": frozenset({"news_sitemap"}),
    "devloop.example": frozenset({"atom"}),
    "globebulletin.example": frozenset({"rss"}),
    "www.miit-notices.example": frozenset({"listing"}),
}


def sites() -> tuple[Site, ...]:
    """Return the publishers, with nothing published."""
    return (
        Site(
            host="www.harbourdaily.example", name="Harbour Daily", style="chinadaily",
            offers=_OFFERS["www.harbourdaily.example"],
        ),
        Site(
            host="chipnode.example", name="ChipNode", style="wordpress",
            offers=_OFFERS["chipnode.example"], packed=True,
        ),
        Site(
            host="www.hanbiz.example", name="한비즈", style="asiae", language="ko", zone_h=9,
            offers=_OFFERS["www.hanbiz.example"],
        ),
        Site(
            host="devloop.example", name="DevLoop", style="besthub",
            offers=_OFFERS["devloop.example"],
        ),
        Site(
            host="globebulletin.example", name="Globe Bulletin", style="xinhuacopy",
            offers=_OFFERS["globebulletin.example"], scheme="http", noisy=True,
        ),
        Site(
            host="www.miit-notices.example", name="工业主管部门公告", style="govcn", language="zh",
            offers=_OFFERS["www.miit-notices.example"], charset="gbk",
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One piece of the script: where it appears."""

    host: str
    piece: Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit of the script."""

    host: str
    path: str
    title: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What happens in the demo, in order."""

    before: tuple[Told, ...]
    fresh: dict[str, Told]
    edits: dict[str, Edit]


def script(now: datetime) -> Script:
    """Return the script, dated around *now* (aware): the old articles days, the new minutes ago."""
    text = files("crawler.world").joinpath("news.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)
    old = (
        _told(row, now - timedelta(days=6, hours=n), {}) for n, row in enumerate(table["before"])
    )
    fresh: dict[str, Told] = {}
    for number, row in enumerate(table["fresh"]):
        # The first in the list is the first on line: the agency's own before its copies.
        fresh[row["id"]] = _told(row, now - timedelta(minutes=50 - 5 * number), fresh)
    edits = {row["of"]: _edit(row, fresh[row["of"]]) for row in table["edits"]}
    return Script(before=tuple(old), fresh=fresh, edits=edits)


def _told(row: dict[str, Any], at: datetime, known: dict[str, Told]) -> Told:
    told = row.get("text") or known[row["copy_of"]].piece.text
    parts = (row.get("before_text", ""), told, row.get("after_text", ""))
    attribution = row.get("attribution")
    piece = Piece(
        path=row["path"],
        title=row["title"],
        text="\n\n".join(part.strip() for part in parts if part.strip()),
        published_at=at,
        changed_at=at,
        section=row.get("section", "News"),
        authors=tuple(row.get("authors", ())),
        agency=row.get("agency"),
        dateline=row.get("dateline"),
        attribution=(attribution[0], attribution[1], attribution[2]) if attribution else None,
        captions=tuple(row.get("captions", ())),
    )
    return Told(host=row["host"], piece=piece)


def _edit(row: dict[str, Any], told: Told) -> Edit:
    text = told.piece.text
    for old, new in row["replace"]:
        assert old in text, old
        text = text.replace(old, new)
    return Edit(host=told.host, path=told.piece.path, title=row.get("title"), text=text)
