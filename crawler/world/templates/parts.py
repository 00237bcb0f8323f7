"""What the styles share: the shape of a style, body paragraphs, times, and what moves on its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape
from typing import TYPE_CHECKING

from crawler.world.pieces import Piece

if TYPE_CHECKING:
    from crawler.world.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One publisher's structure."""

    #: Path of the section list.
    listing: str
    article: Callable[[Site, Piece, int], str]
    #: One entry of the section list.
    row: Callable[[Site, Piece], str]
    #: The chrome: (site, window title, main column, further head) -> page.
    frame: Callable[[Site, str, str, str], str]


def paragraphs(piece: Piece, *, first: str = "") -> str:
    """Return the text as HTML, *first* (a dateline) standing before the first paragraph."""
    out: list[str] = []
    for part in piece.paragraphs():
        if part.startswith("## "):
            out.append(f"<h2>{escape(part[3:])}</h2>")
        elif part.startswith("* "):
            items = "".join(f"<li>{escape(line[2:])}</li>" for line in part.splitlines())
            out.append(f"<ul>{items}</ul>")
        else:
            out.append(f"<p>{escape(first)}{escape(part)}</p>")
            first = ""
    return "\n".join(out)


def local(site: Site, at: datetime) -> datetime:
    """Return *at* in the site's own time."""
    return at.astimezone(timezone(timedelta(hours=site.zone_h)))


def meta(name: str, content: str, *, key: str = "property") -> str:
    """Return one meta element."""
    return f'<meta {key}="{name}" content="{escape(content)}">'


def canonical(site: Site, piece: Piece) -> str:
    """Return the page's own link element."""
    return f'<link rel="canonical" href="{escape(piece.canonical or site.url(piece.path))}">'


def charset(site: Site) -> str:
    """Return the charset declaration in the page, or nothing where the site has none."""
    return f'<meta charset="{site.charset}">' if site.declared in ("both", "meta") else ""


def linked_data(site: Site, piece: Piece, kind: str = "NewsArticle") -> str:
    """Return schema.org data as news sites embed it."""
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "headline": piece.title,
        "datePublished": local(site, piece.published_at).isoformat(timespec="seconds"),
        "dateModified": local(site, piece.changed_at).isoformat(timespec="seconds"),
        "mainEntityOfPage": piece.canonical or site.url(piece.path),
        "author": [{"@type": "Person", "name": name} for name in piece.authors],
        "publisher": {"@type": "Organization", "name": site.name},
    }
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


#: What hot lists name; titles that no watchlist of the tests is about.
HOT = (
    "Ten noodle shops worth the queue",
    "Panda twins take their first steps",
    "A village choir goes on tour",
    "How to photograph a lantern festival",
    "Marathon entries close on Friday",
    "Old cinema reopens after repairs",
    "Tea harvest begins in the south",
)


def hot_list(tick: int, title: str = "Most Viewed") -> str:
    """Return a box that turns with *tick*; the same for the same tick."""
    turn = tick % len(HOT)
    shown = (HOT[turn:] + HOT[:turn])[:5]
    rows = "".join(f'<li><a href="/hot/{i}.html">{escape(t)}</a></li>' for i, t in enumerate(shown))
    return f'<div class="hot-list"><h3>{title}</h3><ol>{rows}</ol></div>'


def views(tick: int) -> str:
    """Return a view counter that moves with *tick*."""
    return f'<span class="views">{1024 + 17 * tick:,} views</span>'
