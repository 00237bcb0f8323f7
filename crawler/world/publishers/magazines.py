"""TechNode (WordPress), SCMP (data in JSON-LD, a wall before some pages), BestHub and 21CTO."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC
from html import escape

from crawler.world.publishers.press import (
    Press,
    Story,
    feed,
    news_sitemap,
    page,
    placed,
    sitemap,
    told,
)  # fmt: skip
from spiders.wordpress import posts_url
from storage.types import Attribution, Precision

_NODE, _SCMP = "https://technode.com", "https://www.scmp.com"
_CTO, _HUB = "https://www.21cto.com", "https://besthub.dev"


def wordpress_page(story: Story, name: str, home: str) -> str:
    """Return a post as WordPress themes print it: a year-less date, "Read More", comments."""
    return f"""<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8">
<title>{escape(story.title)} &#183; {escape(name)}</title><link rel="canonical" href="{story.url}" />
<meta property="og:type" content="article" /><meta property="og:title" content="{escape(story.title)}" />
<meta property="og:site_name" content="{escape(name)}" />
<meta property="article:published_time" content="{story.at.astimezone(UTC).isoformat()}" />
<link rel="alternate" type="application/rss+xml" title="{escape(name)} &raquo; Feed" href="{home}/feed/" />
<link rel="https://api.w.org/" href="{home}/wp-json/" /></head><body class="post-template-default single">
<a class="skip-link" href="#main">Skip to content</a><header id="masthead"><ul class="main-menu">
<li><a href="/news/">News</a></li><li><a href="/features/">Features</a></li></ul></header>
<main id="main"><article class="post hentry"><header class="entry-header">
<h1 class="entry-title">{escape(story.title)}</h1><div class="entry-meta"><span class="byline">by
<a class="url fn n" href="/author/x/">{escape(story.authors[0])}</a></span> <span class="posted-on">
<time class="entry-date published" datetime="{story.at.isoformat()}">{story.at:%b %d}</time></span></div></header>
<div class="entry-content">{story.html()}<p><a href="/related/">Read More</a></p>
<div class="sharedaddy">Share this: <a>Twitter</a> <a>Facebook</a></div></div></article>
<nav class="post-navigation"><a href="/prev/">Previous: A quiet week for gadgets</a></nav>
<div id="comments" class="comments-area"><h3>Leave a Comment</h3></div></main>
<footer><p>© 2026 {escape(name)}. All rights reserved.</p></footer></body></html>"""


def posts(stories: tuple[Story, ...]) -> tuple[str, bytes]:
    """Return the WordPress API's answer."""
    data = [
        {
            "link": s.url,
            "date_gmt": f"{s.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
            "modified_gmt": f"{s.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
            "title": {"rendered": escape(s.title)},
            "excerpt": {"rendered": f"<p>{escape(s.paragraphs[0][:100])} [&hellip;]</p>\n"},
        }
        for s in stories
    ]
    return "application/json; charset=UTF-8", json.dumps(data).encode()


def technode() -> Press:
    """Return TechNode."""
    stories = placed(told(22), lambda s: f"{_NODE}/{s.at:%Y/%m/%d}/piece-{s.number}-on-policy/")
    stories = tuple(replace(s, authors=("Ines Carvalho",)) for s in stories)
    documents = {s.url: page(wordpress_page(s, "TechNode", _NODE)) for s in stories}
    documents[f"{_NODE}/feed/"] = feed("TechNode", _NODE, stories)
    documents[posts_url(f"{_NODE}/wp-json/wp/v2/posts")] = posts(stories)
    documents[f"{_NODE}/news-sitemap.xml"] = news_sitemap("TechNode", "en", stories)
    return Press(
        source_id="technode",
        stories=stories,
        documents=documents,
        never=("Read More", "Share this", "Leave a Comment", "Previous:", "©"),
    )


