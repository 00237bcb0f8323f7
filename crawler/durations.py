"""Durations as people write them: "90s", "30m", "1h30m", "2d". Pure."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*([smhdw])")
_WHOLE = re.compile(rf"(?:{_PART.pattern}\s*)+")

#: A century: beyond it a number is a slip of the finger, and date arithmetic overflows.
LONGEST = timedelta(days=36_525)


def parse_duration(text: str) -> timedelta:
    """Return the duration that *text* states, such as "30m" or "1h30m".

    A bare number is refused, because nobody can tell seconds from minutes in "30".

    Raises:
        ValueError: *text* is no duration; the message says what one looks like.
    """
    stated = text.strip().lower()
    if not _WHOLE.fullmatch(stated):
        raise ValueError(f'not a duration: {text[:40]!r} (write "90s", "30m", "12h" or "7d")')
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(stated))
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"longer than a century: {text[:40]!r}")
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """Return *duration* as `parse_duration` reads it, exact to the second, two units at most.

    >>> format_duration(timedelta(minutes=90))
    '1h30m'
    """
    seconds = round(duration.total_seconds())
    if seconds < 0:
        return "-" + format_duration(-duration)
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts[:2]) or "0s"
