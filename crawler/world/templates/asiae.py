"""A Korean business daily: Korean chrome round the text, dates only in metadata, doubled breaks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.world.pieces import Piece
from crawler.world.templates import parts

if TYPE_CHECKING:
    from crawler.world.site import Site


def _frame(site: Site, title: str, main: str, head: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="ko"><head>{parts.charset(site)}<title>{escape(title)}</title>{head}</head><body>
<a class="skip" href="#container">본문 바로가기</a>
<header><h1 class="logo"><a href="/">{escape(site.name)}</a></h1><ul class="gnb">
<li><a href="/stock">증권</a></li><li><a href="/economy">경제</a></li><li><a href="/world">국제</a>
</li><li><a href="/it">산업·IT</a></li></ul><div class="bar_progress">bar_progress</div></header>
<div id="container">{main}</div>
<footer><ul><li>회사소개</li><li>개인정보처리방침</li></ul>
<p class="special">Special Coverage</p><p>Join us on social!</p><a href="#top">Top</a></footer>
</body></html>"""


def _article(site: Site, piece: Piece, tick: int) -> str:
    at, changed = parts.local(site, piece.published_at), parts.local(site, piece.changed_at)
    # One div, paragraphs parted by two breaks: this publisher has no <p> in its bodies.
    opening = f"[{escape(piece.dateline)}] " if piece.dateline else ""
    body = "<br><br><br>\n".join(escape(part.lstrip("#* ")) for part in piece.paragraphs())
    captions = "".join(
        f'<div class="article_photo"><img src="/1.jpg" alt=""><p class="txt_photo">'
        f"{escape(caption)}</p></div>"
        for caption in piece.captions
    )
    noise = parts.hot_list(tick, "많이 본 뉴스") if site.noisy else ""
    head = "".join(
        (
            parts.meta("og:title", piece.title),
            parts.meta("og:type", "article"),
            parts.meta("og:site_name", site.name),
            parts.meta("article:published_time", at.isoformat()),
            parts.meta("article:modified_time", changed.isoformat()),
            parts.meta("dable:author", ", ".join(piece.authors)),
            parts.canonical(site, piece),
        )
    )
    main = f"""<div class="article_head"><h2 class="tit">{escape(piece.title)}</h2>
<div class="util"><button>Text Size</button><div class="layer">글자크기 <button>Close</button></div>
<button>공유하기</button><button>인쇄</button></div></div>
<div class="article_view" itemprop="articleBody" id="txt_area">{captions}
{opening}{body}<br><br><br>
<p class="txt_copyright">© {escape(site.name)}(www.{site.host}). All rights reserved.</p></div>
<div class="rel_news">{noise}</div>"""
    return _frame(site, f"{piece.title} - {site.name}", main, head)


def _row(site: Site, piece: Piece) -> str:
    at = parts.local(site, piece.published_at)
    return (
        f'<li class="news_item"><a href="{escape(piece.path)}"><strong class="tit">'
        f'{escape(piece.title)}</strong></a><span class="date">{at:%Y.%m.%d %H:%M}</span></li>'
    )


STYLE = parts.Style(listing="/list/policy", article=_article, row=_row, frame=_frame)
