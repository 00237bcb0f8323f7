"""Bytes of a response -> text and one parsed tree, whatever the charset claims. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree, html
from w3lib.encoding import http_content_type_encoding, read_bom, resolve_encoding

#: Charsets tried when none is declared or the declared one does not fit, in no order: the
#: text that reads best wins (see `_plausibility`).
_CANDIDATES = ("gb18030", "big5hkscs", "cp949", "cp932", "euc_jp", "cp1252", "cp1251", "cp1250")

# `<meta charset=...>`, `<meta http-equiv content="text/html; charset=...">`, `<?xml encoding=?>`.
# Old portals declare it after 100 kB of scripts, so the whole head room is searched.
_META_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?\s*"
    rb"([a-zA-Z0-9_\-:.]{2,40})",
    re.IGNORECASE,
)
_LATEST_DECLARATION = 512 * 1024

#: Share of non-ASCII characters that may be broken before a charset is disbelieved. Text cut in
#: the middle of characters has a few per cent; text in another charset read as UTF-8 has more
#: broken than whole ones, read as another two-byte charset some per cent.
_TOLERATED_UTF8 = 0.25
_TOLERATED = 0.02

# The commonest characters of running Chinese; of simplified and traditional text they are the
# ones that make up over a fifth of it. Kana and Hangul are told by their blocks.
_COMMON_HAN = frozenset(
    "的一是不了在有人我他这这這中大来來上国國个個到说說们們为為子和你地出道也时時年得就那要下以生会會自着"
    "著去之过過家学學对對可里裡后後小么麼心多天而能好都然没沒日于於起还還发發成事只作当當想看文无無开開"
    "新公司市月报報经經"
)

# libxml2 refuses these, and no text means them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
#: Elements that hold no paragraphs, and how many show that one was left open.
_NO_PROSE = ("button", "svg", "symbol", "select", "textarea", "label", "canvas", "audio", "video")
_SWALLOWED = 4
_ENDS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One response as text and tree. The tree is shared: readers must not change it."""

    text: str
    #: None when there is nothing to parse.
    tree: html.HtmlElement | None
    #: Python's name of the charset used.
    encoding: str
    #: bom, hint, header, meta, utf-8 (it fits) or detected.
    encoding_from: str


def read_page(body: bytes, *, content_type: str | None = None, hint: str | None = None) -> Page:
    """Return *body* decoded and parsed; never raises.

    The order of belief: byte order mark, *hint* (a person looked), UTF-8 when the bytes fit it
    (chance fits are next to impossible), the HTTP header, the page's own declaration, detection.
    """
    text, encoding, source = decode(body, content_type=content_type, hint=hint)
    return Page(text=text, tree=parse(text), encoding=encoding, encoding_from=source)


def decode(
    body: bytes, *, content_type: str | None = None, hint: str | None = None
) -> tuple[str, str, str]:
    """Return the text of *body*, the charset used, and what made us use it; never raises."""
    bom_encoding, bom = read_bom(body)
    if bom_encoding is not None and bom is not None:
        return body[len(bom) :].decode(bom_encoding, "replace"), bom_encoding, "bom"
    wide = _wide(body)
    if wide is not None:
        return body.decode(wide, "replace"), wide, "detected"
    for source, name in _claims(body, content_type, hint):
        text = _try(body, name)
        tolerated = _TOLERATED_UTF8 if name == "utf-8" else _TOLERATED
        if text is not None and _broken(text) <= tolerated and not _mojibake(text, name):
            return text, name, source
    name = max(_CANDIDATES, key=lambda candidate: _plausibility(body, candidate))
    if _plausibility(body, name) <= 0:
        name = "utf-8"
    return body.decode(name, "replace"), name, "detected"


