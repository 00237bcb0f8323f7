"""Lists of links on a page, found before anything is weighed: what changes while a text does not.

Menus, hot lists, related stories and share bars differ from one fetch to the next. Readability's and
trafilatura's scores move with them, and a line in doubt moves with those scores: of 237 pages read
again with other chrome, 26 texts differed. So these lists are taken out before anybody is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree, html

from spiders.others import below_others

#: Attribute that marks a list's outermost element, for `spiders.blocks` and `without_lists`.
MARK = "data-windcatch-links"

_HOLDERS = frozenset(
    {"div", "section", "ul", "ol", "aside", "nav", "table", "footer", "header", "form", "dl"}
)
#: Share of a list's characters that are links.
_LINKED = 0.6
#: One piece of text outside links as long as this is prose, whatever stands around it; and so are
#: this many sentences. In bytes of UTF-8: a Chinese line says in 40 characters what takes 120 here.
_PROSE = 120
_SENTENCES = 3
_ENDS = (".", "!", "?", "。", "！", "？", "；", "”", '"')
_SKIPPED = frozenset({"script", "style", "noscript", "template", "svg"})


@dataclass(slots=True)
class _Size:
    """What an element holds, in bytes and counts."""

    total: int = 0
    linked: int = 0
    links: int = 0
    #: Outside links: the longest piece, and the pieces that end a sentence.
    longest: int = 0
    sentences: int = 0

    def add(self, text: str | None) -> None:
        piece = text.strip() if text else ""
        if piece:
            size = len(piece.encode("utf-8", "replace"))
            self.total += size
            self.longest = max(self.longest, size)
            self.sentences += size >= 24 and piece.endswith(_ENDS)

    def take(self, inner: _Size) -> None:
        self.total += inner.total
        self.linked += inner.linked
        self.links += inner.links
        self.longest = max(self.longest, inner.longest)
        self.sentences += inner.sentences

    def is_list(self) -> bool:
        return (
            self.links >= 2
            and self.linked >= _LINKED * self.total
            and self.longest < _PROSE
            and self.sentences < _SENTENCES
        )


def mark_lists(tree: html.HtmlElement) -> None:
    """Set MARK on the outermost element of every list of links in *tree*, which is changed.

    An element is one when it holds two links or more, three fifths of its text are links, and
    neither the page's heading nor prose stands in it. What stands under a heading for other articles
    counts as one too, whatever it holds.
    """
    known: dict[html.HtmlElement, _Size] = {}
    lists: list[html.HtmlElement] = []
    # In reverse document order every element comes after all that it holds.
    for element in reversed(list(tree.iter(etree.Element))):
        tag = element.tag
        if tag in _SKIPPED:
            continue
        size = _Size()
        size.add(element.text)
        for child in element:
            if (inner := known.pop(child, None)) is not None:
                size.take(inner)
            size.add(child.tail)
        if tag == "a":
            size = _Size(total=size.total, linked=size.total, links=1)
        elif tag == "h1":
            size.longest = max(size.longest, _PROSE)
        known[element] = size
        if tag in _HOLDERS and size.is_list():
            lists.append(element)
    for element in (*lists, *below_others(tree)):
        element.set(MARK, "")


def without_lists(tree: html.HtmlElement) -> html.HtmlElement:
    """Remove the marked lists from *tree*, which is changed and returned."""
    for element in tree.xpath(f"//*[@{MARK}][not(ancestor::*[@{MARK}])]"):
        if element.getparent() is not None:
            element.drop_tree()
    return tree
