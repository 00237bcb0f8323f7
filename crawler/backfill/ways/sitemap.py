"""Sitemaps: an index becomes a unit for each child that may hold what is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from crawler.backfill.dates import Reach, of_entry, proven
from crawler.backfill.span import DAY, Span, stated
from crawler.backfill.steps import Job, Step, Wanted, WayFailed
from spiders.sitemaps import MAX_DEPTH, Child, read_sitemap
from storage.types import Entry
from storage.units import Unit

#: Children of one index that become units, the newest first. The protocol allows 50,000.
MAX_CHILDREN = 5000
#: Entries between two checkpoints.
SLICE = 200
#: The protocol's own limit of a sitemap, unpacked (sitemaps.org: 50 MB).
MAX_BYTES = 32 << 20


async def work(job: Job) -> AsyncIterator[Step]:
    """Yield the units of an index, or the pages of a sitemap.

    Raises:
        WayFailed: it did not come, or is no sitemap.
    """
    answer = await job.document(job.unit.key, max_bytes=MAX_BYTES)
    found = read_sitemap(answer.body, url=answer.final_url)
    if not found.readable:
        raise WayFailed(f"{job.unit.key[:200]}: {'; '.join(found.warnings)}")
    trusted = proven(found.entries, zone=job.source.zone)
    reaches = [
        of_entry(entry, job.span, zone=job.source.zone, trusted=trusted) for entry in found.entries
    ]
    wanted = [
        entry
        for entry, reach in zip(found.entries, reaches, strict=True)
        if reach in (Reach.WITHIN, Reach.UNKNOWN)
    ]
    if found.children:
        units, said = children(found.children, job.unit, MAX_DEPTH)
        yield Step(units=units, notes=(*found.warnings, *said), expected=len(wanted))
    outside = len(found.entries) - len(wanted)
    at = _go_on(wanted, job.unit.cursor.get("after"))
    notes = found.warnings if not found.whole else ()
    for start in range(at, len(wanted), SLICE):
        part = wanted[start : start + SLICE]
        yield Step(
            wanted=tuple(Wanted(entry=entry) for entry in part),
            cursor={**job.unit.cursor, "after": part[-1].url},
            outside=outside,
            expected=len(wanted),
            notes=notes,
        )
        outside, notes = 0, ()
    if not wanted:
        told = found.entries or found.children
        yield Step(outside=outside, expected=0 if told else None, notes=notes)
    if not found.whole and not found.children:
        # What was cut off may come whole another time.
        raise WayFailed(f"{job.unit.key[:200]}: only a part of it could be read")


def _go_on(wanted: Sequence[Entry], after: object) -> int:
    """Return where to go on: by address, since sitemaps grow while they are worked on."""
    for place, entry in enumerate(wanted):
        if entry.url == after:
            return place + 1
    return 0


def children(
    found: Sequence[Child], unit: Unit, max_depth: int
) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """Return a unit for each child that may hold what *unit* wants, and what is worth telling.

    A child that states its month is taken by it. `lastmod` is believed only where children that
    state a month bear it out: none of them changed before its month began.
    """
    depth = int(unit.cursor.get("depth", 1))
    if depth >= max_depth:
        return (), (f"indexes nested deeper than {max_depth} are not followed",)
    span = Span(unit.begins_at, unit.ends_at)
    months = {child.url: stated(child.url) for child in found}
    believed = _believed(found, months)
    wanted: dict[str, tuple[Span | None, Child]] = {}
    for child in found:
        period = months[child.url]
        if child.url == unit.key or (period is not None and not span.touches(period)):
            continue
        if believed and child.changed_at is not None and child.changed_at < span.begin - DAY:
            continue
        wanted.setdefault(child.url, (period, child))
    ranked = sorted(
        wanted.items(),
        key=lambda item: item[1][0].begin if item[1][0] else item[1][1].changed_at or span.end,
        reverse=True,
    )
    notes: tuple[str, ...] = ()
    if len(ranked) > MAX_CHILDREN:
        notes = (f"the index names {len(ranked)} sitemaps: the newest {MAX_CHILDREN} are read",)
    units = tuple(
        Unit(
            source_id=unit.source_id,
            way=unit.way,
            key=url,
            begins_at=unit.begins_at,
            ends_at=unit.ends_at,
            place=unit.place + 1 + number,
            cursor={"depth": depth + 1},
        )
        for number, (url, _) in enumerate(ranked[:MAX_CHILDREN])
    )
    return units, notes


def _believed(found: Sequence[Child], months: dict[str, Span | None]) -> bool:
    checked = 0
    for child in found:
        period = months[child.url]
        if period is None or child.changed_at is None:
            continue
        if child.changed_at < period.begin - DAY:
            return False
        checked += 1
    times = {child.changed_at for child in found}
    return checked >= 3 and len(times) > 1
