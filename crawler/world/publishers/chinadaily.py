"""China Daily's structure: edition bar, "Agency | Updated:" in Beijing time, share bar, long footer."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from crawler.world.publishers.press import Press, Story, feed, hexadecimal, page, placed, told
from storage.types import Wire

_HOST = "https://www.chinadaily.com.cn"
_SECTIONS = ("business/policies", "business/economy", "business/tech", "china/governmentandpolicy")


def _address(story: Story) -> str:
    return f"{_HOST}/a/{story.at:%Y%m/%d}/WS{hexadecimal(story, 24)}.html"


def _frame(title: str, main: str, head: str = "") -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8">
<title>{escape(title)} - Chinadaily.com.cn</title>{head}</head><body>
<div class="topBar"><span class="globaleEdition">Global Edition<div class="dropdown-content">
<a href="//www.chinadailyasia.com/">ASIA</a></div></span><a href="//cn.chinadaily.com.cn">中文</a>
<a href="//language.chinadaily.com.cn">双语</a><a href="//fr.chinadaily.com.cn">Français</a></div>
<div class="topNav"><ul><li><a href="{_HOST}/china">CHINA</a></li>
<li><a href="{_HOST}/business">BUSINESS</a></li><li><a href="{_HOST}/culture">CULTURE</a></li></ul></div>
{main}
<div class="topBack"><a href="#top">Top</a><span>BACK TO THE TOP</span></div>
<div class="dibu-one"><span>English</span></div>
<div class="dibu-three">Copyright 1995 - <script>document.write(1)</script>. All rights reserved. The
content (including but not limited to text, photo, multimedia information, etc) published in this
site belongs to the publisher. Without written authorization, such content shall not be republished
or used in any form. <b>License for publishing multimedia online 0000000</b>
<div>Registration Number: 000000</div></div><div class="follow">FOLLOW US</div>
<div class="close">CLOSE</div></body></html>"""


def _article(story: Story, others: tuple[Story, ...]) -> str:
    who = story.wire.agency or f"By {story.authors[0]} | China Daily"
    photo = "".join(
        f'<figure class="image" style="display: table;"><img src="//img2.chinadaily.com.cn/1.jpeg" />'
        f'<figcaption style="display: table-caption;">{escape(text)}</figcaption></figure>'
        for text in story.captions
    )
    most = "".join(f'<li><a href="{s.url}">{escape(s.title)}</a></li>' for s in others)
    return _frame(
        story.title,
        f"""<div class="bread"><a href="{_HOST}/business">Business</a></div>
<div class="main_title">Home / Business / <a href="{_HOST}/business/policies">Policies</a></div>
<div class="main_art"><div class="lft_art lf"><h1>{escape(story.title)}</h1>
<div class="info"><span class="info_l"> {escape(who)} | Updated: {story.at:%Y-%m-%d %H:%M}</span>
<div class="fx"><div class="title">Share</div><div class="title_close">Share - WeChat</div></div></div>
<div id="Content">{photo}{story.html()}</div>
<div id="div_currpage"></div></div><div class="yui3-u-1-4"><h3>Most Viewed in 24 Hours</h3>
<ul>{most}<li><a href="{_HOST}/a/202611/18/WS00_2.html">A street of lanterns, in pictures</a></li></ul>
</div></div>""",
        f'<meta property="og:title" content="{escape(story.title)}" />'
        f'<meta name="publishdate" content="{story.at:%Y-%m-%d}"/>'
        f'<meta property="og:url" content="{story.url}" />',
    )


def _section(name: str, stories: tuple[Story, ...]) -> str:
    rows = "".join(
        f'<div class="mb10 tw3_01_2"><span class="tw3_01_2_p"><a shape="rect" '
        f'href="{s.url.removeprefix("https:")}"><img src="//img2.chinadaily.com.cn/1.jpeg" /></a></span>'
        f'<span class="tw3_01_2_t"><h4><a shape="rect" href="{s.url.removeprefix("https:")}">'
        f"{escape(s.title)}</a></h4><b>{s.at:%Y-%m-%d %H:%M}</b></span></div>"
        for s in stories
    )
    return _frame(
        name,
        f'<div class="main_art"><div class="lft_art" id="lft-art">{rows}</div>'
        '<div id="div_currpage"><span>1</span><a href="page_2.html">2</a></div></div>',
    )


def press() -> Press:
    """Return the publisher."""
    stories = placed(told(11), _address)
    photo = "A driver swaps the battery of a car at a station in the east of the country. [Photo/Xinhua]"
    stories = (
        replace(
            stories[0],
            lead="BEIJING -- ",
            wire=Wire(agency="Xinhua", dateline="BEIJING"),
            captions=(photo,),
        ),
        replace(stories[1], authors=("Zhao Ming",)),
        replace(
            stories[2],
            lead="HEFEI -- ",
            wire=Wire(agency="Xinhua", dateline="HEFEI"),
        ),
    )
    documents = {s.url: page(_article(s, stories)) for s in stories}
    for section in _SECTIONS:
        documents[f"{_HOST}/{section}"] = page(_section(section, stories))
    for name in ("china", "bizchina"):
        documents[f"{_HOST}/rss/{name}_rss.xml"] = feed("China Daily", _HOST, stories)
    return Press(
        source_id="chinadaily",
        stories=stories,
        documents=documents,
        never=("Global Edition", "BACK TO", "Copyright", "Share", "Updated:", "FOLLOW", "Home /",
               "Photo/Xinhua", "Most Viewed", "Registration"),
    )  # fmt: skip
