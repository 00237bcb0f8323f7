"""The canonical form of a URL: WHATWG parsing plus what sharing tools and templates add. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

import ada_url

from storage.tracking import (
    ALLOW,
    INDEX_FILES,
    SESSION_WHEN_LONG,
    TRACKING,
    TRACKING_PREFIXES,
    TRACKING_WHEN_WORD,
    VIEWS,
)

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_PATH_SESSION = re.compile(
    r";(?:jsessionid|phpsessid|sid|sessionid)=[^/;?#]*|/\([A-Z]\([a-z0-9]{16,}\)\)", re.IGNORECASE
)
_LONG_TOKEN = re.compile(r"(?=.*\d)[0-9A-Za-z_-]{16,}")
# An AMP cache is a proxy that spells the publisher's own URL (AMP cache URL format).
_AMP_CACHE = re.compile(r"/[a-z](?:/(s))?/([^/]+\.[^/]+)(/.*)?")
_AMP_VIEWER = re.compile(r"/amp(?:/(s))?/([^/]+\.[^/]+)(/.*)?")
_MAX_LENGTH = 8192


# Spiders, filing and the keys of filing ask about one URL several times.
@lru_cache(maxsize=256)
def canonical_url(url: str) -> str:
    """Return the form of *url* under which an article is filed; idempotent.

    Two URLs with the same form are the same article. The reverse does not hold: see `twin_key`
    for dress (http/https, www, mobile, AMP) and `adopt` for what a page declares.

    >>> canonical_url("HTTPS://Example.com:443/a/?utm_source=x&b=1#top")
    'https://example.com/a?b=1'

    Raises:
        ValueError: *url* is not an absolute http(s) URL.
    """
    for _ in range(3):
        # Removing one layer (a session in a path, an AMP cache) may uncover another.
        once = _canonical(url)
        if once == url:
            break
        url = once
    return url


def _canonical(url: str) -> str:
    parsed = parse(url)
    host = parsed.hostname.rstrip(".").removeprefix("[").removesuffix("]")
    if unwrapped := _amp_origin(host, parsed.pathname, parsed.search):
        return unwrapped
    netloc = f"[{host}]" if ":" in host else host
    if parsed.port:
        netloc += f":{parsed.port}"
    path = _path(parsed.pathname)
    query = _query(host, parsed.search[1:])
    fragment = parsed.hash if parsed.hash.startswith(("#!", "#/")) and len(parsed.hash) > 2 else ""
    return f"{parsed.protocol}//{netloc}{path}{'?' + query if query else ''}{fragment}"


def parse(url: str) -> ada_url.URL:
    if len(url) > _MAX_LENGTH:
        raise ValueError(f"URL longer than {_MAX_LENGTH} characters")
    try:
        parsed = ada_url.URL(url.strip())
    except (ValueError, UnicodeError) as error:
        raise ValueError(f"not an absolute http(s) URL: {url[:200]!r}") from error
    if parsed.protocol not in ("http:", "https:") or not parsed.hostname.strip("."):
        raise ValueError(f"not an absolute http(s) URL: {url[:200]!r}")
    return parsed


def _amp_origin(host: str, path: str, search: str) -> str | None:
    """Return the publisher's URL inside a Google AMP viewer or cache URL, or None."""
    if host.endswith(".cdn.ampproject.org") or host == "cdn.ampproject.org":
        inner = _AMP_CACHE.fullmatch(path)
    elif host.removeprefix("www.").startswith("google.") and path.startswith("/amp/"):
        inner = _AMP_VIEWER.fullmatch(path)
    else:
        return None
    if inner is None:
        return None
    secure, origin, rest = inner.groups()
    return f"http{'s' if secure else ''}://{origin}{rest or '/'}{search}"


def _path(path: str) -> str:
    path = _PATH_SESSION.sub("", path)
    path = _escapes(path)
    # "//" is a slip of a template, except inside an embedded URL (web archives: /http://...).
    path = re.sub(r"(?<!:)/{2,}", "/", path)
    while True:
        head, _, last = path.rpartition("/")
        if not path or (last and last.lower() not in INDEX_FILES):
            break
        path = head
    return path or "/"


def _escapes(text: str) -> str:
    """Return *text* with unreserved escapes decoded and the others in capitals (RFC 3986, 6.2.2)."""

    def fold(found: re.Match[str]) -> str:
        byte = int(found[1], 16)
        return chr(byte) if byte in _UNRESERVED else f"%{byte:02X}"

    return _ESCAPE.sub(fold, text)


def _query(host: str, query: str) -> str:
    if not query:
        return ""
    allowed = ALLOW.get(host)
    kept: list[tuple[str, str]] = []
    for pair in query.replace("&amp;", "&").split("&"):
        # "?amp;id=3" is what is left of "&amp;id=3" once the first parameter is cut off.
        name, _, value = pair.removeprefix("amp;").partition("=")
        if not name:
            continue
        # "a+b" and "a%20b" are one value; bytes that are not UTF-8 (GBK) stay as they are.
        name, value = _escapes(name), _escapes(value.replace("+", "%20"))
        plain = unquote_to_bytes(name).decode("utf-8", "replace").lower()
        if allowed is not None:
            if plain in allowed:
                kept.append((name, value))
        elif not _is_dress(plain, value):
            kept.append((name, value))
    # A stable sort keeps the order of repeated names: ?id=1&id=2 is not ?id=2&id=1.
    kept.sort(key=lambda pair: pair[0])
    return "&".join(f"{name}={value}" for name, value in kept)


def _is_dress(name: str, value: str) -> bool:
    """Return whether a query parameter only tells who shared, or how the page is to look."""
    if name in TRACKING or name.startswith(TRACKING_PREFIXES):
        return True
    if name in TRACKING_WHEN_WORD:
        return not any(character.isdigit() for character in value)
    if name in SESSION_WHEN_LONG:
        return _LONG_TOKEN.fullmatch(value) is not None
    if name in VIEWS:
        values = VIEWS[name]
        return not values or value.lower() in values
    return False
