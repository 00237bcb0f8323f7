"""Watchlists that people edit while articles arrive: a change is live without building all anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alerts.folded import Folded
from alerts.match import Matcher
from alerts.theme import Subject, Theme, Watchlist
from storage.types import Match

#: So many changed themes are matched beside the old ones; with more, all are built anew.
MOST_CHANGED = 500

_Key = tuple[str, str]


class LiveMatcher:
    """A matcher that gives a new one for changed watchlists in the time the changes take.

    Immutable: whoever holds the old one goes on with the old themes.
    """

    def __init__(self, watchlists: Sequence[Watchlist]) -> None:
        self._base = Matcher(watchlists)
        self._built = _by_key(watchlists)
        self._order = {key: number for number, key in enumerate(self._built)}
        #: Themes of the base that were changed or taken out since.
        self._hidden: frozenset[_Key] = frozenset()
        self._beside: Matcher | None = None

    def updated(self, watchlists: Sequence[Watchlist]) -> LiveMatcher:
        """Return a matcher for *watchlists*: equal to a new one, and faster to have."""
        wanted = _by_key(watchlists)
        changed = {key for key, theme in wanted.items() if self._built.get(key) != theme}
        if len(changed) > MOST_CHANGED:
            return LiveMatcher(watchlists)
        other = object.__new__(LiveMatcher)
        other._base, other._built = self._base, self._built
        other._order = {key: number for number, key in enumerate(wanted)}
        other._hidden = frozenset(key for key in self._built if key not in wanted or key in changed)
        other._beside = Matcher(_only(watchlists, changed)) if changed else None
        return other

    def match(self, subject: Subject) -> tuple[Match, ...]:
        """Return a match for each theme that holds for *subject*, in the order of the watchlists."""
        folded = Folded(subject.title, subject.text)
        found = self._base.match_folded(subject, folded)
        if self._beside is None and not self._hidden:
            return found
        kept = [match for match in found if (match.watchlist, match.theme) not in self._hidden]
        if self._beside is not None:
            kept += self._beside.match_folded(subject, folded)
        kept.sort(key=lambda match: self._order[match.watchlist, match.theme])
        return tuple(kept)


def _by_key(watchlists: Sequence[Watchlist]) -> dict[_Key, Theme]:
    return {(one.id, theme.id): theme for one in watchlists for theme in one.themes}


def _only(watchlists: Sequence[Watchlist], keys: set[_Key]) -> list[Watchlist]:
    return [
        replace(one, themes=tuple(theme for theme in one.themes if (one.id, theme.id) in keys))
        for one in watchlists
    ]
