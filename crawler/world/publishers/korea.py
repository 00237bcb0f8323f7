"""The Asia Business Daily (English inside Korean chrome, and Korean) and Yonhap in English."""

from __future__ import annotations

import json
from dataclasses import replace
from html import escape

from crawler.world.publishers.press import (
    SEOUL,
    Press,
    Story,
    feed,
    news_sitemap,
    page,
    placed,
    told,
)  # fmt: skip
from storage.types import Wire

_CM, _KO, _YNA = "https://cm.asiae.co.kr", "https://www.asiae.co.kr", "https://en.yna.co.kr"


def _frame(title: str, main: str, head: str = "") -> str:
    return f"""<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}
</head><body><a href="#contents" class="skip">본문 바로가기</a><header><ul class="gnb"><li><a href="/stock">증권</a></li>
<li><a href="/realestate">부동산</a></li></ul><div class="bar_progress">bar_progress</div></header>
<div id="contents">{main}</div><footer><h4>Special Coverage</h4><p>Join us on social!</p>
<a href="#">Top</a><p>회사소개 | 개인정보처리방침</p></footer></body></html>"""


def _asiae(story: Story) -> str:
    caption = "".join(
        f'<div class="article_photo"><img src="1.jpg"><p class="txt">{escape(text)}</p></div>'
        for text in story.captions
    )
    body = "<br><br><br>\n".join(escape(text) for text in (story.first, *story.paragraphs[1:]))
    return _frame(
        f"{story.title} - 아시아경제",
        f"""<div class="area_title"><h1>{escape(story.title)}</h1></div><div class="area_title_btm">
<div class="util"><strong>Text Size</strong><a href="#">Close</a><a href="#">공유하기</a></div></div>
<div class="article fb-quotable" id="txt_area" itemprop="articleBody">{caption}{body}<br><br>
<p class="txt_copyright">© The Asia Business Daily(www.asiae.co.kr). All rights reserved.</p></div>
<div class="article_relation"><h3>관련기사</h3><ul><li><a href="/article/1">비 오는 주말, 가볼 만한 곳</a></li></ul></div>""",
        f'<meta property="og:title" content="{escape(story.title)}"><meta property="og:type" content="article">'
        '<meta property="og:site_name" content="아시아경제">'
        f'<meta property="article:published_time" content="{story.at.isoformat()}">'
        f'<meta property="dable:author" content="{story.authors[0] if story.authors else ""}">',
    )


def _list(stories: tuple[Story, ...]) -> tuple[str, bytes]:
    rows = "".join(
        f'<div class="arti_item"><h3><a href="{s.url}" title="{escape(s.title)}">{escape(s.title)}</a></h3>'
        f'<span class="txt_time">{s.at:%Y.%m.%d %H:%M}</span></div>'
        for s in stories
    )
    return page(_frame("아시아경제", f'<div class="arti_list">{rows}</div>'))


def asiae_english() -> Press:
    """Return the Asia Business Daily in English."""
    stories = placed(
        told(19, zone=SEOUL), lambda s: f"{_CM}/en/article/{s.at:%Y%m%d%H%M}{s.number:05d}"
    )
    stories = tuple(
        replace(
            s,
            lead="[Asia Economy Beijing=Special Correspondent Mina Han] ",
            wire=Wire(dateline="Asia Economy Beijing=Special Correspondent Mina Han"),
            authors=("Mina Han",),
        )
        for s in stories
    )
    caption = "A charging hall at night [Image source=Reuters Yonhap News]"
    stories = (replace(stories[0], captions=(caption,)), *stories[1:])
    documents = {s.url: page(_asiae(s)) for s in stories}
    for path in ("en/", "en/list/economy"):
        documents[f"{_CM}/{path}"] = _list(stories)
    documents[f"{_CM}/sitemap/news.xml"] = news_sitemap("The Asia Business Daily", "en", stories)
    return Press(
        source_id="asiae_en",
        stories=stories,
        documents=documents,
        never=("본문", "bar_progress", "Text Size", "Image source", "©", "Special Coverage",
               "관련기사", "Join us"),
    )  # fmt: skip


