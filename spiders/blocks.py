"""A parsed page -> its lines of text in reading order, each with where it stands. Pure."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field

from lxml import html

from spiders.linklists import MARK

_SKIPPED = frozenset(
    {
        "script", "style", "template", "svg", "iframe", "object", "embed", "head", "select",
        "option", "textarea", "input", "button", "canvas", "audio", "video", "map", "math",
        "datalist", "dialog", "noscript",
    }
)  # fmt: skip
_BLOCK = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
        "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
        "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "html", "amp-sidebar",
        "hgroup", "caption", "legend",
    }
)  # fmt: skip
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
#: Cards that show themselves when a pointer rests on a name: within a sentence, no part of it.
_HOVER_CARD = re.compile(
    r"(?:^|[\s_-])(?:(?:rollover|tooltip|popover|hover[-_]?card)[\w-]{0,30}?(?:text|content|body|inner|block|box)"
    r"|hover[-_]?card)(?:$|[\s_-])",
    re.IGNORECASE,
)
#: White space, and what icon fonts draw for characters of no meaning.
_SPACE = re.compile("[\\s\ue000-\uf8ff]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

#: Pages beyond this are cut: the longest text in the sets has 3,000 lines.
_MAX_BLOCKS = 20_000
_MAX_DEPTH = 200

#: What class names, ids and roles say of an element. One element may have several marks.
_MARKS = {
    name: re.compile(pattern)
    for name, pattern in {
        "share": r"shar(?:e|ing)|social|\bsns\b|addthis|follow|whatsapp|bshare|bdshare",
        "related": r"relat(?:ed|ion)|recommend|most[-_]?(?:read|popular|view)|popular|trending|"
        r"\bhot|hot[-_]|rank|teaser|outbrain|taboola|read[-_]?(?:more|next|also)|also[-_]?(?:like|read)|"
        r"more[-_]|[-_]more|next[-_]|prev|pager|pagination|latest|carousel|slider|related|xiangguan|tuijian|"
        r"upnext|up[-_]next|onward|recirc|see[-_]?also",
        "comment": r"comment|disqus|\brepl(?:y|ies)|respond|discuss|pinglun|gentie|feedback",
        "meta": r"byline|author|\bdate|time|[-_\b]meta\b|publish|info\b|source|editor|posted|dateline|laiyuan|byinfo",
        "caption": r"caption|credit|figure|photo|gallery|image|\bimg|picture|wp-caption|media|legend",
        "ad": r"\bads?\b|[-_]ads?\b|\bads?[-_]|advert|sponsor|promo|banner|dfp|adslot|anzeige|werbung|guanggao",
        "signup": r"newsletter|subscri|sign[-_]?up|paywall|log[-_]?in|register|modal|popup|cookie|"
        r"consent|overlay|donat|cta\b|call[-_]to",
        "nav": r"\bnav|nav\b|menu|breadcrumb|crumb|foot(?!note)|masthead|header|toolbar|topbar|"
        r"search|sitemap|skip|copyright|tools?\b",
        "tags": r"\btags?\b|[-_]tags?\b|\btags?[-_]|topic|keyword|categor|taxonom",
        "side": r"side[-_]?bar|aside|widget|rail\b|right[-_]?col|\bright\b|complementary|secondary",
        "bio": r"\bbio|about[-_]?(?:the[-_]?)?author|author[-_]?(?:bio|box|info|desc)|contributor",
        "lead": r"summary|standfirst|\bdek\b|sub[-_]?(?:title|head)|\blead|lede|intro|excerpt|abstract|kicker|chapo|teaser-text",
        "content": r"article[-_]?(?:body|text|content|main)|(?:post|entry|story|main|page|news|detail)[-_]?"
        r"(?:body|content|text)|\bcontent|content\b|articlebody|richtext|body[-_]?(?:text|copy)|\bcopy\b|prose|zhengwen",
        "article": r"article|\bpost\b|story|\bentry\b|hentry|\bmain\b",
    }.items()
}
MARKS = (
    *_MARKS,
    "hidden",
    "figure",
    "inaside",
    "innav",
    "infooter",
    "inheader",
    "inform",
    "inarticle",
    "inmain",
)
_TAG_MARKS = {
    "figure": ("figure", "caption"),
    "figcaption": ("figure", "caption"),
    "aside": ("inaside",),
    "nav": ("innav",),
    "footer": ("infooter",),
    "header": ("inheader",),
    "form": ("inform",),
    "article": ("inarticle",),
    "main": ("inmain",),
    "caption": ("caption",),
}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One line of a page: a paragraph, heading, list item, table row."""

    text: str
    #: The nearest block-level element's tag; "row" for a table row.
    tag: str
    #: Characters of `text` that are links.
    linked: int
    #: Marks of the element and its ancestors (see MARKS; "links": in a list of links) -> how many
    #: levels carry it.
    marks: dict[str, int] = field(compare=False)
    #: Ordinals of the block-level ancestors, outermost first: where it stands in the tree.
    path: tuple[int, ...]
    #: The element's own class names and id, for dates and bylines.
    name: str
    #: Inside li, blockquote, dd, td: the nearest such tag, or "".
    inside: str
    #: Whole text is bold or so.
    strong: bool


def read_blocks(tree: html.HtmlElement) -> tuple[Block, ...]:
    """Return the lines of *tree* in reading order; scripts, controls and empty lines left out."""
    reader = _Reader()
    body = tree.find("body")
    reader.walk(body if body is not None else tree)
    return tuple(reader.blocks)


