"""A ministry's notices in Chinese: issuing body, document number, table of facts, print and close."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.world.pieces import Piece
from crawler.world.templates import parts

if TYPE_CHECKING:
    from crawler.world.site import Site


def _frame(site: Site, title: str, main: str, head: str) -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">
<html xmlns="http://www.w3.org/1999/xhtml"><head>{parts.charset(site)}
<title>{escape(title)}</title>{head}</head><body>
<div class="header"><a href="/">{escape(site.name)}</a><ul class="nav"><li><a href="/">首页</a></li>
<li><a href="/xwdt">新闻动态</a></li><li><a href="/zwgk">政务公开</a></li>
<li><a href="/gzcy">公众参与</a></li></ul></div>{main}
<div class="footer"><p>主办单位：{escape(site.name)} 版权所有</p><p>网站标识码bm00000000</p>
<p>京ICP备00000000号</p><p>地址：北京市</p></div></body></html>"""


def _article(site: Site, piece: Piece, tick: int) -> str:
    at = parts.local(site, piece.published_at)
    source = escape(piece.agency or site.name)
    noise = f'<div class="views">阅读次数：{tick * 7 + 310}</div>' if site.noisy else ""
    head = "".join(
        (
            parts.meta("ArticleTitle", piece.title, key="name"),
            parts.meta("PubDate", at.strftime("%Y-%m-%d %H:%M"), key="name"),
            parts.meta("ContentSource", piece.agency or site.name, key="name"),
        )
    )
    lead = f"{piece.dateline}" if piece.dateline else ""
    main = f"""<div class="position">当前位置：<a href="/">首页</a> &gt;
<a href="/zwgk">政务公开</a> &gt; {escape(piece.section)}</div>
<div class="article"><h1>{escape(piece.title)}</h1>
<div class="pages-date">{at:%Y-%m-%d %H:%M} <span class="font">来源：{source}</span>
<span class="tools">【字体：<a>大</a> <a>中</a> <a>小</a>】 <a>打印</a></span></div>
<div class="pages_content" id="UCAP-CONTENT">{parts.paragraphs(piece, first=lead)}
<p style="text-align:right">责任编辑：王晓</p></div>
<div class="share">分享：<a>微信</a><a>微博</a></div><a class="close">【关闭】</a>{noise}</div>"""
    return _frame(site, f"{piece.title}_{piece.section}_{site.name}", main, head)


def _row(site: Site, piece: Piece) -> str:
    at = parts.local(site, piece.published_at)
    return (
        f'<li><a href="{escape(piece.path)}" target="_blank">{escape(piece.title)}</a>'
        f'<span class="date">{at:%Y-%m-%d}</span></li>'
    )


STYLE = parts.Style(listing="/zwgk/index.html", article=_article, row=_row, frame=_frame)
