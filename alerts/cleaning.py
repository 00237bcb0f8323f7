"""Makes text from the web safe to show: no controls, no direction tricks, no endless marks. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

#: C0 and C1 controls, DEL, line and paragraph separators, bidi marks, embeddings, overrides and
#: isolates, zero-width joiners that hide words (U+200B, U+2060, U+FEFF), tags, lone surrogates,
#: non-characters. U+200C and U+200D stay: Persian and emoji need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffc\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACE = re.compile(r"\s+")
#: More combining marks on one letter than any script uses: text drawn over its neighbours.
_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)

ELLIPSIS = "…"

#: Slack's limit for a button's URL is 3000 (slack-sdk 3.47); a little is left for escaping.
URL_MAX = 2900
_URL_SAFE = "%/?#:@!$&'()*+,;=~-._[]"


def clean(text: str, limit: int) -> str:
    """Return *text* on one line, composed (NFC), without hidden characters, cut to *limit*.

    *limit* counts code points; a cut text ends in an ellipsis that is counted too.
    """
    # A title of a megabyte is cut before, not after, the work is done on it.
    text = text[: limit * 4 + 400]
    # Surrogates first: normalising or encoding them raises.
    text = _HIDDEN.sub("", _SPACE.sub(" ", text))
    text = _MARKS.sub(r"\1", unicodedata.normalize("NFC", text))
    # NFC may compose, never exposes a hidden character; spaces may meet after removal.
    return cut(_SPACE.sub(" ", text).strip(), limit)


def runs(text: str) -> str:
    """Return *text* cleaned like `clean` but with its outer spaces kept: a part of a sentence."""
    inner = clean(text, 3 * len(text) + 1)  # composing may lengthen it
    if not inner:
        return " " if text else ""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{inner}{after}"


def cut(text: str, limit: int) -> str:
    """Return *text* with at most *limit* code points, at a word's end where one is near."""
    if len(text) <= limit:
        return text
    head = text[: max(0, limit - 1)]
    space = head.rfind(" ")
    if space > limit * 0.8:
        head = head[:space]
    # A mark whose letter stays is fine; a joiner with nothing after it is not.
    return head.rstrip(" \u200c\u200d") + ELLIPSIS if limit > 0 else ""


def link(url: str | None) -> str | None:
    """Return *url* in a form that is safe inside a link, or None when it must not be one.

    Only http and https; no user or password (they hide the true host); an international host as
    punycode, so that a look-alike shows; everything else percent-encoded; at most 2900 characters.
    """
    if not url or len(url) > URL_MAX:
        return None
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    if re.search(r"[\s<>|\"'\\^`{}%]", host):
        return None
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if ":" in name:
        name = f"[{name}]"
    netloc = name if port is None else f"{name}:{port}"
    try:
        encoded = [quote(_HIDDEN.sub("", p), safe=_URL_SAFE) for p in parts[2:]]
    except UnicodeError:
        return None
    safe = urlunsplit((parts.scheme, netloc, *encoded))
    return safe if len(safe) <= URL_MAX else None
