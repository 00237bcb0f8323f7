"""Dates as publishers print them -> aware moments, or nothing. Pure; never guesses a part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from spiders.zones import ZONES, named, zone_of
from storage.types import Precision

#: Older than the web: a typing error or an epoch of zero.
_EARLIEST = datetime(1991, 1, 1, tzinfo=UTC)
#: Clocks and zones are set wrongly by hours, not days; what lies further ahead is an event's date.
_AHEAD = timedelta(hours=26)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A stated time."""

    #: Aware, in the zone stated. A day alone is that day's midnight UTC, whatever the zone: it
    #: is a label, not an instant.
    at: datetime
    precision: Precision
    #: stated (an offset or zone name), source (the zone handed in) or none (taken as UTC).
    zone_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A date in running text."""

    moment: Moment
    start: int
    end: int
    #: published, updated or "" by the word before it.
    label: str


_MONTHS = {
    name: number
    for number, row in enumerate(
        (
            "jan january januar janvier enero gennaio janeiro ene januari",
            "feb february februar février fevrier febrero febbraio fevereiro februari",
            "mar march märz maerz mars marzo março marco maart mrz",
            "apr april avril abril aprile",
            "may mai mayo maggio maio mei",
            "jun june juni juin junio giugno junho",
            "jul july juli juillet julio luglio julho",
            "aug august août aout agosto augustus",
            "sep sept september septembre septiembre settembre setembro set",
            "oct october oktober octobre octubre ottobre outubro okt",
            "nov november novembre noviembre novembro",
            "dec december dezember décembre decembre diciembre dicembre dezembro dez dic",
        ),
        start=1,
    )
    for name in row.split()
}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|\.|er|º)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_HALF = r"(?P<half>[ap]\.?\s?m\b\.?)"
_ZONE = (
    r"(?P<zone>(?:(?:GMT|UTC)\s?)?[+-]\d\d?:?(?:\d\d)?(?![\d-])|Z\b|\(?\b(?:"
    + "|".join(sorted((re.escape(name) for name in ZONES if len(name) > 1), key=len, reverse=True))
    + r"|CST)\b\)?)"
)
_CLOCK = (
    r"(?P<cjkhalf>上午|下午|晚上|凌晨|오전|오후|午前|午後)?\s{0,2}"
    r"(?P<hour>[0-2]?\d)\s?(?:[:：h]|[点點時时시]\s?)\s?(?P<minute>[0-5]\d)?(?:分|분)?"
    r"(?:[:：](?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?(?:秒|초)?(?!\d)"
    r"(?:\s{0,2}" + _HALF + r")?(?:\s{0,2}" + _ZONE + r")?"
)
_GAP = r"(?:[\s,，;|·•–—/-]|T|\bat\b|\bum\b|\bà\b|&nbsp;|\(|\[|[^\W\d_]{2,4}요일|星期[一二三四五六日天]|周[一二三四五六日]){0,6}"
_TIME_AFTER = r"(?:" + _GAP + r"(?<![\d:])" + _CLOCK + r")?"
# The same groups again under other names: a pattern may name a group only once.
_CLOCK_FIRST = re.sub(r"\?P<(\w+)>", r"?P<\1_first>", _CLOCK)
_TIME_FIRST = r"(?:(?<![\d:])" + _CLOCK_FIRST + r"[\s,|·•–-]{1,4}(?:on\s)?(?:\w{3,9},\s)?)?"

_NUMERIC = r"(?P<year>(?:19|20)\d\d)\s?(?P<sep>[-/.])\s?(?P<month>[01]?\d)\s?(?P=sep)\s?(?P<day>[0-3]?\d)\.?"
_CJK = r"(?P<year>(?:19|20)\d\d)\s?[年년]\s?(?P<month>[01]?\d)\s?[月월]\s?(?P<day>[0-3]?\d)\s?(?:日|号|號|일)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d./-])" + _NUMERIC + r"(?![\d/]|-\d)" + _TIME_AFTER,
        r"(?<!\d)" + _CJK + _TIME_AFTER,
        r"(?<![\w.])" + _TIME_FIRST + r"\b" + _MONTH + r"\s{0,2}" + _DAY + r"(?:\s?,\s?|\s{1,2})"
        + _YEAR + r"(?!\d)" + _TIME_AFTER,
        r"(?<![\w./-])" + _TIME_FIRST + _DAY + r"(?:\s{1,2}|-)(?:de\s|of\s)?" + _MONTH
        + r"(?:\s{0,2},?\s?|-)(?:de\s)?" + _YEAR + r"(?!\d)" + _TIME_AFTER,
        r"(?<![\d./-])(?P<a>[0-3]?\d)(?P<sep>[-/.])(?P<b>[0-3]?\d)(?P=sep)" + _YEAR
        + r"(?![\d/-])" + _TIME_AFTER,
        # Java's and Unix' own: Fri Apr 28 19:20:36 CEST 2023
        r"\b" + _MONTH + r"\s{1,2}(?P<day>[0-3]?\d)\s(?P<hour>[0-2]\d):(?P<minute>[0-5]\d):(?P<second>[0-5]\d)\s"
        + _ZONE + r"?\s?" + _YEAR + r"(?!\d)",
        # A year of two digits only where dots and a clock leave no doubt: 25.04.24 | 14:07
        r"(?<![\d.])(?P<a>[0-3]\d)(?P<sep>\.)(?P<b>[01]\d)\.(?P<year>\d\d)(?![\d.])" + _GAP + r"(?<![\d:])" + _CLOCK,
    )
)  # fmt: skip
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HAN_DATE = re.compile(
    r"(?P<year>[一二][〇○零一二三四五六七八九]{3})年(?P<month>[一二三四五六七八九十]{1,2})月"
    r"(?P<day>[一二三四五六七八九十]{1,3})日"
)
_COMPACT = re.compile(r"(?<!\d)(20\d\d)([01]\d)([0-3]\d)(?:([0-2]\d)([0-5]\d)([0-5]\d)?)?(?!\d)")
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")
_ISO = re.compile(
    r"^\s*(\d{4})-(\d\d)-(\d\d)(?:[T\s]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s?"
    r"(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?\s*$",
    re.IGNORECASE,
)

_UPDATED = re.compile(
    r"(?:updated?|modified|revised|last\s+(?:update|modified|edited|revised)|edited|aktualisiert|"
    r"mis à jour|actualizad[oa]|aggiornat[oa]|güncelle(?:me|ndi)|更新|修改|수정|업데이트|更新日)\W{0,6}(?:on|at|le|am|el|时间|时间|日期|於|于)?"
    r"[\s:：|]{0,4}(?:\w{3,9},?\s)?$",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:publish(?:ed)?|posted|released?|issued|created|datum|fecha|data|tarih|yayınlanma|first\s+published|date|veröffentlicht|publié|"
    r"publicado|pubblicato|发布|發佈|發布|发表|發表|发稿|刊登|时间|時間|日期|입력|등록|기사입력|송고|公開|掲載|投稿)"
    r"\W{0,6}(?:on|at|le|am|el|时间|時間|日期|於|于|日)?[\s:：|]{0,4}(?:\w{3,9},?\s)?$",
    re.IGNORECASE,
)

_URL_DAY = re.compile(
    r"[/_-](?P<year>19\d\d|20\d\d)(?:[/_-](?P<month>0?[1-9]|1[0-2])[/_-](?P<day>0[1-9]|[12]\d|3[01]|[1-9])(?=[/_.-]|$)"
    r"|-?(?P<month2>0[1-9]|1[0-2])[/-]?(?P<day2>0[1-9]|[12]\d|3[01])(?=[/_.-]|$)|(?P<tail>))"
)


def parse_date(
    text: str, *, zone: str | None = None, day_first: bool | None = None
) -> Moment | None:
    """Return the moment that *text* as a whole states (an attribute, a meta value), or None."""
    text = text.strip()[:120]
    if iso := _ISO.match(text):
        year, month, day, hour, minute, second, offset = iso.groups()
        return _moment(
            (int(year), int(month), int(day)),
            (int(hour), int(minute), int(second or 0)) if hour else None,
            offset,
            zone,
        )
    if _EPOCH.match(text):
        seconds = int(text[:10])
        return Moment(
            at=datetime.fromtimestamp(seconds, UTC), precision=Precision.MINUTE, zone_from="stated"
        )
    found = next(find_dates(text, zone=zone, day_first=day_first), None)
    if found is not None:
        return found.moment
    if compact := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = compact.groups()
        clock = (int(hour), int(minute), int(second or 0)) if hour else None
        return _moment((int(year), int(month), int(day)), clock, None, zone)
    return None


def find_dates(
    text: str, *, zone: str | None = None, day_first: bool | None = None
) -> Iterator[Found]:
    """Yield the full dates (with a year) in *text*, in order, never overlapping.

    "on the 22nd" and "Feb. 17" are not dates: the year would be invented. `3/4/2025` is one
    only when *day_first* says how to read it or only one reading exists.
    """
    hits: list[tuple[int, int, Moment]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            moment = _read(match, zone, day_first)
            if moment is not None:
                hits.append((match.start(), match.end(), moment))
    for match in _HAN_DATE.finditer(text):
        year = int(match["year"].translate(_HAN_DIGITS))
        moment = _moment((year, _han(match["month"]), _han(match["day"])), None, None, zone)
        if moment is not None:
            hits.append((match.start(), match.end(), moment))
    last = -1
    for start, end, moment in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if start < last:
            continue
        last = end
        before = text[max(0, start - 40) : start]
        label = (
            "updated"
            if _UPDATED.search(before)
            else "published"
            if _PUBLISHED.search(before)
            else ""
        )
        yield Found(moment=moment, start=start, end=end, label=label)


def url_day(url: str) -> Moment | None:
    """Return the day in the path of *url* (`/2025/01/27/`, `/202501/27/`, `/20250127/`), or None."""
    path = url.split("://", 1)[-1].partition("/")[2].split("?")[0]
    for match in _URL_DAY.finditer("/" + path):
        month, day = match["month"] or match["month2"], match["day"] or match["day2"]
        if month and day:
            moment = _moment((int(match["year"]), int(month), int(day)), None, None, None)
            if moment is not None:
                return moment
    return None


def possible(moment: Moment | None, *, now: datetime) -> Moment | None:
    """Return *moment* unless it lies before the web or ahead of *now* (aware)."""
    if moment is None or not _EARLIEST <= moment.at <= now + _AHEAD:
        return None
    return moment


def in_utc(moment: Moment) -> datetime:
    """Return *moment* as aware UTC."""
    return moment.at.astimezone(UTC)


def _read(match: re.Match[str], zone: str | None, day_first: bool | None) -> Moment | None:
    groups = match.groupdict()
    if groups.get("hour_first") and not groups.get("hour"):
        groups |= {
            name.removesuffix("_first"): value
            for name, value in groups.items()
            if name.endswith("_first")
        }
    if groups.get("a"):
        first, second = int(groups["a"]), int(groups["b"])
        if groups["sep"] == "." or first > 12:
            day, month = first, second
        elif second > 12:
            month, day = first, second
        elif first == second:
            day = month = first
        elif day_first is None:
            return None
        else:
            day, month = (first, second) if day_first else (second, first)
    else:
        name = groups["month"].lower()
        month = int(name) if name.isdigit() else _MONTHS[name]
        day = int(groups["day"])
    clock = None
    if groups.get("hour") and (groups.get("minute") or groups.get("cjkhalf") or groups.get("half")):
        hour = int(groups["hour"])
        half = (groups.get("half") or groups.get("cjkhalf") or "").lower()
        if half.startswith("p") or half in {"下午", "晚上", "오후", "午後"}:
            hour = hour + 12 if hour < 12 else hour
        elif (half.startswith("a") or half in {"上午", "凌晨", "오전", "午前"}) and hour == 12:
            hour = 0
        clock = (hour, int(groups.get("minute") or 0), int(groups.get("second") or 0))
    year = int(groups["year"])
    return _moment(
        (year if year > 99 else 2000 + year, month, day), clock, groups.get("zone"), zone
    )


def _moment(
    day: tuple[int, int, int],
    clock: tuple[int, int, int] | None,
    offset: str | None,
    zone: str | None,
) -> Moment | None:
    try:
        if clock is None:
            return Moment(at=datetime(*day, tzinfo=UTC), precision=Precision.DAY, zone_from="none")
        stated = zone_of(offset, zone) if offset else None
        default = named(zone) if zone else None
        source = "stated" if stated else "source" if default else "none"
        moment = Moment(
            at=datetime(*day, *clock, tzinfo=stated or default or UTC),
            precision=Precision.MINUTE,
            zone_from=source,
        )
        return replace(moment, at=moment.at.replace(fold=0)) if in_utc(moment) else None
    except (ValueError, OverflowError):
        return None


def _han(text: str) -> int:
    tens, ten, units = text.partition("十")
    if not ten:
        return int(text.translate(_HAN_DIGITS))
    return (int(tens.translate(_HAN_DIGITS)) if tens else 1) * 10 + (
        int(units.translate(_HAN_DIGITS)) if units else 0
    )