@dataclass(slots=True)
class _Place:
    """Where the reader stands: what a block started here inherits."""

    tag: str
    marks: dict[str, int]
    path: tuple[int, ...]
    name: str = ""
    inside: str = ""


@functools.lru_cache(maxsize=16_384)
def marks_of(name: str) -> tuple[str, ...]:
    """Return what class names and ids, as one *name*, say of an element: keys of MARKS."""
    # camelCase is split so that "\\b" finds its parts.
    spaced = _CAMEL.sub("-", name).lower()
    return tuple(mark for mark, pattern in _MARKS.items() if pattern.search(spaced))


class _Reader:
    """One pass over the tree, collecting pieces of text until a block ends."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._linked = 0
        self._bold = 0
        self._ordinal = 0

    def walk(self, root: html.HtmlElement) -> None:
        place = _Place(tag=str(root.tag), marks={}, path=())
        self._enter(root, place, 0, False, False)
        self._flush(place)

    def _enter(
        self, element: html.HtmlElement, place: _Place, depth: int, link: bool, bold: bool
    ) -> None:
        """Read the inside of *element*, whose place is *place*."""
        if depth > _MAX_DEPTH or len(self.blocks) >= _MAX_BLOCKS:
            return
        if element.text:
            self._add(element.text, link, bold)
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag not in _SKIPPED:
                if tag == "br":
                    self._flush(place)
                elif tag == "tr" and _is_data(child):
                    self._flush(place)
                    self._row(child, self._inner(child, place))
                elif tag in _BLOCK:
                    self._flush(place)
                    inner = self._inner(child, place)
                    self._enter(child, inner, depth + 1, link, bold)
                    self._flush(inner)
                elif child.get("class") or child.get("id") or child.get("style"):
                    # Spans with a meaning (a date, a share button) are marked for their text's
                    # block only when they are the whole of it; see _flush.
                    inner = self._inner(child, place, inline=True)
                    self._span(child, inner, place, depth, link or tag == "a", bold)
                else:
                    strong = bold or tag in ("b", "strong")
                    self._enter(child, place, depth + 1, link or tag == "a", strong)
            if child.tail:
                self._add(child.tail, link, bold)

    def _span(
        self,
        element: html.HtmlElement,
        inner: _Place,
        outer: _Place,
        depth: int,
        link: bool,
        bold: bool,
    ) -> None:
        starts = not self._pieces
        strong = bold or element.tag in ("b", "strong")
        if inner.marks.get("hidden", 0) > outer.marks.get("hidden", 0) or (
            not starts and _HOVER_CARD.search(element.get("class") or "")
        ):
            # Not shown within the line: no part of its text.
            return
        self._enter(element, inner if starts else outer, depth + 1, link, strong)
        tail = (element.tail or "").strip()
        following = element.getnext()
        alone = not tail and (following is None or following.tag in _BLOCK or following.tag == "br")
        if starts and alone:
            self._flush(inner)

    def _inner(self, element: html.HtmlElement, place: _Place, *, inline: bool = False) -> _Place:
        tag = str(element.tag)
        name = " ".join(
            filter(None, (element.get("class"), element.get("id"), element.get("role")))
        )[:300]
        marks = place.marks
        found = marks_of(name) if name else ()
        extra = _TAG_MARKS.get(tag, ())
        style = element.get("style")
        hidden = element.get("hidden") is not None or bool(style and _HIDDEN.search(style))
        listed = element.get(MARK) is not None
        if found or extra or hidden or listed:
            marks = dict(marks)
            own = ("hidden",) * hidden + ("links",) * listed
            for mark in (*found, *extra, *own):
                marks[mark] = marks.get(mark, 0) + 1
        self._ordinal += 1
        inside = tag if tag in ("li", "blockquote", "dd", "dt", "td", "th") else place.inside
        return _Place(
            tag=place.tag if inline else tag,
            marks=marks,
            path=place.path if inline else (*place.path, self._ordinal),
            name=name or (place.name if inline else ""),
            inside=inside,
        )

    def _row(self, row: html.HtmlElement, place: _Place) -> None:
        cells = [
            " ".join(str(cell.text_content()).split()) for cell in row if isinstance(cell.tag, str)
        ]
        if any(cells):
            linked = sum(len(str(link.text_content())) for link in row.iter("a"))
            self._pieces.append(" | ".join(cells))
            self._linked = linked
            place.tag = "row"
            self._flush(place)

    def _add(self, text: str, link: bool, bold: bool) -> None:
        self._pieces.append(text)
        if link or bold:
            size = len(text.strip())
            self._linked += size if link else 0
            self._bold += size if bold else 0

    def _flush(self, place: _Place) -> None:
        if not self._pieces:
            return
        text = _SPACE.sub(" ", "".join(self._pieces)).strip()
        if text:
            self.blocks.append(
                Block(
                    text=text,
                    tag=place.tag,
                    linked=min(self._linked, len(text)),
                    marks=place.marks,
                    path=place.path,
                    name=place.name,
                    inside=place.inside,
                    strong=self._bold >= 0.9 * len(text),
                )
            )
        self._pieces.clear()
        self._linked = self._bold = 0


def _is_data(row: html.HtmlElement) -> bool:
    """Say whether a table row holds data, not a part of the page's layout."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2:
        return False
    for cell in cells:
        inner = sum(1 for child in cell.iter("p", "div", "table", "ul", "h1", "h2", "h3", "script"))
        if inner > 1 or len(str(cell.text_content())) > 600:
            return False
    return True