def _scmp(story: Story, *, walled: bool = False) -> str:
    data = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title,
        "datePublished": story.at.isoformat(), "dateModified": story.at.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "publisher": {"@type": "Organization", "name": "South China Morning Post"},
        "isAccessibleForFree": not walled,
    }  # fmt: skip
    text = f"<p>{escape(story.first[:160])}</p>" if walled else story.html()
    wall = (
        '<div class="paywall"><h2>Subscribe to continue reading</h2><p>Already a subscriber? Log in.</p></div>'
        if walled
        else ""
    )
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>{escape(story.title)} | South China Morning Post</title><link rel="canonical" href="{story.url}">
<meta property="og:title" content="{escape(story.title)}"><meta property="og:type" content="article">
<meta property="og:site_name" content="South China Morning Post">
<script type="application/ld+json">{json.dumps(data)}</script></head><body><div id="__next">
<header><nav><a href="/">SCMP</a><a href="/tech">Tech</a><a href="/economy">Economy</a></nav></header>
<article><div class="topics"><a href="/topics/electric-cars">Electric cars</a></div>
<h1 data-qa="ContentHeadline">{escape(story.title)}</h1>
<div data-qa="GenericArticle-Authors"><a href="/author/x">{escape(story.authors[0])}</a></div>
<div data-qa="DefaultArticle-Published">Published: <time datetime="{story.at.isoformat()}">{story.at:%I:%M%p, %d %b %Y}</time></div>
<div data-qa="ArticleBody" class="article-body">{text}{wall}</div></article>
<aside><h3>Most Popular</h3><ol><li><a href="/news/article/3290001/lanterns">Lanterns light up the
harbour again</a></li></ol></aside></div><footer>Copyright © 2026 South China Morning Post Publishers Ltd.
All rights reserved.</footer></body></html>"""


def scmp() -> Press:
    """Return the South China Morning Post: three open pages and a walled one."""
    every = placed(
        told(23, 4), lambda s: f"{_SCMP}/tech/policy/article/{s.number + 3290000}/piece-on-policy"
    )
    every = tuple(replace(s, authors=("Ann Lau",)) for s in every)
    stories, walled = every[:3], every[3]
    documents = {s.url: page(_scmp(s)) for s in stories}
    documents[walled.url] = page(_scmp(walled, walled=True))
    for number in ("4", "318421", "36"):
        documents[f"{_SCMP}/rss/{number}/feed"] = feed("SCMP", _SCMP, every)
    documents[f"{_SCMP}/sitemap_news.xml"] = news_sitemap("SCMP", "en", every)
    return Press(
        source_id="scmp",
        stories=stories,
        documents=documents,
        never=("Most Popular", "Published:", "Copyright", "Subscribe", "Electric cars"),
        refused=(walled.url,),
    )


def _hub(story: Story) -> str:
    credit = story.attribution
    lines = "".join(f"<p>{escape(text)}</p>" for text in story.paragraphs[1:])
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>{escape(story.title)} | BestHub</title><meta property="og:title" content="{escape(story.title)}">
<meta property="og:site_name" content="BestHub"><meta property="og:type" content="article"></head><body>
<nav><a href="/">BestHub</a><a href="/topics">Topics</a><a href="/login">Sign in</a></nav><main><article>
<h1>{escape(story.title)}</h1><div class="meta"><time datetime="{story.at:%Y-%m-%d}">{story.at:%B %d, %Y}</time></div>
<div class="article-body prose"><p>{escape(story.first)}</p>{lines}
<p>Source: {credit.source} Author: {credit.author} Editor: {credit.editor}</p></div>
<div class="source-note"><p>Signed-in readers can open the original source through BestHub's protected redirect.</p>
<p>This article has been distilled and summarized from source material, then republished for learning
and reference. If you believe it infringes your rights, please contact<a href="/c"></a> and we will review it.</p></div>
<div class="publisher-card"><h3>21CTO</h3><p>21CTO (21CTO.com) offers developers community, training,
and services, making it your go-to learning and service platform.</p></div></article>
<section class="community"><h2>How this landed with the community</h2><p>Was this worth your time?</p>
<div class="comments"><h3>0 Comments</h3><p>Thoughtful readers leave field notes, pushback, and
hard-won operational detail here.</p></div></section></main></body></html>"""


def _cto(story: Story) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(story.title)} - 21CTO</title></head>
<body><nav><a href="/">首页</a><a href="/login">登录</a></nav><div class="container"><div class="article">
<h1 class="article-title">{escape(story.title)}</h1><div class="article-info"><span class="date">{story.at:%Y-%m-%d %H:%M}</span><span>阅读 1024</span></div>
<div class="article-content">{story.html()}</div><div class="share">分享到：微信</div></div>
<div class="comments"><h3>评论(0)</h3><p>登录后即可评论</p></div>
<div class="related"><h3>相关文章</h3><ul><li><a href="/article/1">周末读书会</a></li></ul></div></div>
<footer>© 2026 21CTO 京ICP备00000000号</footer></body></html>"""


def besthub() -> Press:
    """Return BestHub (English digests) and 21CTO (Chinese), one source."""
    digests = placed(told(24), lambda s: f"{_HUB}/articles/piece-{s.number}-on-policy")
    credit = Attribution(source="Lantern Review", author="Ruo Xi", editor="Ben Ash")
    digests = tuple(
        replace(
            s,
            at=s.at.replace(hour=0, minute=0),
            precision=Precision.DAY,
            attribution=credit,
            authors=("Ruo Xi",),
        )
        for s in digests
    )
    posts_ = placed(told(25, language="zh"), lambda s: f"{_CTO}/article/{s.number + 3219870000}")
    cards = "".join(
        f'<div class="card"><a class="card-link" href="{s.url.removeprefix(_HUB)}"><h3>{escape(s.title)}</h3></a>'
        f"<small>{s.at:%b %d, %Y}</small></div>"
        for s in digests
    )
    rows = "".join(
        f'<div class="item"><h4><a href="{s.url.removeprefix(_CTO)}">{escape(s.title)}</a></h4>'
        f"<em>{s.at:%Y-%m-%d}</em></div>"
        for s in posts_
    )
    documents = {s.url: page(_hub(s)) for s in digests}
    documents |= {s.url: page(_cto(s)) for s in posts_}
    documents[f"{_HUB}/"] = page(
        f'<!DOCTYPE html><html lang="en"><body><main>{cards}</main></body></html>'
    )
    documents[f"{_HUB}/sitemap.xml"] = sitemap(digests)
    for path in ("", "news"):
        documents[f"{_CTO}/{path}"] = page(
            f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><div class="list">{rows}</div></body></html>'
        )
    return Press(
        source_id="besthub_21cto",
        stories=(*digests, *posts_),
        documents=documents,
        never=("Signed-in", "infringes", "0 Comments", "worth your time", "Source:", "go-to",
               "分享到", "登录后", "相关文章"),
    )  # fmt: skip
