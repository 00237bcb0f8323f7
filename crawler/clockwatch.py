"""Noticing that the wall clock was stepped. Pure."""

from __future__ import annotations

from dataclasses import dataclass

#: Clock discipline by NTP slews by less; a step of more is a jump (reliability notes, 3.1).
JUMP_S = 30.0


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks at one moment, in seconds."""

    wall: float
    monotonic: float


def jump_between(before: Clocks, after: Clocks) -> float:
    """Return by how many seconds the wall clock was stepped between two readings; 0.0 for none.

    A machine that slept counts as a step forward: its monotonic clock stood still.
    """
    step = (after.wall - before.wall) - (after.monotonic - before.monotonic)
    return step if abs(step) > JUMP_S else 0.0
