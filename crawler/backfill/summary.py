"""What a backfill has come to, from its units: totals, what is missing and why. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crawler.durations import format_duration
from storage.units import Unit

STATES = ("pending", "leased", "done", "failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far one source is by one way."""

    source_id: str
    way: str
    states: Counter[str]
    counts: Counter[str]
    #: Months of which the lists promised more than is held: month, promised, held.
    gaps: tuple[tuple[str, int, int], ...]
    #: Units that failed: key and reason.
    failures: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int:
        """Units planned, without the cancelled ones."""
        return sum(self.states.values()) - self.states["cancelled"]

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "source": self.source_id,
            "way": self.way,
            "units": {state: self.states[state] for state in STATES},
            "counts": dict(self.counts),
            "gaps": [{"month": m, "promised": p, "held": h} for m, p, h in self.gaps],
            "failures": [{"unit": key, "reason": reason} for key, reason in self.failures],
        }


def standings(units: Iterable[Unit]) -> tuple[Standing, ...]:
    """Return how far each source is by each way, in the order given."""
    sorted_out: dict[tuple[str, str], list[Unit]] = {}
    for unit in units:
        sorted_out.setdefault((unit.source_id, unit.way), []).append(unit)
    return tuple(_standing(*key, members) for key, members in sorted_out.items())


def _standing(source_id: str, way: str, units: list[Unit]) -> Standing:
    counts: Counter[str] = Counter()
    promised: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for unit in units:
        for name, number in unit.counts.items():
            kind, _, month = name.partition(" ")
            if kind == "promised":
                promised[month] += number
            elif kind == "held" and month:
                held[month] += number
            else:
                counts[name] += number
    return Standing(
        source_id=source_id,
        way=way,
        states=Counter(unit.state for unit in units),
        counts=counts,
        gaps=tuple(
            (month, number, held[month])
            for month, number in sorted(promised.items())
            if held[month] < number
        ),
        failures=tuple((u.key, u.error or "") for u in units if u.state == "failed"),
    )


def progress_line(
    source_id: str, *, done: int, total: int, counts: Counter[str], seconds: float, at: str
) -> str:
    """Return one line for people: units, articles, rate, time left."""
    dealt = sum(n for name, n in counts.items() if not name.startswith("left out"))
    rate = dealt / seconds if seconds > 0 else 0.0
    told = ", ".join(
        f"{counts[name]} {name}"
        for name in ("new", "revised", "older", "known", "outside", "refused", "gone", "failed")
        if counts[name]
    )
    left = ""
    if 0 < done < total:
        left = f", {format_duration_s(seconds / done * (total - done))} left"
    where = f", at {at}" if at and done < total else ""
    pace = f", {rate:.1f} a second: {told}" if told else ""
    return f"{source_id}: {done} of {total} {_plural('unit', total)}{left}{pace}{where}"


def _plural(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"


def format_duration_s(seconds: float) -> str:
    """Return a number of seconds for people, to the second below an hour, to the minute above."""
    rounded = round(seconds) if seconds < 3600 else round(seconds / 60) * 60
    return format_duration(timedelta(seconds=max(1, rounded)))
