"""A national English daily: edition bar, breadcrumb, "Agency | Updated:", share row, long footer."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.world.pieces import Piece
from crawler.world.templates import parts

if TYPE_CHECKING:
    from crawler.world.site import Site


def _frame(site: Site, title: str, main: str, head: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en"><head>{parts.charset(site)}<title>{escape(title)}</title>{head}
<script>var _hmt = _hmt || [];</script></head><body>
<div class="topBar"><div class="editions">Global Edition<div class="dropdown-content">
<a href="/asia">ASIA</a></div> <a href="/cn">中文</a><a href="/bi">双语</a><a href="/fr">Français</a>
</div></div>
<div class="logo"><a href="/">{escape(site.name)}</a></div>
<div class="topNav"><ul><li><a href="/china">CHINA</a></li><li><a href="/world">WORLD</a></li>
<li><a href="/business">BUSINESS</a></li><li><a href="/culture">CULTURE</a></li></ul></div>
<div class="main">{main}</div>
<div class="topback"><a href="#top">Top</a><span>BACK TO THE TOP</span></div>
<div class="dibu-one"><span>English</span></div>
<div class="footer">Copyright 1995 - . All rights reserved. The content (including but not limited to
text, photo, multimedia information, etc) published in this site belongs to {escape(site.name)}.
Without written authorization, such content shall not be republished or used in any form.
<div>License for publishing multimedia online 0000000</div><div>Registration Number: 000000</div>
<div class="follow">FOLLOW US</div></div><div class="close">CLOSE</div>
</body></html>"""


def _article(site: Site, piece: Piece, tick: int) -> str:
    stamp = parts.local(site, piece.changed_at).strftime("%Y-%m-%d %H:%M")
    who = piece.agency or "By " + ", ".join(piece.authors or (site.name,))
    figures = "".join(
        '<figure class="image"><img src="/images/1.jpeg" alt=""></figure>'
        f'<p style="text-align:center"><em>{escape(caption)}</em></p>'
        for caption in piece.captions
    )
    first = f"{piece.dateline} -- " if piece.dateline else ""
    noise = parts.hot_list(tick) if site.noisy else ""
    head = "".join(
        (
            parts.meta("og:title", piece.title),
            parts.meta("og:type", "article"),
            parts.meta("og:url", site.url(piece.path)),
            parts.meta("publishdate", stamp[:10], key="name"),
            parts.meta("source", piece.agency or site.name, key="name"),
            parts.canonical(site, piece),
        )
    )
    main = f"""<div class="bread"><a href="/business">Business</a></div>
<div class="main-bread">Home / Business / <a href="/business/policies">{escape(piece.section)}</a></div>
<div class="main_art"><div class="lft_art"><h1>{escape(piece.title)}</h1>
<div class="info"><span class="info_l">{escape(who)} | Updated: {stamp}</span>
<div class="fx"><div class="title">Share</div><div class="title_close">Share - WeChat</div></div></div>
<div id="Content">{figures}{parts.paragraphs(piece, first=first)}</div>
</div><div class="art_right">{noise}</div></div>"""
    return _frame(site, f"{piece.title} - {site.name}", main, head)


def _row(site: Site, piece: Piece) -> str:
    stamp = parts.local(site, piece.published_at).strftime("%Y-%m-%d %H:%M")
    return (
        f'<div class="mb10 tw3_01_2"><span class="tw3_01_2_t"><h4><a shape="rect" '
        f'href="//{site.host}{escape(piece.path)}">{escape(piece.title)}</a></h4>'
        f"<b>{stamp}</b></span></div>"
    )


STYLE = parts.Style(listing="/business/policies", article=_article, row=_row, frame=_frame)
