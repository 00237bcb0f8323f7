"""Articles on several pages: which link is the next page of the same article. Pure.

The addresses that a next page may have are few, and all are made of the first page's: `a_2.html`,
`a?page=2`, `a/2/`. A link counts when it leads to one of them and says that it turns a page. So a
link to the next article is never taken, and a page without such an address costs no parsing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lxml import html

from spiders.page import read_page

#: Pages of one article that are read; the sets' longest has 9.
MOST = 12

_NUMBERS = (
    "page",
    "p",
    "pg",
    "pn",
    "paged",
    "pageno",
    "pagenum",
    "pageindex",
    "currentpage",
    "seite",
)
_EXTENSION = re.compile(r"\.(?:s?html?|jhtml|php|aspx?|jsp|do)$", re.IGNORECASE)
_FIRST = re.compile(r"(?<=[_-])1$|(?<=[_-]p)1$")
_NEXT = re.compile(
    r"\W*(?:下一?[页頁]|[后後][页頁]|next(?:\s+page)?|continue(?:d)?(?:\s+reading)?(?:\s+on\s+(?:the\s+)?next\s+page)?|"
    r"다음(?:\s*페이지)?|次へ|次の?ページ(?:へ)?|weiter|nächste\s+seite|(?:page\s+)?suivante?|(?:página\s+)?siguiente|"
    r"(?:pagina\s+)?successiva|volgende(?:\s+pagina)?|[›»>→]+)\W*",
    re.IGNORECASE,
)
_PREVIOUS = re.compile(
    r"\W*(?:上一?[页頁]|[前首][页頁]|第[一1][页頁]|(?:previous|prev|first)(?:\s+page)?|이전(?:\s*페이지)?|처음|"
    r"前へ|前の?ページ(?:へ)?|zurück|vorherige\s+seite|(?:page\s+)?précédente|(?:página\s+)?anterior|[‹«<←]+|1)\W*",
    re.IGNORECASE,
)
_OF_COMMENTS = re.compile(r"comment|disqus|\brepl(?:y|ies)\b|pinglun|gentie|댓글", re.IGNORECASE)
#: An address that may be a later page's: it ends in a small number, but for its extension.
_LATER = re.compile(r"[_/=p-]\d{1,2}(?:/|\.\w{2,5}|&.*)?$", re.IGNORECASE)
#: A list of articles has a pager too: so much text outside links makes a page of prose, in bytes.
_PROSE = 240


def next_part(
    body: bytes, *, content_type: str | None, first: str, read: Sequence[str]
) -> str | None:
    """Return the address of the page that follows in the article that begins at *first*, or None.

    *body* is the newest page; *read* are the addresses of all pages so far, in order.
    """
    number = len(read) + 1
    if number > MOST:
        return None
    wanted = {
        key: url for url in _addresses(first, number) if (key := _key(url)) not in map(_key, read)
    }
    if not any(_mention(url, body) for url in wanted.values()):
        return None
    tree = read_page(body, content_type=content_type).tree
    if tree is None or not _is_prose(tree):
        return None
    found: dict[str, str] = {}
    for url, text, rel in _links(tree, read[-1]):
        if _key(url) not in wanted:
            continue
        if re.fullmatch(rf"\W*(?:page|seite|第)?\s*{number}\s*[页頁]?\W*", text, re.IGNORECASE):
            # Zero-based numbering: `a_1.html` is called 2. What it is called settles it.
            return url
        if "next" in rel or _NEXT.fullmatch(text):
            found.setdefault("next", url)
    return found.get("next")


def first_part(body: bytes, *, content_type: str | None, url: str) -> str | None:
    """Return the address of the first page when the page at *url* is a later one, else None."""
    if not _LATER.search(url):
        return None
    tree = read_page(body, content_type=content_type).tree
    for link, text, rel in _links(tree, url) if tree is not None else ():
        # Only what is called 1, first or previous may be the first page.
        if not (_PREVIOUS.fullmatch(text) or "prev" in rel) or _key(link) == _key(url):
            continue
        for number in range(2, MOST + 1):
            if any(_key(later) == _key(url) for later in _addresses(link, number)):
                return link
    return None


def _addresses(first: str, number: int) -> Iterator[str]:
    """Yield the addresses that page *number* of the article at *first* may have."""
    parts = urlsplit(first)
    path, query = parts.path, parse_qsl(parts.query, keep_blank_values=True)
    match = _EXTENSION.search(path)
    extension = match.group() if match else ""
    stem = path.removesuffix(extension).rstrip("/")
    slash = "/" if path.endswith("/") else ""
    paths = []
    if stem:
        if _FIRST.search(stem):
            paths.append(f"{_FIRST.sub('', stem)}{number}{extension}{slash}")
        if extension:
            paths += [f"{stem}{mark}{n}{extension}" for n in (number, number - 1) for mark in "_-"]
        else:
            paths += [
                f"{stem}{mark}{number}{end}"
                for mark in ("/", "/page/", "_", "-")
                for end in ("", "/")
            ]
    for one in paths:
        yield urlunsplit(parts._replace(path=one, fragment=""))
    names = [name for name, _ in query]
    for name in (n for n in _NUMBERS if len(path) > 1 or query):
        plain = [(k, v) for k, v in query if k.lower() != name]
        old = next((k for k in names if k.lower() == name), name)
        for n in (number, number - 1):
            yield urlunsplit(parts._replace(query=urlencode([*plain, (old, str(n))]), fragment=""))


def _mention(url: str, body: bytes) -> bool:
    """Say whether *body* can hold a link to *url*: its last piece stands in it."""
    parts = urlsplit(url)
    last = (
        parts.query.rsplit("&", 1)[-1] if parts.query else parts.path.rstrip("/").rsplit("/", 1)[-1]
    )
    if last.isdigit():
        last = "/".join(parts.path.rstrip("/").rsplit("/", 2)[-2:])
    return last.encode("utf-8", "replace") in body


def _links(tree: html.HtmlElement, url: str) -> Iterator[tuple[str, str, str]]:
    """Yield (address, text, rel) of the links of *tree* on its own host, none of comments."""
    host = urlsplit(url).hostname
    for link in tree.iter("a", "link"):
        href = (link.get("href") or "").strip()
        if (
            not href
            or href.startswith(("#", "javascript:", "mailto:"))
            or _OF_COMMENTS.search(href)
        ):
            continue
        try:
            target = urljoin(url, href).partition("#")[0]
            same = urlsplit(target).hostname == host
        except ValueError:
            continue
        if same and not any(_OF_COMMENTS.search(_named(e)) for e in link.iterancestors()):
            text = " ".join(str(link.text_content()).split()) if link.tag == "a" else ""
            if len(text) <= 60:
                yield target, text, (link.get("rel") or "").lower()


def _named(element: html.HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _is_prose(tree: html.HtmlElement) -> bool:
    size = 0
    for element in tree.iter("p", "div", "td", "span"):
        for piece in (
            element.text,
            *(
                child.tail
                for child in element
                if child.tag in ("br", "a", "strong", "b", "em", "img")
            ),
        ):
            if piece and len(piece.strip()) > 15:
                size += len(piece.strip().encode("utf-8", "replace"))
        if size >= _PROSE:
            return True
    return False


def _key(url: str) -> tuple[str, str, str]:
    """Return what two addresses of one page have in common: scheme and final slash may differ."""
    parts = urlsplit(url)
    return parts.netloc.lower(), parts.path.rstrip("/"), parts.query
