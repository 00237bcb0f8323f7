"""The one time that a wire site prints is when it was published."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from extract_pages import PARAGRAPHS, article_page, capture

from spiders.extract import extract
from storage.types import Precision


@pytest.mark.parametrize(
    ("folder", "stated", "precision", "why"),
    [
        ("202501/27", datetime(2025, 1, 27, 9, 28, tzinfo=UTC), Precision.MINUTE, "the same day"),
        ("202501/26", datetime(2025, 1, 27, 9, 28, tzinfo=UTC), Precision.MINUTE, "the URL's day is in another zone"),
        ("202501/12", datetime(2025, 1, 12, tzinfo=UTC), Precision.DAY, "a later edit is no publication"),
    ],
)  # fmt: skip
def test_updated_alone(folder, stated, precision, why):
    url = f"https://www.example.cn/a/{folder}/WS6797.html"
    article = extract(
        capture(article_page(byline="Xinhua | Updated: 2025-01-27 17:28"), url=url),
        source_id="x",
        zone="Asia/Shanghai",
    )
    assert (article.published_at, article.published_precision) == (stated, precision), why


@pytest.mark.parametrize(
    ("byline", "given", "why"),
    [
        ("<time datetime='2025-04-14'>April 14</time>", True, "one time by the heading"),
        ("Date last reviewed: <time datetime='2025-04-14'>April 14</time>", False, "a revision"),
        ("Last updated October 3, 2025", False, "a handbook's day of revision"),
        ("<p class='date'>May 2, 2025</p>", True, "a day under the headline"),
        ("<p class='date'>2025-12-12 - 2025-12-17</p>", False, "the days of an event"),
        ("<p class='date'>May 2, 2025</p><p class='date'>May 9, 2025</p><p class='date'>May 16, 2025</p>", False, "a list's days"),
        ("<p>A. Writer | 05.04.2025 - Güncelleme : 05.04.2025</p>", True, "two days make a line of dates"),
        ("<a href='/b'><h3>Another</h3> <time datetime='2025-04-14'>April 14</time></a>", False, "the linked page's time"),
        ("<a href='/handbook/swaps'><time datetime='2025-04-14'>April 14</time></a>", True, "a blog's link to itself"),
        ("<time datetime='2025-04-14'>a</time> <time datetime='2025-03-14'>b</time> <time datetime='2025-02-14'>c</time>", False, "a list's times"),
    ],
)  # fmt: skip
def test_no_publication_is_invented(byline, given, why):
    page = article_page(byline=byline)
    article = extract(capture(page, url="https://www.example.com/handbook/swaps"), source_id="x")
    assert (article.published_at is not None) is given, why


@pytest.mark.parametrize(
    ("name", "day", "why"),
    [
        ("Where the money goes | The Paper | 28.04.2023", datetime(2023, 4, 28, tzinfo=UTC), "the site adds the day"),
        ("Where the money goes | The Paper", None, "nothing said"),
        ("What we know of 28.04.2023", None, "part of the headline"),
        ("Where the money goes | Events until 28.04.2023", None, "the part says more than a day"),
    ],
)  # fmt: skip
def test_the_day_in_the_pages_name(name, day, why):
    page = article_page(head=f'<meta property="og:title" content="{name}">', byline="")
    article = extract(capture(page, url="https://www.example.com/a/money"), source_id="x")
    assert article.published_at == day, why


def test_the_day_of_a_lists_first_entry_is_not_taken():
    entries = "".join(
        f"<li><p class='d'>May {day}, 2025</p>{PARAGRAPHS[0]}</li>" for day in (2, 2, 9, 16)
    )
    page = article_page(byline="", paragraphs=()).replace("</h1>", f"</h1><ul>{entries}</ul>")
    article = extract(capture(page, url="https://www.example.com/events/us"), source_id="x")
    assert article.published_at is None
    alone = page.replace("<p class='d'>May 9, 2025</p>", "").replace(
        "<p class='d'>May 16, 2025</p>", ""
    )
    article = extract(capture(alone, url="https://www.example.com/events/us"), source_id="x")
    assert article.published_at is not None, "printed above the headline and under it"


def test_the_day_of_another_article_is_not_taken():
    links = "<div><span>Next:</span> <a href='/b'>Prices on August 19, 2019</a></div>"
    page = (
        article_page(byline="")
        .replace("<h1>", f"<h1>Masthead of the site</h1>{links}<h2>")
        .replace("</h1><div class", "</h2><div class")
    )
    article = extract(capture(page, url="https://www.example.com/a/prices"), source_id="x")
    assert article.published_at is None
