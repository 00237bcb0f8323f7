"""Is a page an article, of what kind, and if not, what is it. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from spiders.blocks import Block
from spiders.features import words
from spiders.structured import Structured


@dataclass(frozen=True, slots=True, kw_only=True)
class PageType:
    """What a page is."""

    is_article: bool
    #: Why not; None when it is one.
    refusal: str | None
    #: news, policy, opinion, press_release, live_blog.
    kind: str = "news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What the page type is judged by."""

    url: str
    status: int
    title: str
    text: str
    blocks: Sequence[Block]
    #: Indexes of the text's lines in `blocks`.
    chosen: Sequence[int]
    said: Structured
    #: A publication time from another signal than the URL.
    dated: bool
    authors: bool


#: Words of a title from which on it is no section's name.
_HEADLINE = 6
_YEAR = re.compile(
    r"(?:19|20)\d\d[-/.年]\d|\d,?\s(?:19|20)\d\d\b|\d(?:st|nd|rd|th)?\s\w{3,9}\s(?:19|20)\d\d"
)
_CUT_SHORT = ("…", "...", "[…]", "[...]")
#: An address's last part that names one thing, though a listing's name stands before it.
_OPAQUE = re.compile(r"/(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9]{10,}/?$")
_LISTING_PATH = re.compile(
    r"/(?:categor(?:y|ies)|tags?|topics?|collections?|shop|store|search|browse|archives?|authors?|"
    r"pages?/\d+|index|list|latest|all|c|b|cat|products?|catalog|sections?|channels?|jobs?|issues?|trending|"
    r"rankings?|charts?|directory|events?|courses?|zhuanti|special|paths?)(?:[/.]|$)",
    re.IGNORECASE,
)
_PRICE = re.compile(r"(?:[$€£¥₩]|USD|EUR|RMB)\s?\d|\d\s?(?:€|元)")
_LONG_SLUG = re.compile(r"(?:[^/\W_]+[-_]){4,}")
_ID = re.compile(r"\d{5,}|(?<=[a-z])\d{3,}|c_\d+|[0-9a-f]{12,}")

_CONSENT = re.compile(
    r"before\s+you\s+continue|we\s+value\s+your\s+privacy|accept\s+(?:all\s+)?cookies|your\s+privacy\s+choices|"
    r"cookie\s+(?:consent|preferences|einstellungen)|zustimmung|consentement|manage\s+consent",
    re.IGNORECASE,
)
_BLOCKED = re.compile(
    r"access\s+denied|attention\s+required|just\s+a\s+moment|are\s+you\s+(?:a\s+)?(?:human|robot)|verify\s+you\s+are\s+(?:a\s+)?human|"
    r"checking\s+your\s+browser|captcha|unusual\s+traffic|request\s+blocked|enable\s+javascript\s+and\s+cookies|pardon\s+our\s+interruption|"
    r"访问过于频繁|请输入验证码|安全验证|滑动验证|人机验证|보안\s*문자",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"\b404\b|page\s+(?:not\s+found|(?:you\s+\w+\s+\w+\s+)?(?:does\s+not|doesn'?t|no\s+longer)\s+exists?)|not\s+found|"
    r"internal\s+server\s+error|bad\s+gateway|service\s+unavailable|页面不存在|页面未找到|找不到(?:该|您)?.{0,8}(?:页面|网页)|您访问的(?:页面|文章).{0,6}(?:不存在|已删除|被删除)|"
    r"페이지를\s*찾을\s*수\s*없|존재하지\s*않는",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^(?:please\s+)?(?:log|sign)\s*-?\s*in\b|^(?:user\s+)?login\b|^登录|^用户登录|^로그인|create\s+(?:an\s+)?account|forgot\s+(?:your\s+)?password",
    re.IGNORECASE,
)
_SEARCH = re.compile(
    r"^search(?:\s+results?)?\b|search\s+results\s+(?:for|:)|搜索结果|검색\s*결과|^results\s+for\b",
    re.IGNORECASE,
)
_OPINION = re.compile(
    r"/(?:opinions?|op-?eds?|comment(?:ary|isfree)?|editorials?|columns?|views|guandian|pinglun|voices|perspectives?)(?:[/_.-]|$)",
    re.IGNORECASE,
)
_OPINION_TITLE = re.compile(
    r"^(?:opinion|op-ed|editorial|commentary|column)\b\s*[:|]|^(?:社论|评论|时评|观点|社評)\s*[:：|丨]|^\[?(?:사설|칼럼|기고|오피니언)\]?",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"[〔\[［(（]\s?(?:19|20)\d\d\s?[〕\]］)）]\s?(?:第\s?)?\d{1,4}\s?号|^.{0,60}(?:关于印发|关于.{2,60}的(?:通知|意见|公告|决定|批复|函|办法|通告)|令第\d+号)|"
    r"(?:管理|实施|暂行)(?:办法|细则|条例|规定)(?:[（(].{0,12}[)）])?$|中华人民共和国.{2,20}(?:法|条例)$"
)
_PRESS = re.compile(
    r"/(?:press-?releases?|prnewswire|news-releases?|media-releases?)(?:[/_.-]|$)|^press\s+release\b|"
    r"^.{0,80}/(?:PRNewswire|CNW|EINPresswire\.com)[^/]{0,40}/",
    re.IGNORECASE,
)
_LIVE = re.compile(
    r"/live(?:[-/]|$)|\blive\s?(?:updates?|blog)\b|[-/]live-?(?:blog|updates?)", re.IGNORECASE
)

