"""What one delivery pass did."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """Counts of what became of rows, and what a person must know."""

    sent: int = 0
    #: Found at the destination instead of sent again; counted in `sent` too.
    reconciled: int = 0
    postponed: int = 0
    held: int = 0
    dead: int = 0
    #: Rows told by digests; the digests themselves count as sent when they go.
    folded: int = 0
    #: Updates that needed no message.
    passed_over: int = 0
    #: One line for each destination that is in trouble.
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing needs a person."""
        return not self.dead and not self.problems


@dataclass(slots=True)
class Tally:
    """A report in the making; each destination's thread has its own."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, name: str, by: int = 1) -> None:
        """Count something."""
        self.counts[name] = self.counts.get(name, 0) + by


def summed(tallies: list[Tally]) -> DeliveryReport:
    """Return one report for all destinations."""
    counts: dict[str, int] = {}
    for tally in tallies:
        for name, count in tally.counts.items():
            counts[name] = counts.get(name, 0) + count
    problems = tuple(dict.fromkeys(p for tally in tallies for p in tally.problems))
    return DeliveryReport(**counts, problems=problems)
