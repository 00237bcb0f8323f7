"""Decides what each watchlist is told about something recorded. Pure: no database, no clock.

One story is one message at a watchlist. Later events of the story update that message and, when
a reader would want to know now, reply to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from alerts import payload as say
from alerts.rules import HIGH, Delivery, Mode, decide_when
from storage.types import (
    AlertDraft,
    AlertKind,
    Change,
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


class Listener(Protocol):
    """What planning needs of a watchlist."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def destination(self) -> str: ...
    @property
    def delivery(self) -> Delivery: ...


def plan(
    recorded: Recorded,
    matches: Sequence[Match],
    watchlists: Iterable[Listener],
    *,
    told: Callable[[str], Told | None],
    now: datetime,
    article_view: Mapping[str, Any],
    first: Sequence[Match] | None = None,
) -> tuple[AlertDraft, ...]:
    """Return what is to be told about *recorded*, and how.

    *matches* are all matches of the newest revision; *first* those of a (watchlist, theme) that
    this article did not match before (as `Transaction.add_matches` returns them; None means all).
    *told* gives the message a watchlist already has for the story. *article_view* is
    `alerts.payload.article_view`, or empty where no page was read (an article that is gone).
    """
    change = recorded.change
    if change is None or recorded.article_id is None or recorded.baseline:
        return ()
    if recorded.outcome in _SILENT:
        logger.debug("not told: article %d is %s", recorded.article_id, recorded.outcome)
        return ()
    drafts: list[AlertDraft] = []
    for watchlist in watchlists:
        delivery = watchlist.delivery
        if delivery.mode is Mode.OFF:
            continue
        case = _Case(
            recorded=recorded,
            change=change,
            watchlist=watchlist,
            matches=_heard(matches, watchlist, change.after.language),
            first=_heard(matches if first is None else first, watchlist, change.after.language),
            view=article_view,
            now=now,
        )
        parent = told(watchlist.id)
        drafts += _new_story(case) if parent is None else _known_story(case, parent)
    return tuple(drafts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One recorded event as one watchlist sees it."""

    recorded: Recorded
    change: Change
    watchlist: Listener
    matches: tuple[Match, ...]
    first: tuple[Match, ...]
    view: Mapping[str, Any]
    now: datetime

    @property
    def story_id(self) -> int | None:
        return self.recorded.member.story_id if self.recorded.member else None

    @property
    def rings(self) -> bool:
        """True when this class of change is told to this watchlist."""
        return self.change.change_class in self.watchlist.delivery.changes

    @property
    def priority(self) -> str:
        return HIGH if any(match.priority == HIGH for match in self.matches) else "normal"

    @property
    def story_key(self) -> str:
        # An article outside any story (its text too short to compare) is a story of its own.
        about = self.story_id if self.story_id is not None else f"a{self.recorded.article_id}"
        return f"story:{self.watchlist.id}:{about}"

    def muted(self, themes: Iterable[str]) -> str | None:
        """Return why this is to be kept back, or None."""
        themes = list(themes)
        source = str(self.view.get("source_id") or "")
        active = [m for m in self.watchlist.delivery.mutes if m.holds(self.now)]
        for mute in active:
            if mute.what == "story" and mute.id == str(self.story_id):
                return f"story {mute.id} is muted"
            if mute.what == "source" and source and mute.id == source:
                return f"source {mute.id} is muted"
        silent = {mute.id for mute in active if mute.what == "theme"}
        if themes and silent.issuperset(themes):
            return f"theme {', '.join(themes)} is muted"
        return None


def _heard(
    matches: Sequence[Match], watchlist: Listener, language: str | None
) -> tuple[Match, ...]:
    """Return the matches this watchlist's rules let through."""
    delivery = watchlist.delivery
    language = (language or "").lower()
    if language and delivery.languages and not _speaks(delivery, language):
        return ()
    return tuple(
        match
        for match in matches
        if match.watchlist == watchlist.id and match.score >= delivery.min_score
    )


def _speaks(delivery: Delivery, language: str) -> bool:
    # "zh" takes "zh-hans" too; "zh-hans" takes only itself.
    return language in delivery.languages or language.partition("-")[0] in delivery.languages


def _new_story(case: _Case) -> list[AlertDraft]:
    """A story this watchlist has not heard of: told when it is new, or newly concerns it."""
    change = case.change
    is_new = change.change_class is ChangeClass.NEW
    # An article filed silently (baseline) that now changes in a way that rings, or one that
    # comes to match only now; but never old news for a comma.
    matches = case.matches if is_new or case.rings else case.first
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
        _draft(
            case,
            key=case.story_key,
            kind=AlertKind.STORY,
            op=OutboxOp.POST,
            payload=payload,
            themes=themes,
        )
    ]


