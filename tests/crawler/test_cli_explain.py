"""`extract --explain`: what was taken out of a text, and where its values are from."""

from __future__ import annotations

import json

from extract_pages import article_page

PAGE = article_page(
    tail="<p>Read More</p>", head='<meta property="article:published_time" content="2025-01-27T17:28:00+08:00">'
)  # fmt: skip


def test_what_was_removed_and_why(cli) -> None:
    cli.write("page.html", PAGE.replace("<p>Analysts", "<p>Share - WeChat</p><p>Analysts"))
    result = cli("extract", "page.html", "--explain", "--json")
    assert result.code == 0
    answer = json.loads(result.out)
    assert answer["published_from"] == "meta"
    assert "Share - WeChat" not in answer["text"]
    assert all(set(found) == {"line", "why"} for found in answer["removed"])


def test_without_it_the_contract_is_as_it_was(cli) -> None:
    cli.write("page.html", PAGE)
    answer = json.loads(cli("extract", "page.html", "--json").out)
    assert not {"removed", "published_from", "captions"} & set(answer)
