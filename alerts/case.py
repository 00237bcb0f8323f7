"""One recorded event as one watchlist sees it, and the drafts made of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from alerts.rules import HIGH, Delivery, Mode, Timing, decide_when
from storage.mutes import Mute, why_muted
from storage.types import (
    AlertDraft,
    AlertKind,
    Change,
    Match,
    OutboxOp,
    OutboxState,
    Recorded,
    Told,
)

#: A parent that is in the channel, or will never be: a reply need not go round it.
_SETTLED = frozenset({OutboxState.SENT, OutboxState.FOLDED, OutboxState.DEAD})


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
    #: Silences that somebody ordered while it runs, beside those of the watchlist.
    mutes: tuple[Mute, ...] = ()

    @property
    def story_id(self) -> int | None:
        """The story it belongs to; None for a text too short to compare."""
        return self.recorded.member.story_id if self.recorded.member else None

    def rules(self, themes: Iterable[str]) -> tuple[Delivery, ...]:
        """Return the rules of those of *themes* that are not switched off."""
        rules = dict.fromkeys(self.watchlist.delivery.of(theme) for theme in themes)
        return tuple(each for each in rules if each.mode is not Mode.OFF)

    def rings(self, themes: Iterable[str]) -> bool:
        """Return True when this class of change is told for one of *themes*."""
        return any(self.change.change_class in rules.changes for rules in self.rules(themes))

    def timing(self, themes: Iterable[str]) -> Timing:
        """Return when it is told: several themes of one message ring as the earliest does."""
        rules = self.rules(themes) or (self.watchlist.delivery,)
        timings = [decide_when(each, now=self.now, priority=self.priority) for each in rules]
        return min(timings, key=lambda timing: timing.due_at or self.now)

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
        return why_muted(
            (*self.watchlist.delivery.mutes, *self.mutes),
            watchlist=self.watchlist.id,
            themes=tuple(themes),
            source=str(self.view.get("source_id") or ""),
            story_id=self.story_id,
            now=self.now,
        )


def heard(matches: Sequence[Match], watchlist: Listener, language: str | None) -> tuple[Match, ...]:
    """Return the matches this watchlist's rules let through."""
    language = (language or "").lower()
    return tuple(
        match
        for match in matches
        if match.watchlist == watchlist.id
        and _lets(watchlist.delivery.of(match.theme), match.score, language)
    )


def _lets(rules: Delivery, score: float, language: str) -> bool:
    if rules.mode is Mode.OFF or score < rules.min_score:
        return False
    # "zh" takes "zh-hans" too; "zh-hans" takes only itself. An unknown language passes.
    spoken = {language, language.partition("-")[0]} & rules.languages
    return bool(spoken) or not rules.languages or not language


def updating(
    case: Case, parent: Told, payload: dict[str, Any], event: str, themes: tuple[str, ...]
) -> AlertDraft:
    """Return the draft that brings the parent message up to date after *event*."""
    return draft(
        case,
        key=f"update:{case.watchlist.id}:{case.story_id}:{event}",
        kind=AlertKind.STORY,
        op=OutboxOp.UPDATE,
        payload=payload,
        themes=themes,
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
    timing, held = case.timing(themes), case.muted(themes)
    parked = bool(timing.fold or held) if parent is None else parent.payload.get("parked", False)
    if parked and parent and op is OutboxOp.REPLY and not (timing.fold or held):
        # The message it would hang on waits for a digest, or for ever; this one need not.
        op, parent = (op, parent) if parent.state in _SETTLED else (OutboxOp.POST, None)
    payload = {
        **payload,
        "watchlist": watchlist.id,
        "watchlist_name": watchlist.name,
        "priority": case.priority,
        "fold": None,
        "cap": None,
        "held": held,
        "parked": parked,
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
