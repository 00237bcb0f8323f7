"""Silence for one theme, source or story, for a time or until lifted. Pure."""

from __future__ import annotations

from collections.abc import Iterable
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
