"""What a message says, for any destination: plain JSON values, bounded, before any markup. Pure.

A payload is stored with its outbox row, so a message can be rendered, sent again or shown years
later without asking anything else. Times are ISO 8601 with offset; texts are cleaned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.cleaning import clean
from alerts.excerpts import Run, changed, matched
from storage.diff import segments
from storage.types import AlertKind, Article, Change, ChangeClass, Match, StoryMember

Payload = dict[str, Any]

HEADLINE_MAX = 500
NAME_MAX = 80
TERM_MAX = 60
TERMS_MAX = 8
THEMES_MAX = 8
OUTLETS_MAX = 12
REASONS_MAX = 5
REASON_MAX = 300
ADDS_MAX = 600
#: Changes a parent message remembers: enough to see that a copy only follows.
CHANGES_MAX = 12


def article_view(
    article: Article,
    *,
    source_name: str,
    zone: str | None = None,
    names: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what `alerts.plan.plan` needs to know of *article* beyond what was recorded.

    *zone* is the source's IANA zone (a published day is a day there); *names* gives the readable
    names of other sources by id.
    """
    published = None
    if article.published_at is not None:
        published = {
            "at": article.published_at.isoformat(),
            "precision": (article.published_precision or "minute"),
            "zone": zone or article.facts.get("zone"),
        }
    return {
        "source": source_name,
        "source_id": article.source_id,
        "url": article.canonical_url,
        "language": article.language,
        "published": published,
        "agency": article.wire.agency,
        "names": dict(names or {}),
    }


def story(
    change: Change,
    *,
    view: Mapping[str, Any],
    matches: Sequence[Match],
    members: Sequence[StoryMember],
    zone: str,
    seen: datetime,
) -> Payload:
    """Return the parent message of a story, told by the article that *change* is about."""
    after = change.after
    source_id = str(view.get("source_id") or _source_of(members, change.article_id))
    return {
        "v": 1,
        "kind": AlertKind.STORY.value,
        "article": change.article_id,
        "revision": after.number,
        "headline": clean(after.title, HEADLINE_MAX),
        "url": view.get("url") or _url_of(members, change.article_id),
        "source": clean(str(view.get("source") or source_id), NAME_MAX),
        "source_id": source_id,
        "agency": clean(str(view.get("agency") or ""), NAME_MAX) or None,
        "language": view.get("language") or after.language,
        "published": view.get("published"),
        "seen": seen.isoformat(),
        "zone": zone,
        "excerpts": _excerpts(after.text, matches),
        "themes": themes(matches),
        "copies": copies(members, change.article_id, view),
        "changes": [],
        "changed": 0,
        "withdrawn": None,
    }


def renewed(
    told: Mapping[str, Any],
    *,
    members: Sequence[StoryMember] = (),
    view: Mapping[str, Any] | None = None,
    matches: Sequence[Match] = (),
    change: Change | None = None,
) -> Payload:
    """Return the parent message *told* brought up to date.

    *members* renew the counter of copies; *change*, an event of the told article or of a copy,
    is remembered, and when it is the told article's own, headline, sentences and state follow it.
    """
    payload = {**told, "changes": list(told.get("changes", ()))}
    view = view or {}
    article = told.get("article")
    if members:
        payload["copies"] = copies(members, article, view, told=told.get("copies"))
    if matches:
        payload["themes"] = _joined(told.get("themes", ()), themes(matches))
    if change is None:
        return payload
    payload["changes"] = [*payload["changes"], _event(change)][-CHANGES_MAX:]
    if change.article_id != article:
        return payload
    payload["changed"] = int(told.get("changed", 0)) + 1
    payload["revision"] = change.after.number
    payload["headline"] = clean(change.after.title, HEADLINE_MAX)
    if change.change_class is not ChangeClass.WITHDRAWN:
        # What stands at a withdrawn article's address is not the article.
        payload["url"] = view.get("url") or told.get("url")
    if matches:
        payload["excerpts"] = _excerpts(change.after.text, matches)
    if change.change_class is ChangeClass.WITHDRAWN:
        payload["withdrawn"] = change.seen_at.isoformat()
    else:
        payload["withdrawn"] = None
    return payload


def copy(parent: Mapping[str, Any], member: StoryMember, view: Mapping[str, Any]) -> Payload:
    """Return the reply that tells what one more outlet adds to a story."""
    return {
        **_about(parent),
        "kind": AlertKind.COPY.value,
        "article": member.article_id,
        "headline": clean(member.title, HEADLINE_MAX),
        "url": view.get("url") or member.url,
        "source": clean(str(view.get("source") or member.source_id), NAME_MAX),
        "source_id": member.source_id,
        "copy_kind": member.kind.value,
        "adds": clean(member.adds or "", ADDS_MAX) or None,
        "seen": member.first_seen_at.isoformat(),
    }


