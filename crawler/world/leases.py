"""Who held which source when: a ledger that the database keeps by itself, and what it must not show.

Runs on one source may overlap: a history waits, as a run, for the crawl that holds its source, and a
crawl gives a source back before it ends with the others. Leases may not.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_WATCH = """
CREATE TABLE IF NOT EXISTS lease_ledger (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, before TEXT, after TEXT, at TEXT
);
CREATE TRIGGER IF NOT EXISTS lease_changed AFTER UPDATE OF lease_owner ON source BEGIN
    INSERT INTO lease_ledger (source, before, after, at)
    VALUES (new.id, old.lease_owner, new.lease_owner, new.last_started_at);
END;
"""
# A run takes its lease in the transaction that opens it, at the same time; a history's owner holds
# its process id. Who ended by itself was alive until then.
_TAKEN = """
SELECT taken.source, run.id, taken.before, taken.after, taken.at
FROM lease_ledger AS taken
JOIN run ON run.started_at <= taken.at AND run.ended_at > taken.at
  AND run.outcome IN ('finished', 'failed', 'interrupted')
  AND EXISTS (SELECT 1 FROM json_each(run.sources) WHERE value = taken.source)
WHERE taken.before <> taken.after
  AND (taken.before LIKE '%:' || run.pid || ':%' OR EXISTS (
    SELECT 1 FROM lease_ledger AS opened
    WHERE opened.after = taken.before AND opened.at = run.started_at
      AND EXISTS (SELECT 1 FROM json_each(run.sources) WHERE value = opened.source)
  ))
ORDER BY taken.id, run.id
"""


def watch(path: Path) -> None:
    """Let the SQLite database at *path* note every change of a source's lease from now on."""
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.executescript(_WATCH)


def lost(path: Path) -> list[str]:
    """I8: nobody took a source from a run that was still at work on it.

    Returns:
        What is broken, in words.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
        rows = connection.execute(_TAKEN).fetchall()
    return [
        f"I8 {after} took {source} at {at} from run {run} ({before}), which was at work on it"
        for source, run, before, after, at in rows
    ]
