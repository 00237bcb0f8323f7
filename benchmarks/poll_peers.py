"""Other monitors, polling the same URLs for bench_poll.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """What two passes cost: processor seconds of each, and the largest process in MB."""

    first_s: float
    second_s: float
    peak_mb: float


def webchanges(command: Path, bases: list[str]) -> Cost:
    raise NotImplementedError


def changedetection(command: Path, bases: list[str]) -> Cost:
    raise NotImplementedError
