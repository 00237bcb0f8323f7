"""Time zones as publishers print them, and those of countries that have one. Pure."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from spiders.language import code

#: Abbreviation in lower case -> offset, or IANA name where the offset moves.
ZONES = {
    "z": "UTC", "utc": "UTC", "gmt": "UTC", "wet": "UTC",
    "est": "-0500", "edt": "-0400", "et": "America/New_York", "eastern": "America/New_York",
    "cdt": "-0500", "ct": "America/Chicago", "mst": "-0700", "mdt": "-0600",
    "pst": "-0800", "pdt": "-0700", "pt": "America/Los_Angeles",
    "bst": "+0100", "ist": "+0530", "cet": "+0100", "cest": "+0200", "mez": "+0100",
    "mesz": "+0200", "eet": "+0200", "eest": "+0300", "msk": "+0300", "kst": "+0900",
    "jst": "+0900", "hkt": "+0800", "sgt": "+0800", "pkt": "+0500", "aest": "+1000",
    "aedt": "+1100", "awst": "+0800", "nzst": "+1200", "nzdt": "+1300", "wib": "+0700",
    "beijing time": "Asia/Shanghai", "北京时间": "Asia/Shanghai",
}  # fmt: skip


def zone_for(host: str, language: str | None) -> str | None:
    """Return the zone of a country that has one, by the host's top level or else the language.

    Used for times printed without zone when the source does not say; the result is marked.
    """
    labels = host.lower().rstrip(".").split(".")
    by_host = {
        "cn": "Asia/Shanghai", "kr": "Asia/Seoul", "jp": "Asia/Tokyo", "tw": "Asia/Taipei",
        "hk": "Asia/Hong_Kong", "sg": "Asia/Singapore", "in": "Asia/Kolkata",
        "de": "Europe/Berlin", "at": "Europe/Vienna", "ch": "Europe/Zurich", "fr": "Europe/Paris",
        "it": "Europe/Rome", "nl": "Europe/Amsterdam", "uk": "Europe/London",
    }  # fmt: skip
    if zone := by_host.get(labels[-1]):
        return zone
    by_language = {"zh-hans": "Asia/Shanghai", "ko": "Asia/Seoul", "ja": "Asia/Tokyo"}
    return by_language.get(language or "")


def day_first(host: str, declared: str | None, spoken: str | None) -> bool | None:
    """Say how 3/4/2025 is read here; None when nothing tells."""
    tag = (declared or "").lower().replace("_", "-")
    if tag == "en-us":
        return False
    if tag in ("en-gb", "en-au", "en-ie", "en-nz", "en-in", "en-za"):
        return True
    if host.endswith((".uk", ".au", ".ie", ".nz", ".in", ".za")):
        return True
    if spoken in (None, "en") or host.endswith((".ph", ".us")):
        return None
    return code(tag) == spoken or not tag or None


def zone_of(text: str, default: str | None) -> tzinfo | None:
    """Return the zone that *text* names (an offset, an abbreviation), or None; CST is *default*'s."""
    name = text.strip("() ").lower()
    if name == "cst":
        # China and the middle of the United States both print CST.
        return named(default) if default else timezone(timedelta(hours=-6))
    known = ZONES.get(name)
    if known and known[0] not in "+-":
        return named(known)
    digits = re.fullmatch(r"(?:gmt|utc)?\s?([+-])(\d\d?):?(\d\d)?", known or name)
    if digits is None:
        return None
    delta = timedelta(hours=int(digits[2]), minutes=int(digits[3] or 0))
    if delta > timedelta(hours=14):
        return None
    return timezone(-delta if digits[1] == "-" else delta)


def named(name: str) -> tzinfo | None:
    """Return the zone of an IANA name, or None when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
