"""Whose names are authors': people and bodies, never the site itself."""

from __future__ import annotations

import pytest
from lxml import html

from spiders.authors import read_authors
from spiders.structured import read_structured

NAMED = '<meta property="og:site_name" content="The Example Daily">'


@pytest.mark.parametrize(
    ("head", "host", "authors", "why"),
    [
        (NAMED + '<meta name="author" content="Example Daily">', "www.example.com", (), "the site"),
        (NAMED + '<meta name="author" content="Jane Doe, Example Daily">', "www.example.com", ("Jane Doe",), "a person at the site"),
        ('<meta name="author" content="TechNews">', "technews.example", (), "the address's own name"),
        ('<meta name="author" content="technews.example">', "www.technews.example", (), "the address"),
        (NAMED + '<meta name="author" content="新华社">', "www.example.com", ("新华社",), "an agency is none of the site's names"),
        ('<meta name="author" content="Example Foundation">', "www.example.com", ("Example Foundation",), "says more than the address"),
    ],
)  # fmt: skip
def test_the_site_is_no_author(head, host, authors, why):
    tree = html.document_fromstring(f"<html><head>{head}</head><body><p>x</p></body></html>")
    assert read_authors(read_structured(tree), host=host) == authors, why


def test_a_byline_speaks_where_the_markup_names_the_site():
    tree = html.document_fromstring(
        f'<html><head>{NAMED}<meta name="author" content="Example Daily"></head></html>'
    )
    found = read_authors(read_structured(tree), host="example.com", notes=("By Jane Doe",))
    assert found == ("Jane Doe",)