def _known_story(case: _Case, parent: Told) -> list[AlertDraft]:
    if case.change.change_class is ChangeClass.NEW:
        return _copy(case, parent)
    return _event(case, parent)


def _copy(case: _Case, parent: Told) -> list[AlertDraft]:
    """One more article of a told story: the counter, and a reply when it says something more."""
    article_id = case.recorded.article_id
    member = case.recorded.member
    renewed = say.renewed(
        parent.payload, members=case.recorded.story, view=case.view, matches=case.matches
    )
    drafts = []
    if renewed != parent.payload:
        drafts.append(_update(case, parent, renewed, f"copy:{article_id}"))
    fresh = {match.theme for match in case.matches} - _told_themes(parent)
    if member is None or not (member.adds or fresh):
        return drafts
    drafts.append(
        _draft(
            case,
            key=f"copy:{case.watchlist.id}:{case.story_id}:{article_id}",
            kind=AlertKind.COPY,
            op=OutboxOp.REPLY,
            payload={
                **say.copy(renewed, member, case.view),
                "themes": say.themes(case.matches) or renewed.get("themes", []),
                "new_themes": sorted(fresh),
            },
            themes=tuple(fresh) or parent.themes,
            parent=parent,
        )
    )
    return drafts


def _event(case: _Case, parent: Told) -> list[AlertDraft]:
    """A change of an article of a told story."""
    change = case.change
    fresh = {match.theme for match in case.first} - _told_themes(parent)
    if not (case.rings or fresh):
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
    return [
        _update(case, parent, renewed, f"change:{change.id}"),
        _draft(
            case,
            key=f"change:{case.watchlist.id}:{change.id}",
            kind=kind,
            op=OutboxOp.REPLY,
            payload=reply,
            themes=parent.themes,
            parent=parent,
        ),
    ]


def _told_themes(parent: Told) -> set[str]:
    """The themes a message shows: its own, and those that later updates brought."""
    return {*parent.themes, *(theme["id"] for theme in parent.payload.get("themes", ()))}


def _update(case: _Case, parent: Told, payload: dict[str, Any], event: str) -> AlertDraft:
    return _draft(
        case,
        key=f"update:{case.watchlist.id}:{case.story_id}:{event}",
        kind=AlertKind.STORY,
        op=OutboxOp.UPDATE,
        payload=payload,
        themes=parent.themes,
        parent=parent,
    )


def _draft(
    case: _Case,
    *,
    key: str,
    kind: AlertKind,
    op: OutboxOp,
    payload: dict[str, Any],
    themes: tuple[str, ...],
    parent: Told | None = None,
) -> AlertDraft:
    watchlist = case.watchlist
    timing = decide_when(watchlist.delivery, now=case.now, priority=case.priority)
    payload = {
        **payload,
        "watchlist": watchlist.id,
        "watchlist_name": watchlist.name,
        "priority": case.priority,
        "fold": None,
        "cap": None,
        "held": case.muted(themes),
    }
    # An edit of a message rings nowhere: it waits for its parent, never for a digest.
    if op is not OutboxOp.UPDATE:
        if timing.fold is not None:
            payload["fold"] = f"{timing.fold}:{watchlist.destination}:{watchlist.id}"
        payload["cap"] = watchlist.delivery.cap_per_hour
    return AlertDraft(
        dedupe_key=key,
        watchlist=watchlist.id,
        themes=themes,
        kind=kind,
        op=op,
        destination=watchlist.destination,
        story_id=case.story_id,
        article_id=case.recorded.article_id,
        revision=payload.get("revision"),
        change_id=case.change.id if kind is not AlertKind.STORY else None,
        priority=case.priority,
        payload=payload,
        due_at=None if op is OutboxOp.UPDATE else timing.due_at,
        parent_key=parent.dedupe_key if parent else None,
    )
