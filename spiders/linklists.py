"""Lists of links on a page, found before anything is weighed: what changes while a text does not.

Menus, hot lists, related stories and share bars differ from one fetch to the next. Readability's and
trafilatura's scores move with them, and a line in doubt moves with those scores: of 237 pages read
again with other chrome, 26 texts differed. So these lists are taken out before anybody is asked.
"""

from __future__ import annotations

from lxml import etree, html

#: Attribute that marks a list's outermost element, for `spiders.blocks` and `without_lists`.
MARK = "data-windcatch-links"

_HOLDERS = frozenset(
    {"div", "section", "ul", "ol", "aside", "nav", "table", "footer", "header", "form", "dl"}
)
#: Share of a list's characters that are links.
_LINKED = 0.6
#: One piece of text outside links as long as this is prose, whatever stands around it.
_PROSE = 120
_SKIPPED = frozenset({"script", "style", "noscript", "template", "svg"})


def mark_lists(tree: html.HtmlElement) -> None:
    """Set MARK on the outermost element of every list of links in *tree*, which is changed.

    An element is one when it holds two links or more, three fifths of its text are links, and no
    longer piece of prose or heading of the page stands in it.
    """
    # Per element: characters, of these linked, links, longest piece outside links.
    known: dict[html.HtmlElement, tuple[int, int, int, int]] = {}
    lists: list[html.HtmlElement] = []
    # In reverse document order every element comes after all that it holds.
    for element in reversed(list(tree.iter(etree.Element))):
        tag = element.tag
        if tag in _SKIPPED:
            known[element] = (0, 0, 0, 0)
            continue
        size = longest = len((element.text or "").strip())
        linked = links = 0
        for child in element:
            inner = known.pop(child, (0, 0, 0, 0))
            tail = len((child.tail or "").strip())
            size += inner[0] + tail
            linked += inner[1]
            links += inner[2]
            longest = max(longest, inner[3], tail)
        if tag == "a":
            linked, links, longest = size, 1, 0
        elif tag == "h1":
            longest = max(longest, _PROSE)
        known[element] = (size, linked, links, longest)
        if tag in _HOLDERS and links >= 2 and linked >= _LINKED * size and longest < _PROSE:
            lists.append(element)
    for element in lists:
        element.set(MARK, "")


def without_lists(tree: html.HtmlElement) -> html.HtmlElement:
    """Remove the marked lists from *tree*, which is changed and returned."""
    for element in tree.xpath(f"//*[@{MARK}][not(ancestor::*[@{MARK}])]"):
        if element.getparent() is not None:
            element.drop_tree()
    return tree
