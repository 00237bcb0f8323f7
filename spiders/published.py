"""When an article was published and updated, by the best signal a page gives. Pure; never invented."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import html

from spiders.blocks import Block
from spiders.dated_lines import MANY_TIMES, dated_lines, named_day, single
from spiders.dates import Moment, parse_date, possible, url_day
from spiders.structured import Structured
from storage.types import Precision

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "date_published", "rnews:datepublished", "parsely-pub-date", "sailthru.date", "publishdate",
    "publish-date", "publish_date", "published_date", "pubdate", "publication_date",
    "publication-date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created",
    "dc.date", "dcterms.date", "article:publish_time", "article:published", "article.published",
    "article_date_original", "originalpublicationdate", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "article:post_date", "og:release_date", "release_date",
    "apub:time", "bt:pubdate", "publishtime", "publish_time", "published_at", "weibo:article:create_at",
    "firstpublished", "date", "citation_publication_date", "citation_date",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified",
    "date_modified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod",
    "revision_date", "article:update_time", "apub:update", "cxenseparse:recs:moddate",
)  # fmt: skip
_NEXT_DAY = timedelta(days=1)
_REVISED = re.compile(
    r"(?:updated|modified|reviewed|revised|edited|更新|修改|수정)[^.。]{0,12}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What the page states."""

    published: Moment | None = None
    #: hint, jsonld, meta, time, text, url, feed.
    signal: str | None = None
    updated: Moment | None = None
    warnings: tuple[str, ...] = ()


def read_times(
    tree: html.HtmlElement,
    said: Structured,
    blocks: Sequence[Block],
    chosen: Sequence[int],
    *,
    url: str,
    now: datetime,
    zone: str | None,
    title: str = "",
    day_first: bool | None = None,
    hinted: Sequence[str] = (),
    feed: datetime | None = None,
) -> Times:
    """Return when the article was published and updated; None for what nothing states.

    The order is by measured trust: on news pages JSON-LD, meta and `<time>` gave no wrong day in
    245. *chosen* are the indexes of the text's lines in *blocks*; *now* (aware) refuses the future.
    """
    lines = list(dated_lines(blocks, chosen, title, zone, day_first))
    found: list[tuple[str, Moment]] = []
    for signal, texts in (
        ("hint", hinted),
        ("jsonld", _jsonld(said, "datePublished", "dateCreated", "uploadDate")),
        ("meta", _meta(said, _PUBLISHED)),
        ("time", (*said.items.get("datepublished", ()), *_time_tags(tree))),
    ):
        for text in texts:
            moment = possible(parse_date(text, zone=zone, day_first=day_first), now=now)
            if moment is not None:
                found.append((signal, moment))
    stated = [line for line in lines if possible(line.moment, now=now)]
    found += [("text", line.moment) for line in stated if line.label == "published"]
    found += [("text", line.moment) for line in single(stated)]
    if (day_named := named_day(tree, said)) and possible(day_named, now=now):
        found.append(("text", day_named))
    updates = [line.moment for line in stated if line.label == "updated"]
    clocked = [moment for moment in updates if moment.precision is Precision.MINUTE]
    warnings: list[str] = []
    day = possible(url_day(url), now=now)
    near = day is None or (clocked and abs(clocked[0].at.date() - day.at.date()) <= _NEXT_DAY)
    if not found and clocked and near:
        # Wire sites print one time to the minute and call it "Updated"; the URL's day may be another
        # zone's. A day alone ("Last updated May 3") is what handbooks print, and is no publication.
        found.append(("text", clocked[0]))
        warnings.append("only an update time is stated")
    if day is not None:
        found.append(("url", day))
    if feed is not None and (at := _from_feed(feed)) and possible(at, now=now):
        found.append(("feed", at))
    if not found:
        return Times(warnings=("no publication time is stated",))
    signal, published = _finest(found)
    if published.zone_from == "none" and published.precision is Precision.MINUTE:
        warnings.append("time zone unknown, UTC taken")
    return Times(
        published=published,
        signal=signal,
        updated=_updated(said, updates, published, now, zone, day_first),
        warnings=tuple(warnings),
    )


