"""One recorded event as one watchlist sees it, and the drafts made of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from alerts.rules import HIGH, Delivery, decide_when
from storage.types import AlertDraft, AlertKind, Change, Match, OutboxOp, Recorded, Told


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
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
        """The story it belongs to; None for a text too short to compare."""
        return self.recorded.member.story_id if self.recorded.member else None

    @property
    def rings(self) -> bool:
        """True when this class of change is told to this watchlist."""
        return self.change.change_class in self.watchlist.delivery.changes

    @property
    def priority(self) -> str:
        """High when one theme that holds is."""
        return HIGH if any(match.priority == HIGH for match in self.matches) else "normal"

    @property
    def story_key(self) -> str:
        """What makes the story's message unique; an article outside any story is its own."""
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


def heard(matches: Sequence[Match], watchlist: Listener, language: str | None) -> tuple[Match, ...]:
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


def updating(case: Case, parent: Told, payload: dict[str, Any], event: str) -> AlertDraft:
    """Return the draft that brings the parent message up to date after *event*."""
    return draft(
        case,
        key=f"update:{case.watchlist.id}:{case.story_id}:{event}",
        kind=AlertKind.STORY,
        op=OutboxOp.UPDATE,
        payload=payload,
        themes=parent.themes,
        parent=parent,
    )


def draft(
    case: Case,
    *,
    key: str,
    kind: AlertKind,
    op: OutboxOp,
    payload: dict[str, Any],
    themes: tuple[str, ...],
    parent: Told | None = None,
) -> AlertDraft:
    """Return a draft with the watchlist's rules applied: when it is due, folded, capped, held."""
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
