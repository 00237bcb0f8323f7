"""A small WordPress site that republishes agency copy: bullet summary, "(Xinhua)", comment form."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.world.pieces import Piece
from crawler.world.templates import parts

if TYPE_CHECKING:
    from crawler.world.site import Site


def _frame(site: Site, title: str, main: str, head: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en-US"><head>{parts.charset(site)}<title>{escape(title)}</title>{head}</head>
<body class="post-template-default single"><div id="page" class="hfeed site">
<div class="header-wrap"><a href="/" class="custom-logo-link">{escape(site.name)}</a>
<div class="main-nav"><a href="/">Home</a> <a href="/business/">Business</a>
<a href="/contact-us/">Contact Us</a></div></div>
<div id="content" class="clearfix"><div id="primary">{main}</div></div>
<div id="secondary"><h3>Recent Posts</h3></div>
<footer>Copyright © {escape(site.name)}. Theme: News by Themes.</footer></div></body></html>"""


def _article(site: Site, piece: Piece, tick: int) -> str:
    at = parts.local(site, piece.published_at)
    agency = piece.agency or "Xinhua"
    # The house way of an agency dateline: "TAIYUAN, Feb. 17 (Xinhua) – ".
    first = f"{piece.dateline}, {at:%b}. {at.day} ({agency}) – " if piece.dateline else ""
    captions = "".join(
        f'<p class="wp-caption-text">{escape(caption)}</p>' for caption in piece.captions
    )
    noise = parts.hot_list(tick, "Recent Posts") if site.noisy else ""
    head = "".join(
        (
            parts.meta("og:title", f"{piece.title} -{agency}"),
            parts.meta("article:published_time", at.isoformat()),
            parts.canonical(site, piece),
        )
    )
    main = f"""<article class="post type-post"><h1 class="entry-title">{escape(piece.title)}
-{escape(agency)}</h1><div class="below-entry-meta"><span class="posted-on">
<time class="entry-date published" datetime="{at.isoformat()}">{at:%B %d, %Y}</time></span>
<span class="byline"><a href="/author/admin/">admin</a></span>
<span class="comments"><a href="#respond">0 Comments</a></span></div>
<div class="entry-content clearfix">{captions}{parts.paragraphs(piece, first=first)}<p>.</p></div>
</article>{noise}<div id="comments"><div id="respond"><h3>Leave a Comment</h3>
<form><label>Comment</label><textarea></textarea><label>Name *</label><input></form></div></div>"""
    return _frame(site, f"{piece.title} -{agency} - {site.name}", main, head)


def _row(site: Site, piece: Piece) -> str:
    at = parts.local(site, piece.published_at)
    return (
        f'<div class="article-content"><h2 class="entry-title"><a href='
        f'"{escape(site.url(piece.path))}">{escape(piece.title)}</a></h2>'
        f"<span>{at:%B %d, %Y}</span></div>"
    )


STYLE = parts.Style(listing="/business/", article=_article, row=_row, frame=_frame)
