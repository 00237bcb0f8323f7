"""What a backfill of one source has come to so far: for progress, units and the summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from storage.units import Unit

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


#: What a cursor keeps when a unit is begun anew.
LASTING = frozenset({"depth"})
#: Counts of what a list names, which is named again when the list is read again.
_LISTED = ("promised ", "held ")


def counted(unit: Unit) -> Counter[str]:
    """Return the counts to go on from: those of the lists only where the unit goes on."""
    anew = not unit.cursor.keys() - LASTING
    return Counter({n: c for n, c in unit.counts.items() if not (anew and n.startswith(_LISTED))})


def settled(counts: Counter[str], saved: Counter[str]) -> Counter[str]:
    """Return *counts* with those of the lists as of the last checkpoint, *saved*."""
    listed = {name: n for name, n in saved.items() if name.startswith(_LISTED)}
    return Counter({n: c for n, c in counts.items() if not n.startswith(_LISTED)} | listed)
