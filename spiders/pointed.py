"""What a person's selectors point at. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree, html
from lxml.cssselect import CSSSelector, SelectorError


def select(tree: html.HtmlElement, css: str) -> list[html.HtmlElement]:
    """Return what *css* finds in *tree*; nothing when it is no selector."""
    try:
        return [
            e for e in CSSSelector(css, translator="html")(tree) if isinstance(e, html.HtmlElement)
        ]
    except (SelectorError, etree.XPathError):
        return []


def texts(tree: html.HtmlElement, selectors: Sequence[str]) -> tuple[str, ...]:
    """Return what *selectors* find: the first that finds anything speaks."""
    for css in selectors:
        found = []
        for element in select(tree, css)[:10]:
            value = element.get("content") or element.get("datetime") or str(element.text_content())
            if text := " ".join(value.split()):
                found.append(text)
        if found:
            return tuple(found)
    return ()
