"""What a backfill shows: progress as it goes, the plan of a dry run, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from crawler.cli import show

if TYPE_CHECKING:
    from crawler.backfill.plan import Estimate
    from crawler.backfill.summary import Standing
    from crawler.backfill.tally import SourceTally
    from crawler.backfill.wish import Result
    from storage.units import Unit


def progress(
    *, terminal: bool
) -> tuple[AbstractContextManager[Any], Callable[[Mapping[str, SourceTally]], None]]:
    """Return what shows progress, and the function that renews it."""
    from crawler.backfill.summary import progress_line

    began = time.monotonic()

    def lines(tallies: Mapping[str, SourceTally]) -> list[str]:
        return [
            progress_line(
                key,
                done=tally.units_done + tally.units_failed,
                total=max(tally.units_total, tally.units_done + tally.units_failed),
                counts=tally.counts,
                seconds=time.monotonic() - began,
                at=tally.at,
            )
            for key, tally in tallies.items()
        ]

    if not terminal:

        def say(tallies: Mapping[str, SourceTally]) -> None:
            for line in lines(tallies):
                show.note(line)

        return nullcontext(), say
    from rich.console import Group
    from rich.live import Live

    live = Live(console=show.console(stderr=True), auto_refresh=False, transient=True)

    def tell(tallies: Mapping[str, SourceTally]) -> None:
        # One row a source: what does not fit is where it is, and comes last.
        rows = [show.foreign(line) for line in lines(tallies)]
        for row in rows:
            row.no_wrap, row.overflow = True, "ellipsis"
        live.update(Group(*rows), refresh=True)

    return live, tell


def plan(units: Sequence[Unit], result: Result, estimates: Mapping[str, Estimate]) -> None:
    """Print the units of a dry run, what reading the indexes said, and what it may cost."""
    from crawler.backfill.summary import format_duration_s

    columns: list[str | show.Column] = [
        show.short("source", 20),
        show.whole("way"),
        show.short("unit", 60),
        "state",
        show.number("expected"),
    ]
    rows = ((u.source_id, u.way, u.key, u.state, u.expected) for u in units[:200])
    show.say(show.table(columns, rows))
    if len(units) > 200:
        show.say(f"... and {len(units) - 200} units more")
    _notes(result)
    for id_, cost in estimates.items():
        some = "1 unit" if cost.unknown == 1 else f"{cost.unknown} units"
        more = f", and the articles of {some}" if cost.unknown else ""
        show.say(
            f"{id_}: {cost.units} {'unit' if cost.units == 1 else 'units'}, at least {cost.requests} requests{more}: "
            f"{format_duration_s(cost.seconds)} or more"
        )
    show.say("dry run: no article was fetched, nothing was stored")


def came_of_it(held: tuple[Standing, ...], result: Result) -> None:
    """Print the summary of a run."""
    _standing(held)
    for id_, tally in result.tallies.items():
        if not tally.units_total and result.outcome == "finished":
            show.say(f"{id_}: nothing was left to do")
    _notes(result)
    _missing(held, result)


def standing(held: tuple[Standing, ...]) -> None:
    """Print how far the backfills are."""
    _standing(held)
    _missing(held)


def _standing(standing: tuple[Standing, ...]) -> None:
    columns: list[str | show.Column] = [
        show.short("source", 16),
        show.whole("way"),
        show.number("units"),
        *(show.number(name) for name in ("new", "known", "revised", "refused", "outside")),
    ]
    rows = (
        (
            one.source_id,
            one.way,
            f"{one.states['done']}/{one.total}",
            one.counts["new"],
            one.counts["known"] + one.counts["unchanged"],
            one.counts["revised"] + one.counts["older"],
            one.counts["refused"] + one.counts["gone"],
            one.counts["outside"],
        )
        for one in standing
    )
    show.say(show.table(columns, rows))


def _missing(standing: tuple[Standing, ...], result: Result | None = None) -> None:
    """Say what is missing and why: gaps by month, failed units, undated articles."""
    for one in standing:
        for month, promised, held in one.gaps[:24]:
            show.say(
                f"{one.source_id}, {one.way}, {month}: {held} of {promised} that were listed are held"
            )
        for key, reason in one.failures[:20]:
            show.say(show.foreign(f"{one.source_id}, {one.way} {key}: {reason}", "yellow"))
    for id_, tally in (result.tallies if result is not None else {}).items():
        for url in tally.undated[:20]:
            show.say(show.foreign(f"{id_}: no date: {url}", "dim"))
        if tally.stopped and not (result is not None and result.outcome == "interrupted"):
            show.say(show.foreign(f"{id_}: {tally.stopped}", "bold red"))


def _notes(result: Result) -> None:
    for id_, tally in result.tallies.items():
        for text in tally.notes:
            show.say(show.foreign(f"{id_}: {text}", "yellow"))