def asiae_korean() -> Press:
    """Return 아시아경제."""
    stories = placed(
        told(20, language="ko", zone=SEOUL),
        lambda s: f"{_KO}/article/{s.at:%Y%m%d%H%M}{s.number:05d}",
    )
    stories = tuple(
        replace(
            s,
            lead="[아시아경제 한미나 기자] ",
            authors=("한미나",),
        )
        for s in stories
    )
    documents = {s.url: page(_asiae(s)) for s in stories}
    for name in ("economy", "politics"):
        documents[f"{_KO}/rss/{name}.htm"] = feed("아시아경제", _KO, stories)
    documents[f"{_KO}/list/economy"] = _list(stories)
    documents[f"{_KO}/sitemap/news.xml"] = news_sitemap("아시아경제", "ko", stories)
    return Press(
        source_id="asiae_ko",
        stories=stories,
        documents=documents,
        never=("본문 바로가기", "bar_progress", "©", "Special Coverage", "관련기사", "공유하기"),
    )


def _yonhap(story: Story) -> str:
    data = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title,
        "datePublished": story.at.isoformat(), "dateModified": story.at.isoformat(),
        "author": {"@type": "Organization", "name": "Yonhap News Agency"},
    }  # fmt: skip
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>{escape(story.title)} | Yonhap News Agency</title>
<meta property="og:title" content="{escape(story.title)} | Yonhap News Agency">
<meta property="og:site_name" content="Yonhap News Agency">
<script type="application/ld+json">{json.dumps(data)}</script></head><body>
<header><nav><a href="/">Yonhap News Agency</a><a href="/business/index">Business</a></nav></header>
<main><div class="title-article01"><h1 class="tit">{escape(story.title)}</h1>
<p class="update-time" data-published-time="{story.at:%Y%m%d%H%M}"><span class="cate">All News</span>
<span class="txt">{story.at:%H:%M %B %d, %Y}</span></p><div class="share">Share Font Size Print</div></div>
<article class="story-news article"><div class="comp-box photo-group"><img src="1.jpg">
<p class="txt">A ship leaves port in this file photo. (Yonhap)</p></div>{story.html()}
<p>mina@yna.co.kr<br>(END)</p></article>
<div class="related-group"><h2>Related Articles</h2><ul><li><a href="/view/AEN1">Weather stays mild over
the weekend</a></li></ul></div></main><footer>© 2026 Yonhap News Agency. All rights reserved.</footer></body></html>"""


def yonhap() -> Press:
    """Return Yonhap in English."""
    stories = placed(
        told(21, zone=SEOUL), lambda s: f"{_YNA}/view/AEN{s.at:%Y%m%d}{s.number:06d}320"
    )
    stories = tuple(
        replace(
            s,
            lead=f"SEOUL, {s.at:%b}. {s.at.day} (Yonhap) -- ",
            wire=Wire(agency="Yonhap", dateline=f"SEOUL, {s.at:%b}. {s.at.day} (Yonhap)"),
        )
        for s in stories
    )
    rows = "".join(
        f'<li><div class="item-box01"><strong class="tit-news"><a class="tit-wrap" href="{s.url.removeprefix("https:")}">'
        f'{escape(s.title)}</a></strong><span class="date">{s.at:%b. %d, %Y}</span></div></li>'
        for s in stories
    )
    documents = {s.url: page(_yonhap(s)) for s in stories}
    documents[f"{_YNA}/business/economy"] = page(
        f'<!DOCTYPE html><html><body><nav><a href="/">Home</a></nav><ul class="list-type212">{rows}</ul></body></html>'
    )
    for name in ("news", "business"):
        documents[f"{_YNA}/RSS/{name}.xml"] = feed("Yonhap News Agency", _YNA, stories)
    documents[f"{_YNA}/news-sitemap.xml"] = news_sitemap("Yonhap", "en", stories)
    return Press(
        source_id="yonhap",
        stories=stories,
        documents=documents,
        never=("file photo", "Related", "©", "(END)", "yna.co.kr", "Font Size"),
    )