def _finest(found: Sequence[tuple[str, Moment]]) -> tuple[str, Moment]:
    """Return the most trusted statement, or a finer one that agrees with it on the day."""
    first = found[0]
    if first[1].precision is Precision.MINUTE and first[1].zone_from == "stated":
        return first
    midnight = first[1].at.time() == first[1].at.min.time()

    def rank(candidate: tuple[str, Moment]) -> tuple[bool, bool]:
        moment = candidate[1]
        return moment.precision is Precision.MINUTE, moment.zone_from == "stated"

    same = [
        candidate
        for candidate in found
        if candidate[1].at.date() == first[1].at.date()
        and (midnight or _clock(candidate[1]) == _clock(first[1]))
    ]
    return max(same, key=rank) if same else first


def _clock(moment: Moment) -> tuple[int, int]:
    return moment.at.hour, moment.at.minute


def _updated(
    said: Structured,
    updates: Sequence[Moment],
    published: Moment,
    now: datetime,
    zone: str | None,
    day_first: bool | None,
) -> Moment | None:
    for text in (*_jsonld(said, "dateModified"), *_meta(said, _UPDATED)):
        moment = possible(parse_date(text, zone=zone, day_first=day_first), now=now)
        if moment is not None:
            break
    else:
        moment = updates[0] if updates else None
    if moment is None or moment.at < published.at - timedelta(minutes=1):
        return None
    return moment


def _jsonld(said: Structured, *keys: str) -> Iterator[str]:
    for key in keys:
        if text := said.text(key):
            yield text


def _meta(said: Structured, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield from said.meta.get(name, ())[:1]


def _time_tags(tree: html.HtmlElement) -> Iterator[str]:
    """Yield the `<time>` values that may be the article's: marked ones, else the first."""
    marked: list[str] = []
    plain: list[str] = []
    for tag in tree.iter("time"):
        value = tag.get("datetime") or str(tag.text_content()).strip()
        if not value:
            continue
        chain = [tag, *tag.iterancestors()]
        names = " ".join(
            f"{element.get('class') or ''} {element.get('id') or ''}" for element in chain[:6]
        ).lower()
        if any(
            word in names
            for word in (
                "relat",
                "comment",
                "sidebar",
                "recommend",
                "widget",
                "teaser",
                "card",
                "promo",
                "popular",
                "latest",
                "footer",
            )
        ):
            continue
        if any(element.tag in ("aside", "nav", "footer", "li") for element in chain):
            continue
        own = f"{tag.get('class') or ''} {tag.get('itemprop') or ''}".lower()
        if "updat" in own or "modif" in own:
            continue
        if _revised(tag) or _of_a_link(tag):
            continue
        if tag.get("pubdate") is not None or "publish" in own or "entry-date" in own:
            marked.append(value)
        else:
            plain.append(value)
    if marked or len({value[:10] for value in plain}) < MANY_TIMES:
        yield from marked[:1] or plain[:1]


def _of_a_link(tag: html.HtmlElement) -> bool:
    """Say whether a `<time>` stands in a link that says more than it: the linked page's headline.

    A link round the time alone is the article's own address, as blogs print it.
    """
    link = next((element for element in tag.iterancestors("a") if element.get("href")), None)
    return link is not None and _words(link) != _words(tag)


def _words(element: html.HtmlElement) -> list[str]:
    return str(element.text_content()).split()


def _revised(tag: html.HtmlElement) -> bool:
    """Say whether the words before a `<time>` call it a revision ("Last reviewed:")."""
    if "modified" in (tag.get("itemprop") or "").lower():
        return True
    holder = tag
    for _ in range(3):
        parent = holder.getparent()
        if parent is None:
            return False
        holder = parent
        text = " ".join(str(holder.text_content()).split())
        own = " ".join(str(tag.text_content()).split())
        before = text.partition(own)[0] if own else text
        if before:
            return _REVISED.search(before[-40:]) is not None
    return False


def _from_feed(at: datetime) -> Moment:
    return Moment(at=at, precision=Precision.MINUTE, zone_from="stated")
