"""The five seeds' chrome as their publishers print it, round the text read from ../shared/seeds."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from extract_pages import NOW
from paths import SEEDS

from storage.types import Capture


@dataclass(frozen=True, kw_only=True)
class Seed:
    """One seed as a page, and what must come out."""

    capture: Capture
    title: str
    first: str
    last: str
    #: No line of the text may contain any of these.
    never: tuple[str, ...]
    zone: str | None = None


def _lines(number: str) -> list[str]:
    path = next(SEEDS.glob(f"{number}_*.txt"))
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _capture(url: str, page: str) -> Capture:
    return Capture(url=url, final_url=url, status=200, body=page.encode(), fetched_at=NOW)


def _ps(lines: list[str]) -> str:
    return "\n".join(f"<p>{escape(line)}</p>" for line in lines)


def _hot(count: int = 10) -> str:
    return "".join(
        f'<li><a href="/hot/{n}">Something else that happened in the region, part {n}</a></li>'
        for n in range(count)
    )


def china_daily() -> Seed:
    """Breadcrumb, one "Updated" time without zone, share bar, photo caption, long footer."""
    lines = _lines("002")
    at = next(i for i, line in enumerate(lines) if line.startswith("Home /"))
    title, byline = lines[at + 1], lines[at + 2]
    caption = next(line for line in lines if "[Photo/Xinhua]" in line)
    start = next(i for i, line in enumerate(lines) if line.startswith("BEIJING --"))
    end = lines.index("Top")
    page = f"""<html><head><meta charset="utf-8"><title>{escape(title)} - Chinadaily.com.cn</title>
<meta property="og:title" content="{escape(title)}"></head><body>
<div class="topNav"><span>Global Edition</span><a href="#">ASIA</a> <a href="#">中文</a><a href="#">双语</a><a href="#">Français</a></div>
<div class="topBar"><a href="/business">Business</a></div>
<div class="bread">Home <a href="/business">/ Business</a> <a href="/policies">/ Policies</a></div>
<div class="lft_art" id="lft-art"><h1>{escape(title)}</h1>
<div class="info"><span class="info_l">{escape(byline)}</span>
<span class="info_r"><a href="#">Share</a> <a href="#">Share - WeChat</a></span></div>
<div id="Content"><figure class="image"><img src="a.jpg"><figcaption>{escape(caption)}</figcaption></figure>
{_ps(lines[start:end])}</div></div>
<div class="rgt"><h3>Most Viewed in 24 Hours</h3><ul>{_hot()}</ul></div>
<div class="topBack"><a href="#top">Top</a> <a href="#">BACK TO THE TOP</a></div>
<div class="footer"><a href="#">English</a>{_ps(lines[end + 3 :])}</div></body></html>"""
    return Seed(
        capture=_capture(
            "https://www.chinadaily.com.cn/a/202501/27/WS679752a8a310a2ab06ea9602.html", page
        ),
        title=title,
        first=lines[start],
        last=lines[end - 1],
        never=(
            "Global Edition",
            "Share",
            "BACK TO",
            "Copyright",
            "Registration",
            "Home /",
            "Photo/Xinhua",
            "FOLLOW",
        ),
        zone="Asia/Shanghai",
    )


def technode() -> Seed:
    """WordPress: entry-content, a "Read More" tail, related posts."""
    lines = _lines("001")
    page = f"""<html lang="en-US"><head><meta charset="utf-8"><title>{escape(lines[0])} · TechNode</title>
<meta property="og:title" content="{escape(lines[0])}"><meta property="og:site_name" content="TechNode">
<meta property="og:type" content="article">
<meta property="article:published_time" content="2022-10-18T09:42:10+00:00"></head><body class="post-template-default">
<header id="masthead"><ul class="menu"><li><a href="/">News</a></li><li><a href="/f">Features</a></li></ul></header>
<main id="main"><article class="post hentry"><header class="entry-header"><h1 class="entry-title">{escape(lines[0])}</h1>
<div class="entry-meta"><span class="byline">by <a href="/author/x">Jill Shen</a></span> <time class="entry-date published" datetime="2022-10-18T17:42:10+08:00">Oct 18, 2022</time></div></header>
<div class="entry-content">{_ps(lines[1:-1])}
<p><a href="/related">Read More</a></p></div></article>
<aside class="related"><h2>Related</h2><ul>{_hot(4)}</ul></aside></main>
<footer><p>© 2022 TechNode. All rights reserved.</p></footer></body></html>"""
    return Seed(
        capture=_capture(
            "https://technode.com/2022/10/18/key-tech-policies-from-chinas-20th-congress/", page
        ),
        title=lines[0],
        first=lines[1],
        last=lines[-2],
        never=("Read More", "Related", "©"),
    )


def aggregator() -> Seed:
    """A community site: summary, numbered sections with lists, attribution, sign-in and comment notes."""
    lines = _lines("000")
    cut = next(i for i, line in enumerate(lines) if line.startswith("Source:"))
    parts, items = [], False
    for line in lines[2:cut]:
        heading = line.startswith("Wind ") and "–" in line
        item = not heading and line != "Key Recommendations" and items
        if not item and parts and parts[-1].startswith("<li>"):
            parts.append("</ul>")
        if heading:
            parts.append(f"<h2>{escape(line)}</h2>")
            items = False
        elif line == "Key Recommendations":
            parts += [f"<h3>{line}</h3>", "<ul>"]
            items = True
        else:
            parts.append(f"<li>{escape(line)}</li>" if item else f"<p>{escape(line)}</p>")
    body = "\n".join(parts)
    page = f"""<html lang="en"><head><meta charset="utf-8"><title>{escape(lines[0])} | BestHub</title>