def event(
    parent: Mapping[str, Any],
    change: Change,
    *,
    kind: AlertKind,
    view: Mapping[str, Any],
    member: StoryMember | None,
) -> Payload:
    """Return the reply that tells one change: class, reasons and the passages that differ."""
    after, before = change.after, change.before
    own = change.article_id == parent.get("article")
    named = view.get("source") or (parent.get("source") if own else None)
    hunks: list[list[Run]] = []
    title: list[list[Run]] = []
    if before is not None and kind is AlertKind.CHANGE:
        language = after.language
        if before.title != after.title:
            title = changed(segments(before.title, after.title, language=language))
        hunks = changed(segments(before.text, after.text, language=language))
    return {
        **_about(parent),
        "kind": kind.value,
        "article": change.article_id,
        "change": change.id,
        "class": change.change_class.value,
        "revision": after.number,
        "headline": clean(after.title, HEADLINE_MAX),
        "url": _url_after(change, view, member, parent if own else {}),
        "source": clean(str(named or (member.source_id if member else "")), NAME_MAX),
        "source_id": view.get("source_id") or (member.source_id if member else None),
        "reasons": _reasons(change),
        "title_diff": title,
        "hunks": hunks,
        "seen": change.seen_at.isoformat(),
    }


def themes(matches: Iterable[Match]) -> list[dict[str, Any]]:
    """Return the themes of *matches* with the terms that made them hold, best score first."""
    found = []
    for match in sorted(matches, key=lambda m: (-m.score, m.theme))[:THEMES_MAX]:
        terms = dict.fromkeys(clean(span.term, TERM_MAX) for span in match.spans)
        found.append(
            {
                "id": match.theme,
                "name": clean(match.theme_name or match.theme, NAME_MAX),
                "score": round(match.score, 3),
                "terms": [term for term in terms if term][:TERMS_MAX],
            }
        )
    return found


def copies(
    members: Sequence[StoryMember],
    article_id: int | None,
    view: Mapping[str, Any],
    *,
    told: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return how many other outlets carry the story, with the first twelve named.

    Several copies at one outlet count once; a copy at the told article's own outlet not at all.
    """
    own = _source_of(members, article_id)
    names = dict(view.get("names") or {})
    if view.get("source_id") and view.get("source"):
        names[str(view["source_id"])] = str(view["source"])
    known = dict(zip((told or {}).get("ids", ()), (told or {}).get("outlets", ()), strict=False))
    ids = [
        source_id
        for source_id in dict.fromkeys(member.source_id for member in members)
        if source_id != own
    ]
    return {
        "count": len(ids),
        "ids": ids[:OUTLETS_MAX],
        "outlets": [
            clean(str(names.get(i) or known.get(i) or i), NAME_MAX) for i in ids[:OUTLETS_MAX]
        ],
    }


def follows(told: Mapping[str, Any], change: Change) -> bool:
    """Return True when *change*, of a copy, only repeats a change the parent already shows."""
    reasons = _reasons(change)
    return bool(reasons) and any(
        seen.get("class") == change.change_class.value and seen.get("reasons") == reasons
        for seen in told.get("changes", ())
    )


def _event(change: Change) -> dict[str, Any]:
    return {
        "class": change.change_class.value,
        "reasons": _reasons(change),
        "seen": change.seen_at.isoformat(),
        "article": change.article_id,
    }


def _reasons(change: Change) -> list[str]:
    return [clean(reason, REASON_MAX) for reason in change.reasons[:REASONS_MAX]]


def _about(parent: Mapping[str, Any]) -> Payload:
    """What a reply, or a post that stands in for one, keeps of its story."""
    kept = ("watchlist", "watchlist_name", "zone", "themes", "language")
    return {
        "v": 1,
        **{key: parent[key] for key in kept if key in parent},
        "story_headline": parent.get("headline"),
        "story_source": parent.get("source"),
    }


def _excerpts(text: str, matches: Sequence[Match]) -> list[list[Run]]:
    return matched(text, [span for match in matches for span in match.spans])


def _joined(
    old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Themes once told stay told; the newest reason for each is shown."""
    joined = {theme["id"]: dict(theme) for theme in old}
    joined.update({theme["id"]: dict(theme) for theme in new})
    return list(joined.values())[:THEMES_MAX]


def _source_of(members: Sequence[StoryMember], article_id: int | None) -> str:
    return next((m.source_id for m in members if m.article_id == article_id), "")


def _url_after(
    change: Change,
    view: Mapping[str, Any],
    member: StoryMember | None,
    parent: Mapping[str, Any],
) -> Any:
    known = parent.get("url") or (member.url if member else None)
    if change.change_class is ChangeClass.WITHDRAWN:
        return known
    return view.get("url") or known


def _url_of(members: Sequence[StoryMember], article_id: int | None) -> str | None:
    return next((m.url for m in members if m.article_id == article_id), None)
