"""Which ways a source offers, the units they come to, and what they may cost. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from crawler.backfill.span import DAY, Span, days, months
from spiders.sources import Channel, ChannelKind, Source
from storage.units import Unit


class WayName(StrEnum):
    """The ways, in the order in which they are tried: the surest and cheapest first."""

    ARCHIVE = "archive"
    SITEMAP = "sitemap"
    WORDPRESS = "wordpress"
    FEED = "feed"
    SECTION = "section"
    #: Others' archives: only when asked for.
    WAYBACK = "wayback"
    COMMONCRAWL = "commoncrawl"


_CHANNELS = {
    WayName.ARCHIVE: ChannelKind.ARCHIVE,
    WayName.SITEMAP: ChannelKind.SITEMAP,
    WayName.WORDPRESS: ChannelKind.WORDPRESS,
    WayName.FEED: ChannelKind.FEED,
    WayName.SECTION: ChannelKind.LISTING,
}
OWN = tuple(_CHANNELS)
_ALL = tuple(WayName)
#: Places left between two ways for the children of a sitemap index.
_ROOM = 10_000_000
#: Captures of an article may come long after it: one month is read beyond the end.
_BEYOND = 31 * DAY


def offered(source: Source) -> tuple[WayName, ...]:
    """Return the publisher's own ways into the history of *source*, the best first."""
    kinds = {channel.kind for channel in source.channels if _usable(channel)}
    return tuple(way for way in OWN if _CHANNELS[way] in kinds)


def chosen(source: Source, via: Sequence[WayName] | None) -> tuple[WayName, ...]:
    """Return the ways to use: those of *via* that *source* has, else all of its own.

    Section pages are left out when a way that states its dates is there: they cost the most.
    """
    own = offered(source)
    if via is None:
        surer = [way for way in own if way in (WayName.ARCHIVE, WayName.SITEMAP, WayName.WORDPRESS)]
        return tuple(way for way in own if way is not WayName.SECTION or not surer)
    return tuple(way for way in _ALL if way in via and (way in own or way not in OWN))


def _usable(channel: Channel) -> bool:
    """Tell whether a listing leads any further than its first page."""
    if channel.kind is not ChannelKind.LISTING:
        return True
    return "{page}" in channel.url or channel.next_page is not None


def plan(source: Source, span: Span, via: Sequence[WayName] | None = None) -> tuple[Unit, ...]:
    """Return the units that bring in the history of *source* in *span*, in the order of work.

    What an index names becomes units once the index was read.
    """
    units: list[Unit] = []
    for way in chosen(source, via):
        base = _ALL.index(way) * _ROOM
        for number, (key, part) in enumerate(_keys(source, way, span)):
            units.append(
                Unit(
                    source_id=source.id,
                    way=way.value,
                    key=key,
                    begins_at=part.begin,
                    ends_at=part.end,
                    place=base + number * (1 if way is not WayName.SITEMAP else 100_000),
                )
            )
    return tuple(units)


def _keys(source: Source, way: WayName, span: Span) -> Iterator[tuple[str, Span]]:
    if way in (WayName.WAYBACK, WayName.COMMONCRAWL):
        # The oldest first: a text counts from its first capture.
        for name, _ in reversed(list(months(Span(span.begin, span.end + _BEYOND)))):
            yield name, span
        return
    for place, channel in enumerate(_channels(source, way)):
        if way is WayName.ARCHIVE:
            cut = days if "{day}" in channel.url else months
            # The channel's place: one source may have an archive for each section.
            yield from ((f"{place} {name}", part) for name, part in cut(span))
        elif way is WayName.WORDPRESS:
            yield from ((f"{place} {name}", part) for name, part in months(span))
        else:
            yield channel.url, span


def _channels(source: Source, way: WayName) -> list[Channel]:
    kind = _CHANNELS[way]
    return [channel for channel in source.channels if channel.kind is kind and _usable(channel)]


def channel_of(source: Source, unit: Unit) -> Channel | None:
    """Return the channel *unit* was planned for; None when the definition has it no more."""
    way = WayName(unit.way)
    if way not in _CHANNELS:
        return None
    channels = _channels(source, way)
    place, blank, _ = unit.key.partition(" ")
    if blank:
        return channels[int(place)] if place.isdigit() and int(place) < len(channels) else None
    named = [channel for channel in channels if channel.url == unit.key]
    # A sitemap that an index named is nobody's channel.
    return named[0] if named else channels[0] if channels and way is WayName.SITEMAP else None


def hosts(source: Source) -> tuple[str, ...]:
    """Return the hosts of *source*, for archives that are asked by host."""
    own = (urlsplit(source.home).hostname or "").removeprefix("www.")
    return tuple(dict.fromkeys(host for host in (own, *source.hosts) if host))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a plan may cost at the source's politeness."""

    units: int
    #: At least so many: articles are counted only where a unit's number is known.
    requests: int
    seconds: float
    #: Units that do not say how many articles they hold.
    unknown: int


def estimate(source: Source, units: Iterable[Unit]) -> Estimate:
    """Return what *units* of *source* will cost at least."""
    count = requests = unknown = 0
    for unit in units:
        if unit.state in ("done", "cancelled"):
            continue
        count += 1
        requests += 1 + (unit.expected or 0)
        unknown += unit.expected is None
    polite = source.politeness
    return Estimate(
        units=count,
        requests=requests,
        # The delay is between two requests to one host, whatever their number at once.
        seconds=requests * max(polite.delay_s, 0.05),
        unknown=unknown,
    )
