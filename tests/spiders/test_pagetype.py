"""What is no article is refused with its reason; kinds of articles."""

from __future__ import annotations

import pytest
from extract_pages import PARAGRAPHS, article_page, capture

from spiders.extract import extract

LINKS = "".join(
    f'<li><a href="/2025/01/{n:02}/story-{n}.html">A headline about something that happened {n}</a>'
    f"<span>2025-01-{n:02}</span></li>"
    for n in range(1, 28)
)


def page(title: str, body: str, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


REFUSED = [
    ("listing", "https://x.example/category/policy/", page("Policy", f"<h1>Policy</h1><ul>{LINKS}</ul>")),
    ("listing", "https://x.example/", page("Example Daily", f"<ul>{LINKS}</ul>")),
    ("login page", "https://x.example/account", page("Log in", "<h1>Log in</h1><p>Enter your name and password to go on reading this site.</p>")),
    ("block page", "https://x.example/a/1.html", page("Just a moment...", "<p>Checking your browser before accessing x.example. This takes a few seconds.</p>")),
    ("block page", "https://x.example/a/1.html", page("安全验证", "<p>您的访问过于频繁，请输入验证码后继续访问本站的其他内容。</p>")),
    ("error page", "https://x.example/a/1.html", page("404 Not Found", "<h1>Not Found</h1><p>The page you asked for is not on this server any more, sorry.</p>")),
    ("error page", "https://x.example/a/1.html", page("页面不存在", "<p>抱歉，您访问的页面不存在或已被删除，请返回首页继续浏览。</p>")),
    ("search page", "https://x.example/search?q=a", page("Search results for a", f"<h1>Search results for a</h1><ul>{LINKS}</ul>")),
    ("empty", "https://x.example/a/1.html", page("A title", "<div id='app'></div><script>boot()</script>")),
]  # fmt: skip


@pytest.mark.parametrize(("refusal", "url", "html"), REFUSED)
def test_refused(refusal, url, html):
    article = extract(capture(html, url=url), source_id="x")
    assert (article.is_article, article.refusal) == (False, refusal)


def test_an_error_status_is_no_article():
    article = extract(capture(article_page(), status=503), source_id="x")
    assert article.refusal == "error: HTTP 503"


@pytest.mark.parametrize(
    ("kind", "url", "title"),
    [
        ("news", "https://x.example/2025/01/27/some-news-about-the-rules.html", "Rules take effect"),
        ("opinion", "https://x.example/opinion/2025/why-the-rules-are-late-again.html", "Rules are late"),
        ("policy", "https://x.example/zhengce/content_123456.htm", "关于印发换电站管理办法的通知"),
        ("press_release", "https://x.example/press-releases/company-opens-its-hundredth-station", "Company opens"),
        ("live_blog", "https://x.example/live/budget-day-as-it-happens-12345", "Budget day"),
    ],
)  # fmt: skip
def test_kinds(kind, url, title):
    article = extract(capture(article_page(title=title), url=url), source_id="x")
    assert article.is_article, article.refusal
    assert article.kind == kind


def test_official_documents_state_their_facts():
    body = (
        "<p>发改能源〔2025〕12号</p>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
        + "<p>第三条 本办法自2025年3月1日起施行，此前的规定同时废止，各地要认真贯彻执行。</p>"
    )  # fmt: skip
    html = page("换电站管理办法", f"<h1>换电站管理办法</h1><div class='content'>{body}</div>")
    article = extract(
        capture(html, url="https://x.example/art/2025/1/1/art_123_45678.html"), source_id="x"
    )
    assert article.facts["document_number"] == "发改能源〔2025〕12号"
    assert article.facts["effective_date"] == "2025-03-01"


FREE = '<script type="application/ld+json">{{"@type":"NewsArticle","headline":"A short report","isAccessibleForFree":{free}}}</script>'
SHORT = "<h1>A short report</h1><p>" + PARAGRAPHS[0] + "</p><p>" + PARAGRAPHS[1]


@pytest.mark.parametrize(
    ("free", "end", "refusal", "why"),
    [
        ("false", "</p>", None, "short, but it ends as a text does"),
        ("false", " and the operators…</p>", "paywall", "cut off"),
        ("true", " and the operators…</p>", None, "nobody said it is closed"),
    ],
)
def test_a_wall_is_told_from_a_short_report(free, end, refusal, why):
    html = page("A short report", SHORT + end, FREE.format(free=free))
    article = extract(
        capture(html, url="https://x.example/2025/01/a-short-report-of-the-day-12345.html"),
        source_id="x",
    )
    assert article.refusal == refusal, why


def test_an_opaque_address_under_a_listing_s_name():
    found = extract(
        capture(article_page(), url="https://ent.x.example/c/7pldiU65MNU"), source_id="x"
    )
    assert found.is_article, found.refusal


def test_long_summaries_under_linked_headlines_are_no_article():
    entries = "".join(
        f"<article><h2><a href='/2025/{n}'>What the ministry decided on measure {n} of its plan</a></h2>"
        f"<p>{text}</p></article>"
        for n, text in enumerate(PARAGRAPHS)
    )
    blog = page("What we write about", f"<h1>What we write about</h1>{entries}")
    article = extract(capture(blog, url="https://x.example/writing"), source_id="x")
    assert (article.is_article, article.refusal) == (False, "listing")
    plain = blog.replace("<a ", "<b ").replace("</a>", "</b>")
    article = extract(capture(plain, url="https://x.example/writing"), source_id="x")
    assert article.is_article, "the same text under headings of its own"
