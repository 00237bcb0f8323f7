"""What a theme's message would say, made from an article that is stored; nothing is sent or kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alerts.match import Matcher, Subject
from alerts.plan import plan
from alerts.rules import Delivery
from alerts.watchlist import Watchlist
from spiders.sources import Source
from storage.archive import Reader
from storage.types import Change, ChangeClass, Match, Recorded, Revision
from storage.views import ArticleView

#: Newest articles looked at where none was matched to the theme when it was filed.
LOOKED_AT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A message that was not sent."""

    article_id: int
    #: Of the message, as an outbox row would hold it.
    payload: dict[str, Any]


def watchlist_of(watchlists: Sequence[Watchlist], theme: str) -> Watchlist | None:
    """Return the watchlist that has *theme*, which may be written `watchlist/theme`, alone."""
    owner, _, name = theme.rpartition("/")
    for watchlist in watchlists:
        found = tuple(one for one in watchlist.themes if one.id == name)
        if found and owner in ("", watchlist.id):
            # Preview is of the words: neither off, nor muted, nor too low a score hides it.
            return replace(watchlist, themes=found, delivery=Delivery(zone=watchlist.delivery.zone))
    return None


def preview(
    reader: Reader,
    watchlist: Watchlist,
    *,
    sources: Mapping[str, Source],
    now: datetime,
    article: str | None = None,
) -> Preview | None:
    """Return the message of the newest stored article that matches; None when none does.

    *watchlist* has the one theme; *article*, a number or URL, looks at that article alone.
    """
    matcher = Matcher((watchlist,))
    for view in _candidates(reader, watchlist, article):
        found = matcher.match(
            Subject(
                title=view.title,
                text=view.text or "",
                language=view.language,
                source_id=view.source_id,
                url=view.url,
                published_at=view.published_at,
                agency=_agency(view),
            )
        )
        if found:
            return _made(reader, watchlist, view, found, sources=sources, now=now)
    return None


def _candidates(reader: Reader, watchlist: Watchlist, article: str | None) -> Iterator[ArticleView]:
    if article is not None:
        one = reader.article(article)
        yield from () if one is None else (one,)
        return
    theme = watchlist.themes[0].id
    for match in reader.matches(watchlist=watchlist.id, theme=theme, limit=5):
        one = reader.article(match.article_id)
        if one is not None:
            yield one
    yield from reader.articles(with_text=True, limit=LOOKED_AT)


def _made(
    reader: Reader,
    watchlist: Watchlist,
    view: ArticleView,
    matches: Sequence[Match],
    *,
    sources: Mapping[str, Source],
    now: datetime,
) -> Preview:
    revision = Revision(
        article_id=view.id,
        number=view.revision,
        fingerprint=view.fingerprint or "",
        title=view.title,
        text=view.text or "",
        seen_at=view.first_seen_at,
        capture_id=None,
        language=view.language,
    )
    members = reader.story_members(view.story_id)
    event = Recorded(
        article_id=view.id,
        change=Change(
            id=0,
            article_id=view.id,
            change_class=ChangeClass.NEW,
            score=1.0,
            reasons=(),
            seen_at=view.first_seen_at,
            before=None,
            after=revision,
        ),
        outcome="new",
        member=next((one for one in members if one.article_id == view.id), None),
        story=members,
    )
    drafts = plan(
        event,
        matches,
        (watchlist,),
        told=lambda _: None,
        now=now,
        article_view=_article_view(view, sources),
    )
    return Preview(article_id=view.id, payload=dict(drafts[0].payload))


def _article_view(view: ArticleView, sources: Mapping[str, Source]) -> dict[str, Any]:
    """Return what `alerts.payload.article_view` gives of an article just read."""
    source = sources.get(view.source_id)
    published = None
    if view.published_at is not None:
        published = {
            "at": view.published_at.isoformat(),
            "precision": view.published_precision or "minute",
            "zone": (source.zone if source else None) or view.details.get("facts", {}).get("zone"),
        }
    return {
        "source": source.name if source else view.site or view.source_id,
        "source_id": view.source_id,
        "url": view.url,
        "language": view.language,
        "published": published,
        "agency": _agency(view),
        "names": {one.id: one.name for one in sources.values()},
    }


def _agency(view: ArticleView) -> str | None:
    wire = view.details.get("wire")
    return wire.get("agency") if isinstance(wire, dict) else None
