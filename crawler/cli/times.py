"""Moments as people write them on a command line."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.cli.errors import UsageProblem
from crawler.durations import parse_duration


def moment(text: str, *, now: datetime) -> datetime:
    """Return the moment that *text* states: an ISO date or time (local unless it says), or an age.

    Raises:
        UsageProblem: it states none.
    """
    try:
        return now - parse_duration(text)
    except (ValueError, OverflowError):
        pass
    try:
        stated = datetime.fromisoformat(text)
    except ValueError:
        raise UsageProblem(
            f'not a time: {text[:40]!r} (write "7d", "12h" or "2026-02-01")'
        ) from None
    try:
        return stated.astimezone(UTC)
    except (OverflowError, OSError, ValueError):
        raise UsageProblem(f"a time too far away: {text[:40]!r}") from None
