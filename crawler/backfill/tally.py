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


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """Counts of the unit under way; those of the run grow with them."""

    unit: Counter[str]
    run: SourceTally

    def add(self, name: str, number: int = 1) -> None:
        """Count *number* more of *name*."""
        if number:
            self.unit[name] += number
            self.run.counts[name] += number

    def promise(self, month: str | None, *, held: bool) -> None:
        """Note that a list names an article of *month*, and whether it is held already."""
        if month is not None:
            self.unit[f"promised {month}"] += 1
            self.unit[f"held {month}"] += held

    def fulfil(self, month: str | None, *, within: bool) -> None:
        """Note that such an article was stored, or turned out to be of another time."""
        if month is not None:
            name, number = ("held", 1) if within else ("promised", -1)
            self.unit[f"{name} {month}"] += number


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