<meta property="og:title" content="{escape(lines[0])}"><meta property="og:type" content="article">
<meta property="og:site_name" content="BestHub"></head><body><nav><a href="/">BestHub</a><a href="/topics">Topics</a></nav>
<main><article><h1>{escape(lines[0])}</h1><p class="summary">{escape(lines[1])}</p>
<div class="article-body prose">{body}</ul><p>{escape(lines[cut])}</p></div>
<div class="source-note"><p>{escape(lines[cut + 1])}</p><p>{escape(lines[cut + 2])}</p></div>
<div class="publisher-card"><h3>{escape(lines[cut + 3])}</h3><p>{escape(lines[cut + 4])}</p></div></article>
<section class="community"><h2>{escape(lines[cut + 5])}</h2><p>{escape(lines[cut + 6])}</p>
<div class="comments"><h3>0 Comments</h3><p>{escape(lines[-1])}</p></div></section></main></body></html>"""
    return Seed(
        capture=_capture("https://besthub.dev/articles/top-10-tech-wind-catches-2022", page),
        title=lines[0],
        first=lines[2],
        last=lines[cut - 1],
        never=(
            "Signed-in",
            "infringes",
            "0 Comments",
            "Thoughtful readers",
            "worth your time",
            "Source: ",
        ),
    )


def xinhua_copy() -> Seed:
    """A small WordPress site that printed a reworded Xinhua report."""
    lines = _lines("003")
    page = f"""<html lang="en-US"><head><meta charset="utf-8"><title>{escape(lines[0])} – Metaverse Post</title>
<meta property="article:published_time" content="2022-02-17T08:11:00+00:00"><meta property="og:type" content="article"></head>
<body class="single"><header class="site-header"><a href="/">Metaverse Post</a></header>
<div id="content"><article id="post-77" class="post"><h1 class="entry-title">{escape(lines[0])}</h1>
<div class="entry-content">{_ps(lines[1:-1])}</div>
<footer class="entry-footer"><a href="#respond">{escape(lines[-1])}</a></footer></article>
<div id="secondary" class="widget-area"><h2>Recent Posts</h2><ul>{_hot(6)}</ul></div></div></body></html>"""
    return Seed(
        capture=_capture("https://metaversepost.example/local-governments-innovation/", page),
        title=lines[0],
        first=lines[1],
        last=next(line for line in reversed(lines) if line.startswith("“Guangdong will give")),
        never=("Leave a Comment", "Recent Posts", "(Xinhua / ", "Video reporters"),
    )


def asia_business() -> Seed:
    """Korean chrome round English text; the time stands in metadata only."""
    lines = _lines("004")
    start = next(i for i, line in enumerate(lines) if line.startswith("[Asia Economy"))
    end = next(i for i, line in enumerate(lines) if line.startswith("©"))
    title = lines[start - 2]
    page = f"""<html lang="ko"><head><meta charset="utf-8"><title>{escape(title)} - 아시아경제</title>
<meta property="og:title" content="{escape(title)}"><meta property="og:site_name" content="아시아경제">
<meta property="og:type" content="article">
<meta property="article:published_time" content="2020-05-25T11:08:16+09:00"></head><body>
<div id="skip"><a href="#contents">본문 바로가기</a></div><div class="progress">bar_progress</div>
<div class="util"><strong>Text Size</strong><a href="#">Close</a></div>
<div class="area_title"><h1>{escape(title)}</h1></div>
<div class="article fb-quotable" id="txt_area"><div class="article_photo"><img src="x.jpg"><p class="txt">{escape(lines[start - 1])}</p></div>
{_ps(lines[start:end])}<p class="txt_copyright">{escape(lines[end])}</p></div>
<div class="special"><h3>Special Coverage</h3><ul>{_hot(5)}</ul></div><div class="sns"><h3>Join us on social!</h3></div>
<a href="#">Top</a></body></html>"""
    return Seed(
        capture=_capture("https://www.asiae.co.kr/en/article/2020052510240012345", page),
        title=title,
        first=lines[start],
        last=lines[end - 1],
        never=(
            "본문",
            "bar_progress",
            "Text Size",
            "Image source",
            "©",
            "Special Coverage",
            "Join us",
        ),
        zone="Asia/Seoul",
    )
