r"""What the addresses of one publisher's articles have in common, as RE2 patterns. Pure.

An address is read as a shape: dates and numbers by their digits, long hexadecimal names as such,
slugs as "anything", folders by name. The shapes that most of the found addresses have become
`allow` patterns, e.g. `/a/\d{6}/\d{2}/WS[0-9a-f]{24}\.html`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from storage.urls import canonical_url

#: Fewer addresses of one shape prove nothing.
LEAST = 3
#: Patterns kept, and the share of addresses they must cover together to be of use.
MOST = 4
COVERED = 0.8

_HEX = re.compile(r"(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,}")
_RUN = re.compile(r"[0-9a-f]{12,}|\d+|[^\d]+?(?=[0-9a-f]{12,}|\d|$)")
_SUFFIX = re.compile(r"\.(?:s?html?|php|aspx?|jsp|cms)$", re.IGNORECASE)
_SUFFIXED = re.compile(r"\\\.(?:s?html?|php|aspx?|jsp|cms)$", re.IGNORECASE)
#: Year, month or day, year and month, month and day, whole date: as many digits next year too.
_DATE = re.compile(
    r"20\d\d(?:(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?)?|0[1-9]|[12]\d|3[01]|(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,20}")
_SLUG = "[^/]+"


def learn_allow(urls: Iterable[str], others: Iterable[str] = ()) -> tuple[str, ...]:
    """Return patterns that most of *urls* match and hardly any of *others* (menus, sections).

    Empty when nothing sets the addresses apart: then every page of the site may be an article.
    """
    found = list(dict.fromkeys(urls))
    paths = [_path(url) for url in found]
    if len(paths) < LEAST:
        return ()
    for shape in (_shape, _open_shape, _loose_shape):
        counted = Counter(shape(path) for path in paths)
        kept = [(pattern, n) for pattern, n in counted.most_common(MOST) if n >= LEAST]
        covered = sum(n for _, n in kept)
        if kept and covered >= COVERED * len(paths):
            patterns = tuple(_ended(pattern) for pattern, _ in kept if _telling(pattern))
            told = len(patterns) == len(kept) and not _too_wide(patterns, others)
            if told and _covers(patterns, found):
                return patterns
    return ()


def matching(patterns: Sequence[str], url: str) -> bool:
    """Tell whether *url* would be let through by *patterns*; none lets everything through."""
    import re2

    return not patterns or any(re2.search(pattern, url) for pattern in patterns)


def _covers(patterns: Sequence[str], urls: Sequence[str]) -> bool:
    """Tell whether *patterns* hold for the addresses as they stand, not only as they were read."""
    return sum(matching(patterns, url) for url in urls) >= COVERED * len(urls)


def _path(url: str) -> str:
    """Return path and query, without what only says where a reader came from."""
    parts = urlsplit(url)
    try:
        query = urlsplit(canonical_url(url)).query
    except ValueError:
        query = parts.query
    return parts.path + (f"?{query}" if query else "")


def _ended(pattern: str) -> str:
    """Return *pattern* so that it ends where the address does, tracking fields aside."""
    return pattern if _SUFFIXED.search(pattern) or r"\?" in pattern else rf"{pattern}(\?|$)"


def _shape(path: str) -> str:
    """Return the pattern of *path* with its folders by name."""
    return _joined(path, _named, _last)


def _open_shape(path: str) -> str:
    """Return the pattern of *path* with folders of any name: sites that file by section."""
    return _joined(path, _any_folder, _last)


def _loose_shape(path: str) -> str:
    """Return the pattern of *path* whatever its last part: dated folders with free slugs."""
    return _joined(path, _any_folder, _last_of_any_name)


def _joined(path: str, folder: Callable[[str], str], last: Callable[[str], str]) -> str:
    pure, _, query = path.partition("?")
    *folders, name = pure.strip("/").split("/")
    shape = "".join(f"/{folder(part)}" for part in folders)
    if name:
        shape += f"/{last(name)}"
    shape += "/?" if pure.endswith("/") else ""
    return shape + (rf"\?{_query(query)}" if query else "")


def _named(folder: str) -> str:
    return _segment(folder) if re.search(r"\d", folder) else _quoted(folder)


def _any_folder(folder: str) -> str:
    return _segment(folder) if re.search(r"\d", folder) else _SLUG


def _last_of_any_name(name: str) -> str:
    suffix = _SUFFIX.search(name)
    return _SLUG + (_quoted(suffix.group()) if suffix else "")


def _query(query: str) -> str:
    fields = (field.partition("=") for field in query.split("&"))
    return "&".join(f"{_quoted(k)}{m}{_last(v)}" for k, m, v in fields)


def _last(text: str) -> str:
    """Return the pattern of what ends an address: digits alone are a number there, no date."""
    return r"\d+" if text.isdigit() and text.isascii() else _segment(text)


def _segment(text: str) -> str:
    """Return the pattern of one part of a path."""
    suffix = _SUFFIX.search(text)
    stem, end = (text[: suffix.start()], _quoted(suffix.group())) if suffix else (text, "")
    if re.search(r"[^\x00-\x7f]|%", stem) or stem.count("-") >= 2 or len(stem) > 60:
        # A slug; the number that many sites put before or behind it sets articles apart.
        number = re.match(r"\d{5,}-", stem) or re.search(r"-\d{5,}$", stem)
        if number is None:
            return _SLUG + end
        digits = r"\d+"
        return (f"{digits}-{_SLUG}" if number.start() == 0 else f"{_SLUG}-{digits}") + end
    if not re.search(r"\d", stem):
        return (_quoted(stem) if end and _WORD.fullmatch(stem) else _SLUG) + end
    return "".join(_run(run) for run in _RUN.findall(stem)) + end


def _run(run: str) -> str:
    if _HEX.fullmatch(run):
        return f"[0-9a-f]{{{len(run)}}}" if len(run) in (24, 32, 40) else "[0-9a-f]+"
    if run.isdecimal() and run.isascii():
        return rf"\d{{{len(run)}}}" if _DATE.fullmatch(run) else r"\d+"
    return _quoted(run)


def _quoted(text: str) -> str:
    # RE2 lets ASCII punctuation be escaped and nothing else.
    return re.sub(r"([!-,.:-@\[-^`{-~])", r"\\\1", text)


def _telling(pattern: str) -> bool:
    """Tell whether a pattern says more than "a page": a number, a date, a named folder."""
    return r"\d" in pattern or "0-9" in pattern or re.search(r"^/[\w-]+/", pattern) is not None


def _too_wide(patterns: Sequence[str], others: Iterable[str]) -> bool:
    outside = list(others)
    hit = sum(1 for path in outside if matching(patterns, path))
    return hit > max(2, 0.2 * len(outside))


#: What a section with news is called in addresses, and what never holds any.
_NEWS = re.compile(
    r"news|latest|press|media|articles?|stories|blog|polic(?:y|ies)|politics|business|economy|world|"
    r"china|tech|finance|notices?|announcements?|updates|xinwen|xwzx|zixun|yaowen|zhengce|tzgg|gonggao|ywdt",
    re.IGNORECASE,
)
_NO_NEWS = re.compile(
    r"about|contact|privacy|terms|log-?in|sign|account|subscri|newsletter|careers?|jobs|advert|shop|"
    r"donat|help|faq|legal|imprint|cookie|search|sitemap|video|photo|gallery|event|weather|games?|english|lang",
    re.IGNORECASE,
)


def likely_sections(anchors: Iterable[str]) -> tuple[str, ...]:
    """Return those of *anchors* that may be sections with lists of articles, the likeliest first.

    A section's address is short, in words, without a number, and says of itself what it is.
    """
    found: dict[str, bool] = {}
    for url in anchors:
        parts = urlsplit(url)
        pieces = [piece for piece in parts.path.split("/") if piece]
        long = any(len(piece) > 24 or piece.count("-") > 2 for piece in pieces)
        if not 1 <= len(pieces) <= 2 or parts.query or long or any(map(str.isdigit, parts.path)):
            continue
        if not _NO_NEWS.search(parts.path):
            found.setdefault(url, _NEWS.search(parts.path) is not None)
    return tuple(sorted(found, key=lambda url: not found[url]))
