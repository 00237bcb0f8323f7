"""Reads the TOML table `[delivery]` of a watchlist, and those of single themes in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts.rules import CAP_PER_HOUR, DAYS, Delivery, Every, Mode
from alerts.tables import TableError, TableReader
from storage.mutes import KINDS, Mute


def parse_delivery(table: Mapping[str, Any]) -> Delivery:
    """Return the rules in the TOML table `[delivery]`, with those of `[delivery.themes.<id>]`.

    Raises:
        TableError: with every problem at once, each naming its key.
    """
    reader = TableReader(table)
    delivery = replace(
        _rules(reader, Delivery(zone=reader.zone("zone"))),
        cap_per_hour=reader.cap("cap_per_hour", CAP_PER_HOUR),
        mutes=_mutes(reader, "mute"),
    )
    themes = _themes(reader, delivery)
    reader.done()
    return replace(delivery, themes=themes)


def _rules(reader: TableReader, base: Delivery) -> Delivery:
    """Return what a watchlist and a theme may both set; *base* has the rest."""
    changes = reader.changes("changes")
    return replace(
        base,
        mode=Mode(reader.choice("mode", [m.value for m in Mode], base.mode)),
        every=Every(reader.choice("every", [e.value for e in Every], base.every)),
        at=reader.clock("at", base.at),
        weekday=DAYS.index(reader.choice("weekday", list(DAYS), DAYS[base.weekday])),
        quiet=reader.quiet("quiet") if "quiet" in reader else base.quiet,
        high_passes=reader.flag("high_passes", default=base.high_passes),
        min_score=reader.number("min_score", base.min_score),
        languages=(
            frozenset(word.lower() for word in reader.words("languages"))
            if "languages" in reader
            else base.languages
        ),
        changes=base.changes if changes is None else changes,
    )


def _themes(reader: TableReader, base: Delivery) -> tuple[tuple[str, Delivery], ...]:
    """Return the rules of single themes. One zone, one cap: they are the channel's."""
    found = []
    for id_, table in reader.take("themes", dict, "tables [delivery.themes.<id>]", {}).items():
        if not isinstance(table, dict):
            reader.problems.append(f"themes.{id_}: must be a table [delivery.themes.{id_}]")
            continue
        own = TableReader(table)
        rules = _rules(own, replace(base, mutes=()))
        try:
            own.done()
        except TableError as error:
            reader.problems += [f"themes.{id_}.{problem}" for problem in error.problems]
        found.append((id_, rules))
    return tuple(found)


def _mutes(reader: TableReader, key: str) -> tuple[Mute, ...]:
    found: list[Mute] = []
    for number, table in enumerate(reader.take(key, list, "tables [[delivery.mute]]", []), 1):
        place = f"{key} {number}"
        what = [w for w in KINDS if isinstance(table, dict) and w in table]
        if len(what) != 1 or set(table) - {what[0], "until"}:
            reader.problems.append(
                f"{place}: must have one of theme, source, story, and may have until"
            )
            continue
        until = table.get("until")
        if until is not None and (not isinstance(until, datetime) or until.tzinfo is None):
            reader.problems.append(
                f"{place}.until: must be a time with offset: 2026-01-31T08:00:00Z"
            )
            continue
        found.append(Mute(what=what[0], id=str(table[what[0]]), until=until))
    return tuple(found)
