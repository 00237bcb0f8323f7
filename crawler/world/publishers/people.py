"""People's Daily Online, Chinese (GB2312 declared, GBK served, header silent) and English."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from crawler.world.publishers.press import Press, Story, bare_page, feed, page, placed, told
from storage.types import Attribution, Wire

_ZH, _EN = "http://politics.people.com.cn", "http://en.people.cn"


def _chinese(story: Story, others: tuple[Story, ...]) -> str:
    related = "".join(f'<li><a href="{s.url}">{escape(s.title)}</a></li>' for s in others[:2])
    return f"""<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html;charset=gb2312"/>
<title>{escape(story.title)}--时政--人民网</title>
<meta name="publishdate" content="{story.at:%Y-%m-%d}"><meta name="source" content="来源：人民网-人民日报">
</head><body><div class="w1000 p2_rb"><a href="http://www.people.com.cn/">人民网</a>&gt;&gt;
<a href="/">时政</a></div><div class="layout rm_txt cf"><div class="col col-1 fl"><h3 class="pre"></h3>
<h1>{escape(story.title)}</h1><h4 class="sub"></h4><div class="author cf">本报记者　{story.authors[0]}</div>
<div class="channel cf"><div class="col-1-1 fl">{story.at:%Y年%m月%d日%H:%M} | 来源：
<a href="http://paper.people.com.cn">人民网－人民日报</a></div><div class="col-1-2 fr">小字号</div></div>
<div class="bza"><p></p></div><div class="rm_txt_con cf">{story.html(indent="　　")}
<p class="paper_num">　　《 人民日报 》（ {story.at:%Y年%m月%d日} 04 版）</p>
<div class="zdfy clearfix"></div><div class="box_pic"></div><div class="edit cf">(责编：陈一、吴二)</div>
<div class="fx_wrap">分享让更多人看到</div></div>
<div class="rm_relevant cf"><h4>相关新闻</h4><ul>{related}</ul></div></div></div>
<div class="footer_nav">人民日报社概况 | 关于人民网</div><div class="copyright">人民网版权所有 ，未经书面授权禁止使用
Copyright © 1997-2026 by www.people.com.cn. all rights reserved</div></body></html>"""


def _list(stories: tuple[Story, ...]) -> str:
    rows = "".join(
        f'<li><a href="{s.url.removeprefix(_ZH)}" target="_blank">{escape(s.title)}</a> '
        f"<em>{s.at:%Y-%m-%d}</em></li>"
        for s in stories
    )
    return f"""<html><head><meta http-equiv="content-type" content="text/html;charset=gb2312">
<title>要闻--时政--人民网</title></head><body><div class="ej_bor"><h2><a href="/">时政</a></h2>
<ul class="list_16 mt10">{rows}</ul></div>
<div class="page_n clearfix"><a href="index1.html">1</a><a href="index2.html">下一页</a></div>
<div class="copyright">人民网版权所有</div></body></html>"""


def chinese() -> Press:
    """Return People's Daily Online."""
    stories = placed(
        told(14, language="zh"),
        lambda s: f"{_ZH}/n1/{s.at:%Y/%m%d}/c1001-{s.number + 40400000}.html",
    )
    stories = tuple(
        replace(
            s,
            authors=("陈一鸣",),
            attribution=Attribution(source="人民网－人民日报", editor="陈一、吴二"),
        )
        for s in stories
    )
    documents = {s.url: bare_page(_chinese(s, stories), "gb18030") for s in stories}
    for url in (f"{_ZH}/GB/1024/index.html", "http://finance.people.com.cn/GB/70846/index.html"):
        # The finance list names its own host's pages by whole URLs.
        text = _list(stories)
        if "finance" in url:
            text = text.replace('href="/n1/', f'href="{_ZH}/n1/')
        documents[url] = bare_page(text, "gb18030")
    for name in ("politics", "finance"):
        documents[f"http://www.people.com.cn/rss/{name}.xml"] = feed("人民网", _ZH, stories)
    return Press(
        source_id="people_cn",
        stories=stories,
        documents=documents,
        never=("责编", "小字号", "相关新闻", "分享让", "版权所有", "04 版", "来源："),
    )


def _english(story: Story) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>{escape(story.title)} - People's Daily Online</title>
<meta name="publishdate" content="{story.at:%Y-%m-%d}" /><meta name="source" content="Source：Xinhua">
</head><body><div class="header"><ul class="nav"><li><a href="/">Home</a></li>
<li><a href="/business/">Business</a></li><li><a href="/travel/">Travel</a></li></ul></div>
<div class="main"><div class="w860 d2txtCon cf"><h1>{escape(story.title)}</h1>
<div class="origin cf"><a href="http://en.people.cn/">(Xinhua)</a> <span>{story.at:%H:%M, %B %d, %Y}</span></div>
{story.html()}
<div class="editor">(Web editor: Xu Yi, Hong Er)</div><div class="share">Share this page</div></div>
<div class="d2p1"><h3>Photos</h3><ul><li><a href="/n3/2026/1119/c90000-1.html">Lanterns over the river
as the festival opens</a></li></ul></div></div>
<div class="footer">Copyright © 2026 People's Daily Online. All Rights Reserved.</div></body></html>"""


def english() -> Press:
    """Return People's Daily Online in English."""
    stories = placed(
        told(15), lambda s: f"{_EN}/n3/{s.at:%Y/%m%d}/c90000-{s.number + 20270000}.html"
    )
    stories = tuple(
        replace(
            s,
            lead=f"BEIJING, {s.at:%b}. {s.at.day} (Xinhua) -- ",
            wire=Wire(agency="Xinhua", dateline=f"BEIJING, {s.at:%b}. {s.at.day} (Xinhua)"),
        )
        for s in stories
    )
    rows = "".join(
        f'<li><h3><a href="{s.url.removeprefix(_EN)}">{escape(s.title)}</a></h3>'
        f"<p>{s.at:%d %b %Y}</p></li>"
        for s in stories
    )
    section = page(
        f"<!DOCTYPE html><html><head><title>Business - People's Daily Online</title></head><body>"
        f'<ul class="nav"><li><a href="/">Home</a></li></ul><ul class="foreign_list8">{rows}</ul></body></html>'
    )
    documents = {s.url: page(_english(s)) for s in stories}
    for path in ("business/index.html", "90785/index.html"):
        documents[f"{_EN}/{path}"] = section
    for name in ("China", "Business"):
        documents[f"{_EN}/rss/{name}.xml"] = feed("People's Daily Online", _EN, stories)
    return Press(
        source_id="people_en",
        stories=stories,
        documents=documents,
        never=("Web editor", "Share this", "Copyright", "Photos"),
    )