def parse(text: str) -> html.HtmlElement | None:
    """Return the root of *text* read as HTML, without comments, or None when it holds nothing."""
    text = _XML_DECLARATION.sub("", _CONTROL.sub("", text), count=1)
    # libxml2 drops what stands behind them; HTML's own rules put it in the body.
    text = _ENDS.sub("", text)
    if not text.strip():
        return None
    # Bytes with a stated charset: a `str` makes lxml obey the page's own, wrong, declaration.
    # No huge_tree: libxml2's limits on depth and text size are our guard against bombs.
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", "ignore"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None
    if not isinstance(root, html.HtmlElement):
        return None
    _close(root)
    return root


def _close(root: html.HtmlElement) -> None:
    """Put what an element never closed has swallowed beside it: half a page inside a button."""
    for element in list(root.iter(*_NO_PROSE)):
        inside = element.iterfind(".//p")
        if sum(1 for _ in islice(inside, _SWALLOWED)) == _SWALLOWED:
            element.drop_tag()


def _claims(body: bytes, content_type: str | None, hint: str | None) -> Iterator[tuple[str, str]]:
    if hint and (name := resolve_encoding(hint)):
        yield "hint", name
    yield "utf-8", "utf-8"
    if content_type and (name := http_content_type_encoding(content_type)):
        yield "header", name
    for found in _META_CHARSET.finditer(body[:_LATEST_DECLARATION]):
        if name := resolve_encoding(found.group(1).decode("ascii")):
            yield "meta", name


def _try(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name, "replace")
    except (LookupError, UnicodeError):
        return None


def _broken(text: str) -> float:
    """Return the share of non-ASCII characters that could not be decoded."""
    bad = text.count("\ufffd")
    if not bad:
        return 0.0
    return bad / max(1, sum(1 for char in text if char > "\x7f"))


def _mojibake(text: str, name: str) -> bool:
    """Say whether a one-byte charset was claimed for what is really a multi-byte text.

    One-byte charsets fit anything; real Western text has single accented letters between plain
    ones, while Chinese read so is runs of them.
    """
    if name not in {"cp1252", "latin-1", "iso8859-1", "cp1250", "iso8859-15", "ascii"}:
        return False
    high = sum(1 for char in text if char > "\x7f")
    runs = sum(len(run) for run in re.findall("[\x80-\xff\u0152-\u2122]{4,}", text))
    return high > 50 and runs / high > 0.6


def _wide(body: bytes) -> str | None:
    """Return UTF-16's name for bytes in it without a mark: every second byte of ASCII is zero."""
    sample = body[:2000]
    if len(sample) < 8:
        return None
    half = len(sample) / 2
    if sample[1::2].count(0) / half > 0.4 and sample[::2].count(0) / half < 0.1:
        return "utf-16-le"
    if sample[::2].count(0) / half > 0.4 and sample[1::2].count(0) / half < 0.1:
        return "utf-16-be"
    return None


def _plausibility(body: bytes, name: str) -> float:
    """Return how much *body* reads like a language when decoded as *name*; 0 when it does not."""
    text = body[:200_000].decode(name, "replace")
    letters = [char for char in text if char > "\x7f"]
    if not letters:
        return 0.0
    total = len(letters)
    broken = text.count("\ufffd") / total
    if name in {"cp1252", "cp1250"}:
        accented = sum(1 for char in letters if char.isalpha() or char in "’“”–—…«»©°€£")
        runs = sum(len(run) for run in re.findall("[\x80-\uffff]{3,}", text))
        return 0.35 * accented / total * (1 - min(1.0, 1.5 * runs / total)) - broken
    if name == "cp1251":
        return sum(1 for char in letters if "а" <= char <= "я") / total * 0.5 - broken
    if name == "cp949":
        return sum(1 for char in letters if "가" <= char <= "힣") / total - 2 * broken
    if name in {"cp932", "euc_jp"}:
        kana = sum(1 for char in letters if "ぁ" <= char <= "ヶ")
        # Half of Japanese is kana; read as Korean, the same bytes are nearly all Hangul.
        return 2.2 * kana / total - 2 * broken
    return sum(1 for char in letters if char in _COMMON_HAN) / total * 3 - 2 * broken
