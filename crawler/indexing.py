"""Full-text search follows what was stored: by whoever stored it, so that nobody who searches waits."""

from __future__ import annotations

from collections.abc import Callable

from storage.archive import Archive

#: Texts put into the index in one transaction: some 100 ms, in which nothing else writes on SQLite.
BATCH = 200


def follow(
    archive: Archive, *, at_most: int | None = None, told: Callable[[int], None] = lambda _: None
) -> int:
    """Put what is not in the index yet into it; return how many texts that were.

    Args:
        at_most: some more than so many are left to the next one.
        told: called after each batch with how many it is so far.

    Raises:
        StorageError: the database refused; what was indexed before stays.
    """
    done = 0
    while at_most is None or done < at_most:
        with archive.begin() as tx:
            count = tx.index_pending(BATCH)
        done += count
        told(done)
        if count < BATCH:
            break
    return done
