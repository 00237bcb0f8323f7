"""The title among those a page states."""

from __future__ import annotations

import pytest
from lxml import html

from spiders.structured import read_structured
from spiders.title import read_title

LONG = "Council weighs a second bridge across the river"


@pytest.mark.parametrize(
    ("head", "body", "title", "why"),
    [
        (f"<title>{LONG} - Daily</title>", f"<h1>{LONG}</h1>", LONG, "the heading stands in the page's title"),
        (f'<meta property="og:title" content="{LONG} on Monday, say two members">', f"<h1>{LONG}</h1>", LONG, "what follows is not the page's"),
        (f'<meta property="og:title" content="{LONG[:30]}...">', f"<h1>{LONG}</h1>", LONG, "cut short"),
        (f'<meta property="og:title" content="{LONG}">', "<h1>Local news</h1>", LONG, "a heading about something else"),
        ("<title>全国大罢工再次严重影响交通-新华网</title>", "", "全国大罢工再次严重影响交通", "the site names itself last"),
        ('<meta name="ArticleTitle" content="商务推介会在圣保罗举行">', "<h1>某某省人民政府网站</h1>", "商务推介会在圣保罗举行", "the state's own mark; a masthead is no headline"),
        ("<title>商务推介会在圣保罗举行 今天开幕</title>", "<h1>某某省人民政府网站</h1>", "商务推介会在圣保罗举行 今天开幕", "a masthead alone"),
        ("<title>地方财政-企业负担与减税降费</title>", "", "地方财政-企业负担与减税降费", "no site's name"),
    ],
)  # fmt: skip
def test_the_title(head, body, title, why):
    tree = html.document_fromstring(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>")
    assert read_title(tree, read_structured(tree))[0] == title, why


def _stated(headline: str, more: str = "") -> str:
    return (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{headline}"{more}}}</script>'
        f'<meta property="og:title" content="{LONG}">'
    )


@pytest.mark.parametrize(
    ("head", "body", "title", "why"),
    [
        (_stated("River bridge: council, cost, date"), "", "River bridge: council, cost, date", "JSON-LD before og:title"),
        (_stated("River bridge: council, cost, date"), f"<h1>{LONG}</h1>", LONG, "readers see og:title"),
        (_stated("River bridge: council, cost, date", ', "alternativeHeadline": "A second bridge"'), f"<h1>{LONG}</h1>",
         "River bridge: council, cost, date", "two headlines in JSON-LD were written with care"),
        (_stated("River bridge: council, cost, date", f', "name": "{LONG}"'), "<h1>A bridge</h1>", LONG, "JSON-LD itself says og:title"),
        ("<title>Heli\u00adcopter pad plan\u200b</title>", "", "Helicopter pad plan", "marks where a line may break"),
    ],
)  # fmt: skip
def test_statements_that_disagree(head, body, title, why):
    tree = html.document_fromstring(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>")
    assert read_title(tree, read_structured(tree))[0] == title, why
