"""Silence for one theme, source or story, for a time or until lifted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

#: What can be muted.
KINDS = ("theme", "source", "story")

#: error_class of a message that a silence keeps back.
MUTED = "muted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Silence for one theme, source or story."""

    #: theme, source, story.
    what: str
    #: The theme's id, the source's id, or the story's number as text.
    id: str
    #: None means until somebody lifts it.
    until: datetime | None = None
    #: Only for this watchlist; empty means all.
    watchlist: str = ""

    def holds(self, now: datetime) -> bool:
        """Return True while the mute is in force."""
        return self.until is None or now < self.until

    @property
    def reason(self) -> str:
        """Return what a message that it keeps back is marked with."""
        return reason(self.what, (self.id,))

    def kept(self, marked: str, watchlist: str) -> bool:
        """Return True when a message of *watchlist*, *marked* so, is kept back by this."""
        what, _, rest = marked.partition(" ")
        ids = rest.removesuffix(" is muted").split(", ")
        return what == self.what and self.id in ids and self.watchlist in ("", watchlist)


def reason(what: str, ids: Iterable[str]) -> str:
    """Return what a message that several silences keep back is marked with."""
    return f"{what} {', '.join(ids)} is muted"


def why_muted(
    mutes: Iterable[Mute],
    *,
    watchlist: str,
    themes: Collection[str],
    source: str | None,
    story_id: int | None,
    now: datetime,
) -> str | None:
    """Return why a message is to be kept back, or None: one rule for new and for waiting ones.

    A story or a source is silent by itself; a message of several themes only when all of them are.
    """
    active = [one for one in mutes if one.holds(now) and one.watchlist in ("", watchlist)]
    for mute in active:
        if mute.what == "story" and mute.id == str(story_id):
            return mute.reason
        if mute.what == "source" and source and mute.id == source:
            return mute.reason
    silent = {mute.id for mute in active if mute.what == "theme"}
    if themes and silent.issuperset(themes):
        return reason("theme", themes)
    return None
