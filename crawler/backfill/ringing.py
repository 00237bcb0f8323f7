"""Whether history rings: not at all, in digests, or as if it were news. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from alerts.rules import in_digests
from alerts.watchlist import Watchlist


class Ringing(StrEnum):
    """What backfill and import tell of what they bring."""

    #: Stored and matched; nobody is told.
    NONE = "none"
    #: Every watchlist gets it in its next digest.
    DIGEST = "digest"
    #: Each story, as if it were news.
    ALL = "all"


def listening(watchlists: Iterable[Watchlist], ringing: Ringing) -> tuple[Watchlist, ...]:
    """Return *watchlists* as they listen to history under *ringing*; one that is off stays off."""
    if ringing is not Ringing.DIGEST:
        return tuple(watchlists)
    return tuple(
        replace(watchlist, delivery=in_digests(watchlist.delivery)) for watchlist in watchlists
    )
