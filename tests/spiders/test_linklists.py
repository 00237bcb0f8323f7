"""Lists of links are found whatever they are called, and prose never is."""

from __future__ import annotations

import pytest
from extract_pages import PARAGRAPHS, article_page, capture
from lxml import html

from spiders.extract import extract
from spiders.linklists import MARK, mark_lists, without_lists

ITEMS = "".join(f'<li><a href="/{n}">Some other headline number {n}</a></li>' for n in range(5))


@pytest.mark.parametrize(
    ("inner", "found", "why"),
    [
        (f"<ul id=x>{ITEMS}</ul>", True, "a hot list"),
        (f"<div id=x><h3>Hot now</h3><ul>{ITEMS}</ul></div>", True, "with its heading"),
        ("<div id=x><a>Facebook</a> <a>WeChat</a> <span>3,214</span></div>", True, "a share bar"),
        ("<div id=x><a>Only one link</a></div>", False, "one link may be a line of the text"),
        (
            f"<div id=x><h1>{'A title ' * 20}</h1>{ITEMS}</div>",
            False,
            "the page's heading is in it",
        ),
        (f"<div id=x><p>{'Prose ' * 30}</p>{ITEMS * 4}</div>", False, "prose stands in it"),
        (
            "<div id=x><p>As <a>he</a> and <a>she</a> said long ago in town.</p></div>",
            False,
            "text",
        ),
        ("<p id=x><a>All of it</a> <a>is links</a></p>", False, "a paragraph is weighed by itself"),
    ],
)
def test_what_is_a_list_of_links(inner, found, why):
    tree = html.document_fromstring(f"<html><body><p>Elsewhere.</p>{inner}</body></html>")
    mark_lists(tree)
    assert (tree.get_element_by_id("x").get(MARK) is not None) is found, why
    assert (not without_lists(tree).xpath("//*[@id='x']")) is found, why


def test_other_links_leave_the_text_as_it_was():
    page = article_page()
    plain = extract(capture(page), source_id="x")
    busy = extract(
        capture(page.replace("</body>", f"<div>{ITEMS * 3}</div></body>")), source_id="x"
    )
    assert PARAGRAPHS[0] in plain.text
    assert busy.text == plain.text