#: Log odds of being an article, by benchmarks/fit_pagetype.py on 1,129 articles and 189 listings and
#: collections; see `evidence` for what each says.
_WEIGHTS: Mapping[str, float] = {
    "og_article": 0.86, "og_other": -0.44, "og_website": -0.34, "article_node": 0.77,
    "list_node": -0.57, "product_node": 0.00, "dated": 1.10, "authored": 0.34,
    "long_slug": 1.24, "numbered": 0.93, "front": -0.83, "shallow": 0.02,
    "listing_path": -1.05, "linked": -0.39, "page_linked": -0.76, "paragraphs": 0.05,
    "size": -0.16, "share": 0.24, "prices": -0.72, "items": 0.14, "short_lines": 0.43,
    "named_shortly": -1.73, "teasers": -0.69, "stretch": 0.95, "cut_lines": -0.27, "years": -0.01,
}  # fmt: skip
_BIAS = -0.36
#: Below an even chance: an article refused is never told, a listing stored is only noise. The highest
#: bar that refused no more articles than the one before it; held out, 0.64 of listings and 0.92 of
#: collections are refused, and no news article that has a text.
_LEAST = 0.37
#: With no text at all, so many lines of link are an index; fewer are a frame round a script.
_MANY_LINKS = 15


def judge(clues: Clues) -> PageType:
    """Return what the page is; the certain signs are asked first."""
    refusal = _certain(clues)
    if refusal is None and probability(clues) < _LEAST:
        refusal = "listing"
    return PageType(is_article=refusal is None, refusal=refusal, kind=_kind(clues))


