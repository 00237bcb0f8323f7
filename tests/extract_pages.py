"""Pages written for the tests: real sites' structure, our own words, their kind of chrome."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from storage.types import Capture

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

PARAGRAPHS = tuple(
    """
The ministry said on Monday that the new rules for battery swapping stations would take \
effect in spring, after two years of trials in eleven cities across the country.
Operators must publish the price of a swap before the customer drives in, and keep records \
of every battery for at least ten years, according to the document.
Analysts expect the number of stations to double within three years, although several \
carmakers have argued that faster charging would make them unnecessary.
Local governments will decide on subsidies themselves, the ministry added, provided that \
the total stays below the ceiling set in the annual budget.
The rules were drafted together with the grid company, which had asked for a limit on the \
power that a single station may draw in the evening hours.
""".strip().split("\n")
)


def capture(body: str | bytes, *, url: str = "https://www.example.com/2025/01/27/swap-rules-12345.html",
            status: int = 200, **headers: str) -> Capture:  # fmt: skip
    """Return *body* as answered for *url*."""
    return Capture(
        url=url,
        final_url=url,
        status=status,
        headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()),
        body=body if isinstance(body, bytes) else body.encode(),
        fetched_at=NOW,
    )


def article_page(
    *,
    title: str = "New rules for battery swapping take effect in spring",
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    head: str = "",
    byline: str = "By Jane Doe | Updated: 2025-01-27 17:28",
    tail: str = "",
    lang: str = "en",
) -> str:
    """Return an article with a plain site's chrome round it."""
    body = "\n".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    links = "".join(
        f'<li><a href="/n/{n}">Another headline of the day, {n}</a></li>' for n in range(12)
    )
    return f"""<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
<title>{escape(title)} - Example Daily</title>{head}</head><body>
<nav class="menu"><a href="/">Home</a> <a href="/b">Business</a> <a href="/w">World</a></nav>
<div class="main"><h1>{escape(title)}</h1><div class="info"><span class="date">{byline}</span></div>
<div class="share"><a href="#">Share</a> <a href="#">Share - WeChat</a></div>
<div id="Content" class="article-content">{body}</div>{tail}</div>
<div class="sidebar"><h3>Most read</h3><ul>{links}</ul></div>
<footer>Copyright 2025 Example Daily. All rights reserved.</footer></body></html>"""


def paragraphs_of(text: str) -> list[str]:
    """Return *text*'s paragraphs."""
    return [line for line in text.split("\n\n") if line.strip()]
