"""What a page says of itself in markup: JSON-LD, meta tags, microdata, `<time>`, links. Pure."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from lxml import html

# A publisher's graph has tens of nodes; a hostile one has millions.
_MAX_NODES = 2_000
_MAX_SCRIPT = 2_000_000
_MAX_DEPTH = 12

_ARTICLE_TYPE = re.compile(
    r"(?:Article|BlogPosting|Report|LiveBlogPosting|PressRelease|SocialMediaPosting|"
    r"MedicalScholarlyArticle|Review|GovernmentDocument|Legislation)$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_WRAPPER = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|"
    r"(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)
_CONTROL = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """The page's own statements, unjudged. Strings are stripped and never empty."""

    #: The JSON-LD node that describes the article; empty when there is none.
    article: Mapping[str, Any]
    #: `@type` of every node.
    types: frozenset[str]
    #: name/property/itemprop in lower case -> contents in page order.
    meta: Mapping[str, tuple[str, ...]]
    #: itemprop -> values of microdata outside `<meta>`, in page order.
    items: Mapping[str, tuple[str, ...]]
    canonical: str | None
    #: `<html lang>`.
    lang: str | None
    #: Publisher by JSON-LD or og:site_name.
    site: str | None

    def first(self, *names: str) -> str | None:
        """Return the first content of the first of the meta *names* that is there."""
        for name in names:
            if values := self.meta.get(name):
                return values[0]
        return None

    def text(self, key: str) -> str | None:
        """Return the article node's *key* as text, or None."""
        return as_text(self.article.get(key))


def read_structured(tree: html.HtmlElement, *, url: str = "") -> Structured:
    """Return what *tree* says of itself."""
    nodes = list(_jsonld(tree))
    meta = _meta(tree)
    article = _pick_article(nodes, url, (meta.get("og:title") or ("",))[0])
    canonical = next(
        (
            href.strip()
            for link in tree.iter("link")
            if "canonical" in (link.get("rel") or "").lower().split() and (href := link.get("href"))
        ),
        None,
    )
    publisher = article.get("publisher")
    site = (as_text(publisher.get("name")) if isinstance(publisher, dict) else None) or next(
        (meta[key][0] for key in ("og:site_name", "application-name", "publisher") if key in meta),
        None,
    )
    lang = tree.get("lang") or tree.get("xml:lang")
    return Structured(
        article=article,
        types=frozenset(kind for node in nodes for kind in _types(node)),
        meta=meta,
        items=_microdata(tree),
        canonical=canonical,
        lang=lang.strip() if lang and lang.strip() else None,
        site=site,
    )


def as_text(value: object) -> str | None:
    """Return a JSON-LD value as plain text, or None when it has none."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    text = " ".join(entities.unescape(entities.unescape(value)).split())
    return text or None


def names(value: object) -> tuple[str, ...]:
    """Return the names in a JSON-LD author value: text, object, or a list of either."""
    if isinstance(value, list):
        return tuple(name for item in value[:40] for name in names(item))
    if isinstance(value, dict):
        value = value.get("name")
        if isinstance(value, list):
            return names(value)
    text = as_text(value)
    return (text,) if text else ()


def _jsonld(tree: html.HtmlElement) -> Iterator[dict[str, Any]]:
    budget = [_MAX_NODES]
    for script in tree.iter("script"):
        kind = (script.get("type") or "").lower()
        if "ld+json" not in kind:
            continue
        yield from _nodes(_loads(script.text or ""), budget, 0)


def _loads(source: str) -> object:
    if len(source) > _MAX_SCRIPT:
        return None
    source = _WRAPPER.sub("", _WRAPPER.sub("", source)).strip().rstrip(";")
    # Raw line breaks inside strings are the commonest fault; strict=False takes them.
    plain = _CONTROL.sub(" ", source)
    for attempt in (source, _TRAILING_COMMA.sub(r"\1", plain), entities.unescape(plain)):
        try:
            return cast("object", json.loads(attempt, strict=False))
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: object, budget: list[int], depth: int) -> Iterator[dict[str, Any]]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, budget, depth + 1)
    elif isinstance(value, dict):
        if budget[0] <= 0:
            return
        budget[0] -= 1
        if value.get("@type"):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemListElement"):
            inner = value.get(key)
            if isinstance(inner, dict | list):
                yield from _nodes(inner, budget, depth + 1)


def _types(node: Mapping[str, Any]) -> Iterator[str]:
    kinds = node.get("@type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str):
            yield kind.rsplit("/", 1)[-1]


def _pick_article(nodes: list[dict[str, Any]], url: str, title: str) -> Mapping[str, Any]:
    found = [node for node in nodes if any(_ARTICLE_TYPE.search(kind) for kind in _types(node))]
    if not found:
        return {}
    wanted = url.split("#")[0].split("?")[0].rstrip("/")

    def rank(node: dict[str, Any]) -> tuple[bool, bool, bool, bool]:
        about = {str(node.get("url")), str(node.get("@id"))}
        main = node.get("mainEntityOfPage")
        about.add(str(main.get("@id") if isinstance(main, dict) else main))
        here = any(link.split("#")[0].split("?")[0].rstrip("/") == wanted for link in about)
        headline = as_text(node.get("headline")) or as_text(node.get("name")) or ""
        same = bool(headline) and bool(title) and (headline in title or title in headline)
        return here, same, bool(node.get("datePublished")), bool(headline)

    return max(found, key=rank)


def _meta(tree: html.HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for tag in tree.iter("meta"):
        content = tag.get("content")
        if not content or not (content := " ".join(entities.unescape(content).split())):
            continue
        for attribute in ("property", "name", "itemprop"):
            if name := tag.get(attribute):
                found.setdefault(name.strip().lower(), []).append(content[:20_000])
    return {name: tuple(values[:40]) for name, values in found.items()}


def _microdata(tree: html.HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    wanted = {"datepublished", "datemodified", "headline", "author", "name"}
    for tag in tree.iterfind(".//*[@itemprop]"):
        if tag.tag == "meta":
            continue
        for prop in (tag.get("itemprop") or "").lower().split():
            if prop not in wanted:
                continue
            value = tag.get("datetime") or tag.get("content") or tag.text_content()
            if value and (value := " ".join(value.split())):
                found.setdefault(prop, []).append(value[:1_000])
    return {name: tuple(values[:40]) for name, values in found.items()}
