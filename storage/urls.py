"""URL identity: which URLs are one article, and which declared URL to believe. Pure, no network."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import ada_url

from storage.canonical import canonical_url, parse
from storage.tracking import TWIN_LABELS

if TYPE_CHECKING:
    from tldextract import TLDExtract

__all__ = ["adopt", "canonical_url", "is_front", "registrable_domain", "same_site", "twin_key"]

_DATE = re.compile(
    r"(?:19|20)\d{2}[-/_]?(?:0?[1-9]|1[0-2])(?:[-/_]?(?:0?[1-9]|[12]\d|3[01]))?(?!\d)"
)
_ID = re.compile(r"\d{4,}|(?<![0-9a-z])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?![0-9a-z])|(?<=[?&=])\d+")
_WORD = re.compile(r"[^\W_]+")
_LOCALE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?")


@functools.cache
def _suffixes() -> TLDExtract:
    """Return the packaged snapshot of the public suffix list: no download, no cache on disk."""
    # It brings an HTTP client along: a fifth of the start of a command that only reads.
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@functools.lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """Return the domain somebody registered ("news.example.co.uk" -> "example.co.uk").

    A host without one (an address, "localhost") is returned as it is.
    """
    host = host.lower().rstrip(".")
    return _suffixes()(host).top_domain_under_public_suffix or host


def site_of(url: str) -> str:
    """Return the registrable domain of *url*.

    Raises:
        ValueError: *url* is not an absolute http(s) URL.
    """
    return registrable_domain(parse(url).hostname)


def same_site(a: str, b: str) -> bool:
    """Return whether *a* and *b* belong to one registrable domain; False when either is no URL."""
    try:
        return site_of(a) == site_of(b)
    except ValueError:
        return False


def twin_key(url: str) -> str:
    """Return a second, weaker key: equal for one document in several dresses.

    Folds http and https, www, mobile and AMP hosts, and AMP and print suffixes. Some sites serve
    different pages under www and without, so equal keys are a reason to compare, not a proof.

    Raises:
        ValueError: *url* is not an absolute http(s) URL.
    """
    _, _, rest = canonical_url(url).partition("://")
    rest, hash_mark, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    netloc, _, path = rest.partition("/")
    host, colon, port = netloc.partition(":") if "[" not in netloc else (netloc, "", "")
    while "." in host:
        label, _, shorter = host.partition(".")
        if label not in TWIN_LABELS or "." not in shorter or not _has_domain(shorter):
            break
        host = shorter
    path = re.sub(r"(?:^|/)(?:amp|print|mobile|wap)(?=/)", "", path, count=1).lstrip("/")
    path = re.sub(r"(?:/|^|[.-])(?:amp|print)(?:\.s?html?)?$", "", path)
    path = re.sub(r"\.s?html?$", "", path)
    return f"{host}{colon}{port}/{path}{'?' + query if query else ''}{hash_mark}{fragment}"


def _has_domain(host: str) -> bool:
    return bool(_suffixes()(host).top_domain_under_public_suffix)


def adopt(found: str, declared: str, *, same_content: bool = False) -> str:
    """Return the canonical URL to file an article under.

    *found* answered; *declared* is what the page (or a redirect) says its URL is. The declared
    one is taken only when nothing speaks against it: never a home or section page, never another
    document, never another site unless *same_content* says that its text was compared and is the
    same.

    Raises:
        ValueError: *found* is not an absolute http(s) URL. A bad *declared* is merely ignored.
    """
    ours = canonical_url(found)
    try:
        theirs = canonical_url(ada_url.join_url(found.strip(), declared.strip()))
    except (ValueError, UnicodeError):
        return ours
    if theirs == ours:
        return ours
    if is_front(theirs) and not is_front(ours):
        return ours
    if same_content:
        return theirs
    if not same_site(ours, theirs):
        return ours
    if twin_key(ours) == twin_key(theirs):
        return theirs
    return theirs if _same_document(ours, theirs) else ours


def is_front(url: str) -> bool:
    """Return whether *url* is a home page (also of a language): where dead links are sent."""
    path, query = _split(url)
    segments = [segment for segment in path.lower().split("/") if segment]
    if query or "#" in url:
        return False
    return not segments or (
        len(segments) == 1
        and (_LOCALE.fullmatch(segments[0]) is not None or segments[0] in _FRONT_WORDS)
    )


_FRONT_WORDS = frozenset(
    (
        *("home", "index", "main", "default", "news", "english", "chinese", "portal", "front"),
        *("homepage", "start", "en_us", "404", "error", "notfound", "not-found", "sorry"),
        *("login", "signin", "maintenance"),
    )
)


def _split(url: str) -> tuple[str, str]:
    rest = url.partition("://")[2].partition("#")[0]
    rest, _, query = rest.partition("?")
    return "/" + rest.partition("/")[2], query


def _ids(path: str, query: str) -> frozenset[str]:
    """Return what looks like a document's number; dates are shared by a day's articles."""
    bare = _DATE.sub(" ", path.lower())
    return frozenset(_ID.findall(bare)) | frozenset(_ID.findall("?" + query.lower()))


def _same_document(ours: str, theirs: str) -> bool:
    our_path, our_query = _split(ours)
    their_path, their_query = _split(theirs)
    our_ids, their_ids = _ids(our_path, our_query), _ids(their_path, their_query)
    if our_ids or their_ids:
        # /article?id=5 declaring /article, or /a/1234 declaring /a/1235: another document,
        # however alike the paths. A declared URL may drop what is not the document's number.
        if our_ids & their_ids:
            return True
        if our_ids and their_ids:
            return False
        if our_ids:
            return our_path == their_path and _slug_words(our_path) >= 3
    our_last, their_last = _last_words(our_path), _last_words(their_path)
    if not our_last or not their_last:
        return False
    if our_path == their_path:
        # The query fell away: believable when the path alone names a document.
        return len(our_last) >= 3 or not our_query
    shared = len(our_last & their_last)
    # Slugs are lengthened and shortened by editors; two articles share one or two words at most.
    return shared >= 3 and shared / min(len(our_last), len(their_last)) >= 0.75


def _last_words(path: str) -> frozenset[str]:
    last = path.rstrip("/").rpartition("/")[2].rpartition(".")
    return frozenset(_WORD.findall((last[0] or last[2]).lower()))


def _slug_words(path: str) -> int:
    return len(_last_words(path))