def probability(clues: Clues) -> float:
    """Return how likely the page is an article, 0..1, by the sum of its evidence."""
    total = _BIAS + sum(_WEIGHTS.get(k, 0.0) * v for k, v in evidence(clues).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def evidence(clues: Clues) -> dict[str, float]:
    """Return what speaks for and against an article, as numbers of about 0..3."""
    path, query = urlsplit(clues.url).path, urlsplit(clues.url).query
    segments = [segment for segment in path.split("/") if segment]
    lines = [clues.blocks[i] for i in clues.chosen]
    size = sum(len(line.text) for line in lines)
    whole = sum(len(block.text) for block in clues.blocks)
    kind = (clues.said.first("og:type") or "").lower()
    types = clues.said.types
    return {
        "og_article": float("article" in kind or kind in ("blog", "news")),
        "og_other": float(kind.startswith(("product", "video", "profile", "ebay"))),
        "og_website": float(kind == "website"),
        "article_node": float(bool(clues.said.article)),
        "list_node": float(bool(types & _LIST_TYPES)),
        "product_node": float(bool(types & _PRODUCT_TYPES)),
        "dated": float(clues.dated),
        "authored": float(clues.authors),
        "long_slug": float(bool(_LONG_SLUG.search(path))),
        "numbered": float(
            bool(_ID.search(path) or _OPAQUE.search(path))
            or path.lower().endswith((".html", ".htm", ".shtml"))
        ),
        "front": float(len(segments) == 0 and not any(map(str.isdigit, query))),
        "shallow": float(len(segments) == 1 and not _LONG_SLUG.search(path)),
        "listing_path": float(bool(_LISTING_PATH.search(path) and not _OPAQUE.search(path))),
        "linked": sum(line.linked for line in lines) / max(1, size),
        "page_linked": sum(block.linked for block in clues.blocks) / max(1, whole),
        "paragraphs": math.log1p(
            sum(1 for line in lines if len(line.text) > 120 and line.linked < 40)
        ),
        "size": math.log1p(size) / 3,
        "share": size / max(1, whole),
        "prices": math.log1p(
            len(_PRICE.findall(" ".join(b.text for b in clues.blocks if len(b.text) < 80)))
        ),
        "items": math.log1p(sum(1 for line in lines if line.tag in ("li", "row", "div"))) / 3,
        "short_lines": sum(1 for line in lines if len(line.text) < 60) / max(1, len(lines)),
        # "Science", "要闻": a section is called in a word or two.
        "named_shortly": max(0.0, 1 - len(words(clues.title)) / _HEADLINE),
        "teasers": _teasers(clues),
        # An article's body goes on for paragraphs; a listing's next entry begins soon.
        "stretch": math.log1p(_stretch(clues) / 200),
        "cut_lines": sum(line.text.endswith(_CUT_SHORT) for line in lines) / max(1, len(lines)),
        "years": math.log1p(
            sum(len(b.text) < 60 and bool(_YEAR.search(b.text)) for b in clues.blocks)
        ),
    }


def _stretch(clues: Clues) -> int:
    """Return the characters of the longest part of the text that no headline of a link interrupts."""
    if not clues.chosen:
        return 0
    text = set(clues.chosen)
    longest = current = 0
    for i in range(clues.chosen[0], clues.chosen[-1] + 1):
        block = clues.blocks[i]
        if _is_headline_of_a_link(block):
            current = 0
        elif i in text and len(block.text) > 60:
            current += len(block.text)
            longest = max(longest, current)
    return longest


def _is_headline_of_a_link(block: Block) -> bool:
    return 15 <= len(block.text) <= 200 and block.linked >= 0.8 * len(block.text)


def _teasers(clues: Clues) -> float:
    """Return the share of the text's paragraphs that stand right under a line that is all link."""
    paragraphs = [i for i in clues.chosen if len(clues.blocks[i].text) > 60]
    under = 0
    for i in paragraphs:
        above = clues.blocks[max(0, i - 3) : i]
        under += any(b.linked >= 0.8 * len(b.text) and 15 <= len(b.text) <= 160 for b in above)
    return under / max(1, len(paragraphs))


_LIST_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "OfferCatalog"})
_PRODUCT_TYPES = frozenset(
    {"Product", "ProductGroup", "Offer", "Event", "JobPosting", "Course", "Hotel"}
)


def _certain(clues: Clues) -> str | None:
    """Return the refusal that one sign alone justifies, or None."""
    if clues.status >= 400:
        return f"error: HTTP {clues.status}"
    short = len(clues.text) < 600
    query = parse_qs(urlsplit(clues.url).query)
    opening = " ".join(block.text for block in clues.blocks[:60])[:3_000] if short else ""
    if short and (
        _BLOCKED.search(clues.title) or (len(opening) < 1_500 and _BLOCKED.search(opening))
    ):
        return "block page"
    if _MISSING.search(clues.title) and short:
        return "error page"
    if short and _LOGIN.search(clues.title):
        return "login page"
    if _SEARCH.search(clues.title) and ({"q", "s", "query", "keyword"} & query.keys() or short):
        return "search page"
    if not clues.text.strip():
        if _CONSENT.search(opening):
            return "consent page"
        links = sum(1 for block in clues.blocks if block.linked > 0.7 * len(block.text))
        return "listing" if links >= _MANY_LINKS else "empty"
    kind = (clues.said.first("og:type") or "").lower()
    if len(clues.text) < 400 and (kind.startswith("video") or "/video/" in clues.url):
        return "video page"
    if len(clues.text) < 300 and re.search(
        r"/(?:photos?|gallery|galleries|slideshow|pictures)/", clues.url
    ):
        return "gallery page"
    if short and len(clues.text) < 300 and _CONSENT.search(clues.text):
        return "consent page"
    closed = clues.said.article.get("isAccessibleForFree") in (False, "False", "false")
    # A short report behind a wall that let us through is whole; a teaser ends in dots, or is a line.
    if closed and (len(clues.text) < 200 or (short and clues.text.rstrip().endswith(_CUT_SHORT))):
        return "paywall"
    if not clues.title:
        return "no title"
    return None


def _kind(clues: Clues) -> str:
    path = urlsplit(clues.url).path
    types = clues.said.types
    if "LiveBlogPosting" in types or _LIVE.search(path):
        return "live_blog"
    if _POLICY.search(clues.title):
        return "policy"
    if (
        types & {"OpinionNewsArticle"}
        or _OPINION.search(path)
        or _OPINION_TITLE.search(clues.title)
    ):
        return "opinion"
    if "PressRelease" in types or _PRESS.search(path) or _PRESS.search(clues.text[:300]):
        return "press_release"
    return "news"
