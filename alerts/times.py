"""Prints times for readers: local, with the zone's name. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_and_clock(at: object, zone: object) -> str:
    """Return "21 Nov 2026 09:14 CET"; "at an unknown time" for what is no time."""
    local = _local(at, zone)
    return f"{_day(local)} {local:%H:%M} {_name(local)}" if local else "at an unknown time"


def clock(at: object, zone: object, *, beside: Any = None) -> str:
    """Return the time alone when it is of the same local day as *beside* (a `published`)."""
    local = _local(at, zone)
    other = _local(beside.get("at"), zone) if isinstance(beside, Mapping) else None
    if local and other and local.date() == other.date() and beside.get("precision") != "day":
        return f"{local:%H:%M}"
    return day_and_clock(at, zone)


def published(stated: object, zone: object) -> str:
    """Return "published 21 Nov 2026 09:14 CET", or the day alone when only that was stated."""
    if not isinstance(stated, Mapping):
        return "no date stated"
    if stated.get("precision") == "day":
        # A day is a day where the publisher is: in another zone it would be a day off.
        local = _local(stated.get("at"), stated.get("zone") or "UTC")
        return f"published {_day(local)}" if local else "no date stated"
    local = _local(stated.get("at"), zone)
    return f"published {day_and_clock(stated.get('at'), zone)}" if local else "no date stated"


def _local(at: object, zone: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(at) if isinstance(at, str) else None
        if found is None or found.tzinfo is None:
            return None
        return found.astimezone(_zone(zone))
    except (ValueError, OverflowError):
        return None


def _zone(zone: object) -> tzinfo:
    if not isinstance(zone, str):
        return UTC
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return UTC


def _day(at: datetime) -> str:
    # Not strftime("%b"): that follows the machine's locale.
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def _name(at: datetime) -> str:
    name = at.tzname() or "UTC"
    # Zones without letters of their own print as "+03".
    return f"UTC{name}" if name[:1] in "+-" else name
