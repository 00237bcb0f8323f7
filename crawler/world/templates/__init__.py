"""Pages in the structure of five kinds of publisher: chrome, share bars, datelines, copyright lines.

The structure is that of real sites; every word of text is made for this project. `tick` drives what
changes with each request on a noisy site (views, hot lists); 0 on a quiet one.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from crawler.world.pieces import Piece
from crawler.world.templates import asiae, besthub, chinadaily, govcn, technode, xinhuacopy
from crawler.world.templates.parts import Style, paragraphs

if TYPE_CHECKING:
    from crawler.world.site import Site

__all__ = ["STYLES", "article", "listing", "missing", "paragraphs", "style", "wall"]

STYLES: dict[str, Style] = {
    "chinadaily": chinadaily.STYLE,
    "wordpress": technode.STYLE,
    "asiae": asiae.STYLE,
    "besthub": besthub.STYLE,
    "xinhuacopy": xinhuacopy.STYLE,
    "govcn": govcn.STYLE,
}


def style(site: Site) -> Style:
    """Return the style of *site*.

    Raises:
        KeyError: it names none of `STYLES`.
    """
    return STYLES[site.style]


def article(site: Site, piece: Piece, tick: int) -> str:
    """Return the page of *piece*."""
    return style(site).article(site, piece, tick)


def listing(site: Site, pieces: Sequence[Piece], number: int, pages: int) -> str:
    """Return page *number* of *pages* of the section list."""
    here = style(site)
    rows = "".join(here.row(site, piece) for piece in pieces)
    pager = ""
    if pages > 1:
        links = "".join(f'<a href="{here.listing}?page={n}">{n}</a> ' for n in range(1, pages + 1))
        following = (
            f'<a class="next" rel="next" href="{here.listing}?page={number + 1}">Next</a>'
            if number < pages
            else ""
        )
        pager = f'<div class="pagination">{links}{following}</div>'
    feed = (
        f'<link rel="alternate" type="application/rss+xml" title="{escape(site.name)}" href="/feed">'
        if "rss" in site.offers
        else ""
    )
    return here.frame(site, site.name, f'<div class="main-list">{rows}</div>{pager}', feed)


def missing(site: Site) -> str:
    """Return the page that says there is nothing here, in the site's language."""
    said = {
        "zh": "您访问的页面不存在或已删除",
        "ko": "요청하신 페이지를 찾을 수 없습니다",
    }.get(site.language[:2], "Page not found")
    text = f'<div class="error-404"><h1>{said}</h1><p>404</p></div>'
    return style(site).frame(site, f"{said} - {site.name}", text, "")


def wall(site: Site) -> str:
    """Return a challenge page, as sites behind a shield answer a crawler."""
    return (
        "<!DOCTYPE html><html lang='en-US'><head><title>Just a moment...</title>"
        '<meta name="robots" content="noindex,nofollow">'
        '<meta http-equiv="refresh" content="390"></head><body class="no-js">'
        '<div class="main-wrapper" role="main"><div class="main-content">'
        f"<h1 class='zone-name-title h1'>{escape(site.host)}</h1>"
        '<p class="h2">Verifying you are human. This may take a few seconds.</p>'
        f"<div>{escape(site.host)} needs to review the security of your connection before "
        "proceeding.</div><noscript>Enable JavaScript and cookies to continue</noscript>"
        '</div></div><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1">'
        "</script></body></html>"
    )
