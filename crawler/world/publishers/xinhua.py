"""Xinhua's structure, English and Chinese: one template family, two headers, the time in pieces."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from crawler.world.publishers.press import Press, Story, feed, hexadecimal, page, placed, told
from storage.types import Attribution, Wire

_EN, _ZH = "https://english.news.cn", "https://www.news.cn"


def _frame(title: str, main: str, lang: str, head: str = "") -> str:
    said = "Home" if lang == "en" else "新华网首页"
    close = (
        "Copyright © Xinhua. All rights reserved."
        if lang == "en"
        else "Copyright © 2000 - 2026 XINHUANET.com All Rights Reserved. 制作单位：新华网 版权所有"
    )
    return f"""<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"/>
<title>{escape(title)}</title>{head}</head><body>
<div class="header-top"><ul class="nav"><li><a href="/">{said}</a></li><li><a href="/video/">Video</a></li>
<li><a href="/photo/index.htm">Photo</a></li></ul></div>{main}
<div class="foot"><p>{close}</p></div></body></html>"""


def _english(story: Story) -> str:
    photo = "".join(
        f'<p style="text-align: center;"><img src="1.jpg" /></p><p style="text-align: left;">{escape(text)}</p>'
        for text in story.captions
    )
    return _frame(
        f"{story.title}-Xinhua",
        f"""<div class="main"><div class="conBox"><div class="conTop"><div class="nav-name">China</div>
<h1 class="Btitle">{escape(story.title)}</h1>
<div class="infoBox"><p class="source">Source: Xinhua</p><p class="editor">Editor: huaxia</p>
<p class="time">{story.at:%Y-%m-%d %H:%M:%S}</p></div></div>
<div class="conLeft"><div id="detail"><div id="detailContent">{photo}{story.html()}</div></div>
<div class="bdsharebuttonbox">Share</div></div>
<div class="conRight"><h3>Related Stories</h3><ul><li><a href="/a.htm">Lantern makers prepare for
the festival season</a></li></ul></div></div></div>""",
        "en",
        f'<meta name="publishdate" content="{story.at:%Y-%m-%d}"/>',
    )


def _chinese(story: Story) -> str:
    at = story.at
    return _frame(
        f"{story.title}-新华网",
        f"""<div class="header domPC"><div class="header-cont clearfix">
<div class="header-time left"><span class="year"><em> {at:%Y}</em></span>
<span class="day"><em>{at:%m}</em>/<em>{at:%d}</em></span><span class="time"> {at:%H:%M:%S}</span></div>
<div class="source">来源：新华网</div><div class="head-line clearfix"><h1><span class="title">{escape(story.title)}
</span></h1><div class="pageShare"><div class="setFont">字体：<span id="fontSmall">小</span>
<span id="fontBig">大</span></div><div class="share">分享到：<a>微信</a></div></div></div></div></div>
<div class="mheader domMobile"><h1><span class="title">{escape(story.title)}</span></h1>
<div class="info">{at:%Y-%m-%d %H:%M:%S} <span> 来源：新华网 </span></div></div>
<div class="main clearfix"><div class="main-left left"><div id="detail"><span id="detailContent">
{story.html(indent="　　")}</span>
<div id="articleEdit"><span class="tiyi1 domPC"><a href="#">【纠错】</a></span>
<span class="editor"> 【责任编辑:周远】 </span></div></div></div>
<div class="main-right right"><div class="columBox"><h2>深度观察</h2><ul><li><a href="/c.html">秋收时节话丰年</a>
</li></ul></div></div></div>""",
        "zh-CN",
        f'<meta name="publishdate" content="{at:%Y-%m-%d}"/>',
    )


def _lists(home: str, stories: tuple[Story, ...], lang: str, css: str) -> tuple[str, bytes]:
    rows = "".join(
        f'<div class="{css}"><div class="tit"><a href="{s.url.removeprefix(home)}" target="_blank">'
        f'{escape(s.title)}</a></div><div class="time">{s.at:%Y-%m-%d}</div></div>'
        for s in stories
    )
    return page(_frame("Xinhua", f'<div class="list list-txt dataList">{rows}</div>', lang))


def english() -> Press:
    """Return Xinhua in English."""
    stories = placed(told(12), lambda s: f"{_EN}/{s.at:%Y%m%d}/{hexadecimal(s, 32)}/c.html")
    stories = tuple(
        replace(
            s,
            lead=f"{place}, {s.at:%b}. {s.at.day} (Xinhua) -- ",
            wire=Wire(agency="Xinhua", dateline=f"{place}, {s.at:%b}. {s.at.day} (Xinhua)"),
            attribution=Attribution(source="Xinhua", editor="huaxia"),
        )
        for s, place in zip(stories, ("BEIJING", "TAIYUAN", "GUANGZHOU"), strict=True)
    )
    photo = "Workers check a tower at a wind farm in north China, Nov. 17, 2026. (Xinhua/Li Ran)"
    stories = (replace(stories[0], captions=(photo,)), *stories[1:])
    documents = {s.url: page(_english(s)) for s in stories}
    for path in (
        "home.htm",
        "china/index.htm",
        "list/china-business.htm",
        "list/china-scitech.htm",
    ):
        documents[f"{_EN}/{path}"] = _lists(_EN, stories, "en", "item")
    documents["http://www.xinhuanet.com/english/rss/chinarss.xml"] = feed("Xinhua", _EN, stories)
    return Press(
        source_id="xinhua",
        stories=stories,
        documents=documents,
        never=("Xinhua/Li Ran", "Editor:", "Source:", "Related", "Copyright", "Share"),
    )


def chinese() -> Press:
    """Return Xinhua in Chinese."""
    stories = placed(
        told(13, language="zh"),
        lambda s: f"{_ZH}/politics/{s.at:%Y%m%d}/{hexadecimal(s, 32)}/c.html",
    )
    stories = tuple(
        replace(
            s,
            lead=f"新华社{place}{s.at.month}月{s.at.day}日电（记者周远）",
            wire=Wire(agency="Xinhua", dateline=f"新华社{place}{s.at.month}月{s.at.day}日电"),
            attribution=Attribution(source="新华网", editor="周远"),
        )
        for s, place in zip(stories, ("北京", "太原", "合肥"), strict=True)
    )
    documents = {s.url: page(_chinese(s)) for s in stories}
    for section in ("politics", "fortune", "tech"):
        documents[f"{_ZH}/{section}/"] = _lists(_ZH, stories, "zh-CN", "item")
    documents["http://www.xinhuanet.com/politics/news_politics.xml"] = feed("新华网", _ZH, stories)
    return Press(
        source_id="news_cn",
        stories=stories,
        documents=documents,
        never=("责任编辑", "纠错", "字体", "分享到", "来源：", "版权所有", "深度观察"),
    )
