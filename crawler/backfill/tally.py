"""What a backfill of one source has come to so far: for progress, units and the summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

#: Notes kept word for word.
MAX_NOTES = 30
#: Undated articles listed one by one; the count holds the rest.
MAX_UNDATED = 100


@dataclass(slots=True)
class SourceTally:
    """Counts of one source in one run."""

    source_id: str
    #: new, known, revised, older, unchanged, refused, outside, gone, failed.
    counts: Counter[str] = field(default_factory=Counter)
    units_done: int = 0
    units_failed: int = 0
    units_total: int = 0
    #: What is worked on now.
    at: str = ""
    notes: list[str] = field(default_factory=list)
    #: URLs of articles whose date could not be told.
    undated: list[str] = field(default_factory=list)
    #: Why the source was left before its end; None when it was not.
    stopped: str | None = None

    def note(self, line: str) -> None:
        """Keep *line*, unless there are many already."""
        if len(self.notes) < MAX_NOTES and line not in self.notes:
            self.notes.append(line)

    @property
    def articles(self) -> int:
        """Pages dealt with."""
        return sum(self.counts.values())
