"""An aggregator: digest first, lists under sub-headings, "Source: Author: Editor:", community tail."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.world.pieces import Piece
from crawler.world.templates import parts

if TYPE_CHECKING:
    from crawler.world.site import Site


def _frame(site: Site, title: str, main: str, head: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="{site.language}"><head>{parts.charset(site)}<title>{escape(title)}</title>{head}
</head><body><div id="__next"><nav class="navbar"><a href="/">{escape(site.name)}</a>
<a href="/topics">Topics</a><a href="/login">Sign in</a></nav>{main}
<footer class="site-footer"><a href="/terms">Terms</a><a href="/contact">Contact</a></footer>
</div></body></html>"""


def _article(site: Site, piece: Piece, tick: int) -> str:
    at = parts.local(site, piece.published_at)
    digest, *_ = (*piece.paragraphs(), "")
    credit = ""
    if piece.attribution is not None:
        source, author, editor = (escape(part) for part in piece.attribution)
        credit = f'<p class="credit">Source: {source} Author: {author} Editor: {editor}</p>'
    noise = parts.hot_list(tick, "Trending now") + parts.views(tick) if site.noisy else ""
    head = "".join(
        (
            parts.meta("og:title", piece.title),
            parts.meta("og:description", digest[:150]),
            parts.meta("article:published_time", at.isoformat()),
            parts.canonical(site, piece),
        )
    )
    main = f"""<main class="article-page"><header><h1>{escape(piece.title)}</h1>
<div class="meta"><span>{at:%B %d, %Y}</span></div></header>
<section class="article-body">{parts.paragraphs(piece)}{credit}</section>
<section class="original"><p>Signed-in readers can open the original source through
{escape(site.name)}'s protected redirect.</p>
<p class="disclaimer">This article has been distilled and summarized from source material, then
republished for learning and reference. If you believe it infringes your rights, please contact
<a href="/contact">us</a> and we will review it promptly.</p></section>
<section class="publisher-card"><h3>{escape(site.name)}</h3><p>{escape(site.name)} offers developers
community, training, and services, making it your go-to learning and service platform.</p></section>
<section class="community"><h3>How this landed with the community</h3><p>Was this worth your time?
</p><h4>0 Comments</h4><p>Thoughtful readers leave field notes, pushback, and hard-won operational
detail here.</p></section>{noise}</main>"""
    return _frame(site, f"{piece.title} | {site.name}", main, head)


def _row(site: Site, piece: Piece) -> str:
    at = parts.local(site, piece.published_at)
    return (
        f'<div class="card"><a class="card-link" href="{escape(piece.path)}"><h3>'
        f"{escape(piece.title)}</h3></a><small>{at:%b %d, %Y}</small></div>"
    )


STYLE = parts.Style(listing="/latest", article=_article, row=_row, frame=_frame)
