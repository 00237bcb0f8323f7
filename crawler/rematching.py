"""Stored matches brought up to date after a watchlist changed, without ringing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.match import Matcher
from alerts.query.printer import canonical
from alerts.theme import Watchlist
from crawler.subjects import subject_of
from storage.archive import Archive

#: Revisions in one transaction: it must stay short, the service writes too.
BATCH = 100


class Overtaken(Exception):
    """Another rematch, for other themes, has begun; this one would undo its work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rematched:
    """What a rematch did, this time and before it was interrupted."""

    #: Revisions done before this run, and in it.
    before: int
    now: int
    added: int
    removed: int
    changed: int


def themes_key(watchlists: Sequence[Watchlist]) -> str:
    """Return a digest of all that decides on matches: equal for themes that match alike."""
    told = [
        (
            watchlist.id,
            theme.id,
            canonical(theme.query),
            sorted(theme.weights),
            theme.min_score,
            sorted(theme.languages),
            sorted(theme.sources),
        )
        for watchlist in watchlists
        for theme in watchlist.themes
    ]
    return hashlib.sha256(repr(sorted(told, key=repr)).encode()).hexdigest()


def rematch(
    archive: Archive,
    watchlists: Sequence[Watchlist],
    *,
    clock: Callable[[], datetime],
    anew: bool = False,
    progress: Callable[[int, int], None],
) -> Rematched:
    """Match every stored revision again and store what holds now, and that alone.

    It goes on where one for the same themes stopped; *anew* begins at the first revision.
    *progress* is told how many revisions of how many are done.

    Raises:
        Overtaken: another rematch has begun meanwhile.
        StorageError: the database refused; what was done before is kept.
    """
    key = themes_key(watchlists)
    with archive.begin() as tx:
        state = tx.begin_rematch(key, now=clock(), anew=anew)
        left = tx.revision_count(after=state.cursor)
    before = state.counts.get("revisions", 0)
    matcher = Matcher(tuple(watchlists))
    done = 0
    progress(done, left)
    while True:
        with archive.read() as reader:
            batch = reader.stored_revisions(after=state.cursor, limit=BATCH)
        if not batch:
            break
        # Worked out with no transaction open: matching takes longer than storing.
        matched = [(one, matcher.match(subject_of(one))) for one in batch]
        with archive.begin() as tx:
            stored = tx.rematched(key, matched, now=clock())
        if stored is None:
            raise Overtaken
        state = stored
        done += len(batch)
        progress(done, max(left, done))
    counts = state.counts
    return Rematched(
        before=before,
        now=done,
        added=counts.get("added", 0),
        removed=counts.get("removed", 0),
        changed=counts.get("changed", 0),
    )
