"""Decides what each watchlist is told about something recorded. Pure: no database, no clock.

One story is one message at a watchlist. Later events of the story update that message and, when
a reader would want to know now, reply to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts import payload as say
from alerts.case import Case, Listener, draft, heard, updating
from storage.mutes import Mute
from storage.types import (
    AlertDraft,
    AlertKind,
    ChangeClass,
    Match,
    OutboxOp,
    Recorded,
    Told,
)

logger = logging.getLogger(__name__)

#: Outcomes of `record` that are kept but never told.
_SILENT = frozenset({"flapping", "damped", "unchanged", "refused", "older"})

_KINDS = {
    ChangeClass.WITHDRAWN: AlertKind.WITHDRAWN,
    ChangeClass.RESTORED: AlertKind.RESTORED,
}


def plan(
    recorded: Recorded,
    matches: Sequence[Match],
    watchlists: Iterable[Listener],
    *,
    told: Callable[[str], Told | None],
    now: datetime,
    article_view: Mapping[str, Any],
    first: Sequence[Match] | None = None,
    mutes: Iterable[Mute] = (),
) -> tuple[AlertDraft, ...]:
    """Return what is to be told about *recorded*, and how.

    *matches* are all matches of the newest revision; *first* those of a (watchlist, theme) that
    this article did not match before (as `Transaction.add_matches` returns them; None means all).
    *told* gives the message a watchlist already has for the story. *article_view* is
    `alerts.payload.article_view`, or empty where no page was read (an article that is gone).
    *mutes* are silences beside those of the watchlists.
    """
    change = recorded.change
    if change is None or recorded.article_id is None or recorded.baseline:
        return ()
    if recorded.outcome in _SILENT:
        logger.debug("not told: article %d is %s", recorded.article_id, recorded.outcome)
        return ()
    drafts: list[AlertDraft] = []
    for watchlist in watchlists:
        if watchlist.delivery.silent:
            continue
        case = Case(
            recorded=recorded,
            change=change,
            watchlist=watchlist,
            matches=heard(matches, watchlist, change.after.language),
            first=heard(matches if first is None else first, watchlist, change.after.language),
            view=article_view,
            now=now,
            mutes=tuple(mutes),
        )
        parent = told(watchlist.id)
        drafts += _new_story(case) if parent is None else _known_story(case, parent)
    return tuple(drafts)


def _new_story(case: Case) -> list[AlertDraft]:
    """A story this watchlist has not heard of: told when it is new, or newly concerns it."""
    change = case.change
    is_new = change.change_class is ChangeClass.NEW
    # An article filed silently (baseline) that now changes in a way that rings, or one that
    # comes to match only now; but never old news for a comma.
    rings = is_new or case.rings(match.theme for match in case.matches)
    matches = case.matches if rings else case.first
    if not matches or change.change_class is ChangeClass.WITHDRAWN:
        return []
    payload = say.story(
        change,
        view=case.view,
        matches=matches,
        members=case.recorded.story,
        zone=case.watchlist.delivery.zone,
        seen=case.now if not is_new else change.seen_at,
    )
    if not is_new:
        payload = say.renewed(payload, change=change, matches=matches, view=case.view)
    themes = tuple(match.theme for match in matches)
    return [
        draft(
            case,
            key=case.story_key,
            kind=AlertKind.STORY,
            op=OutboxOp.POST,
            payload=payload,
            themes=themes,
        )
    ]


def _known_story(case: Case, parent: Told) -> list[AlertDraft]:
    themes = _told_themes(parent) | {match.theme for match in case.matches}
    if not case.rules(themes):
        return []
    if case.change.change_class is ChangeClass.NEW:
        return _copy(case, parent)
    return _event(case, parent)


def _copy(case: Case, parent: Told) -> list[AlertDraft]:
    """One more article of a told story: the counter, and a reply when it says something more."""
    article_id = case.recorded.article_id
    member = case.recorded.member
    renewed = say.renewed(
        parent.payload, members=case.recorded.story, view=case.view, matches=case.matches
    )
    drafts = []
    if renewed != parent.payload:
        drafts.append(updating(case, parent, renewed, f"copy:{article_id}", _all_themes(parent)))
    fresh = {match.theme for match in case.matches} - _told_themes(parent)
    if member is None or not (member.adds or fresh):
        return drafts
    drafts.append(
        draft(
            case,
            key=f"copy:{case.watchlist.id}:{case.story_id}:{article_id}",
            kind=AlertKind.COPY,
            op=OutboxOp.REPLY,
            payload={
                **say.copy(renewed, member, case.view),
                "themes": say.themes(case.matches) or renewed.get("themes", []),
                "new_themes": sorted(fresh),
            },
            themes=tuple(sorted(fresh)) or _all_themes(parent),
            parent=parent,
        )
    )
    return drafts


def _event(case: Case, parent: Told) -> list[AlertDraft]:
    """A change of an article of a told story."""
    change = case.change
    fresh = {match.theme for match in case.first} - _told_themes(parent)
    if not (case.rings(_told_themes(parent)) or fresh):
        return []
    own = change.article_id == parent.article_id
    taken_away = change.change_class in _KINDS
    # Outlets drop syndicated copies every day; only the article we showed, or the origin, counts.
    origin = case.recorded.story[0].article_id if case.recorded.story else None
    if taken_away and not own and change.article_id != origin:
        return []
    if not own and say.follows(parent.payload, change):
        return []
    renewed = say.renewed(
        parent.payload,
        members=case.recorded.story,
        view=case.view,
        matches=case.matches,
        change=change,
    )
    kind = _KINDS.get(change.change_class, AlertKind.CHANGE)
    reply = say.event(renewed, change, kind=kind, view=case.view, member=case.recorded.member)
    if fresh:
        reply = _newly(reply, [match for match in case.first if match.theme in fresh])
    return [
        updating(case, parent, renewed, f"change:{change.id}", _all_themes(parent, fresh)),
        draft(
            case,
            key=f"change:{case.watchlist.id}:{change.id}",
            kind=kind,
            op=OutboxOp.REPLY,
            payload=reply,
            themes=_all_themes(parent, fresh),
            parent=parent,
        ),
    ]


def _newly(event: Mapping[str, Any], matches: Sequence[Match]) -> dict[str, Any]:
    """Return *event*, by which *matches* hold for the first time; that is its first reason."""
    names = ", ".join(theme["name"] for theme in say.themes(matches))
    reasons = [f"Now also about {names}", *event.get("reasons", ())]
    new = sorted(match.theme for match in matches)
    return {**event, "new_themes": new, "reasons": reasons}


def _all_themes(parent: Told, fresh: Iterable[str] = ()) -> tuple[str, ...]:
    """The message's own themes first, then those that came later."""
    later = {*_told_themes(parent), *fresh}.difference(parent.themes)
    return (*parent.themes, *sorted(later))


def _told_themes(parent: Told) -> set[str]:
    """The themes a message shows: its own, and those that later updates brought."""
    return {*parent.themes, *(theme["id"] for theme in parent.payload.get("themes", ()))}
