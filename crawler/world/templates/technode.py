"""A technology news site on WordPress: JSON-LD, entry-content, related posts, "Read More" tail."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.world.pieces import Piece
from crawler.world.templates import parts

if TYPE_CHECKING:
    from crawler.world.site import Site


def _frame(site: Site, title: str, main: str, head: str) -> str:
    api = f'<link rel="https://api.w.org/" href="{site.url("/wp-json/")}">'
    return f"""<!DOCTYPE html>
<html lang="{site.language}"><head>{parts.charset(site)}
<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>
<meta name="generator" content="WordPress 6.7.1">{head}{api if "wordpress" in site.offers else ""}
</head><body class="wp-singular single-post"><a class="skip-link" href="#main">Skip to content</a>
<header id="masthead" class="site-header"><p class="site-title"><a href="/">{escape(site.name)}</a>
</p><nav><ul><li><a href="/category/news/">News</a></li><li><a href="/category/ai/">AI</a></li>
<li><a href="/category/ev/">EVs</a></li><li><a href="/about/">About us</a></li></ul></nav></header>
<div id="content" class="site-content"><section id="primary" class="content-area">
<main id="main" class="site-main">{main}</main></section></div>
<aside class="widget-area"><section class="newsletter"><h2>Get our newsletter</h2>
<p>Our editors' picks, in your inbox every week.</p><form><input type="email"><button>Sign up
</button></form></section></aside>
<footer id="colophon"><p>© {escape(site.name)}. All rights reserved.</p>
<a href="/privacy/">Privacy policy</a></footer></body></html>"""


def _article(site: Site, piece: Piece, tick: int) -> str:
    at = parts.local(site, piece.published_at)
    authors = ", ".join(
        f'<span class="author vcard"><a href="/author/{i}/">{escape(name)}</a></span>'
        for i, name in enumerate(piece.authors)
    )
    # The site prints dates of the year without the year; the machine-readable ones carry it.
    dated = f'<time class="entry-date published" datetime="{at.isoformat()}">{at:%b %d}</time>'
    noise = parts.hot_list(tick, "Related posts") + parts.views(tick) if site.noisy else ""
    head = "".join(
        (
            parts.meta("og:title", piece.title),
            parts.meta("og:type", "article"),
            parts.meta("og:site_name", site.name),
            parts.meta("article:published_time", at.isoformat()),
            parts.meta("article:modified_time", parts.local(site, piece.changed_at).isoformat()),
            parts.canonical(site, piece),
            parts.linked_data(site, piece),
        )
    )
    captions = "".join(
        f'<figure class="wp-block-image"><img src="/wp-content/1.png" alt=""><figcaption>'
        f"{escape(caption)}</figcaption></figure>"
        for caption in piece.captions
    )
    main = f"""<article id="post-{len(piece.path)}" class="post type-post status-publish">
<header class="entry-header"><span class="cat-links"><a href="/category/news/">News</a></span>
<h1 class="entry-title">{escape(piece.title)}</h1>
<div class="entry-meta"><span class="byline">by {authors or escape(site.name)}</span> {dated}</div>
</header>{captions}<div class="entry-content">
{parts.paragraphs(piece)}
</div><footer class="entry-footer"><div class="sharedaddy"><a href="#">Click to share on X</a>
<a href="#">Click to share on LinkedIn</a></div><a class="more-link" href="/category/news/">Read More
</a></footer></article>{noise}<div id="comments"><h2>Leave a comment</h2>
<p>Your email address will not be published. Required fields are marked *</p></div>"""
    return _frame(site, f"{piece.title} · {site.name}", main, head)


def _row(site: Site, piece: Piece) -> str:
    at = parts.local(site, piece.published_at)
    return (
        f'<article class="post"><h2 class="entry-title"><a href="{escape(site.url(piece.path))}" '
        f'rel="bookmark">{escape(piece.title)}</a></h2><time datetime="{at.isoformat()}">{at:%b %d}'
        f'</time><p class="excerpt">{escape(" ".join(piece.text.split())[:120])}…</p></article>'
    )


STYLE = parts.Style(listing="/category/news/", article=_article, row=_row, frame=_frame)
