"""`windcatch status`: sources, outbox and service at a glance."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli import muting, show
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.clock import utcnow

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.standing import SourceStanding, Standing

#: Of each state: how it is shown. The first need a look, the others do not.
_STYLE = {
    "failing": "bold red", "degraded": "yellow", "quiet": "yellow", "late": "yellow",
    "new": "dim", "ok": "green", "off": "dim",
}  # fmt: skip
_SOUND = frozenset({"new", "ok", "off"})
#: More sources than fit a screen: those that fare well are counted, not listed.
MANY = 25
#: Reasons that are written out then.
_TOLD = 8


def status(
    everything: Annotated[
        bool, typer.Option("--all", help="List every source and reason, however many.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show how each source fares, what waits in the outbox, and whether the service runs.

    With more than 25 sources, those that fare well are counted instead of listed.

    \b
    Example: windcatch status
    """
    from crawler.standing import standing

    found = open_config(config)
    now = utcnow()
    with open_archive(found) as archive, archive.read() as reader:
        held = standing(found, reader, now=now)
    if as_json:
        show.print_json(held)
        return
    show.say(*_lines(held, everything=everything))


def _lines(held: Standing, *, everything: bool) -> list[Any]:
    from rich.text import Text

    now = held.at
    brief = len(held.sources) > MANY and not everything
    shown = held.sources
    if brief:
        order = list(_STYLE)
        ill = [source for source in held.sources if source.state not in _SOUND]
        shown = tuple(sorted(ill, key=lambda source: order.index(source.state)))
    columns = [
        show.short("source", 18),
        show.whole("state"),
        show.whole("last good"),
        show.whole("last new"),
        show.whole("next"),
        show.number("articles"),
    ]
    rows = [
        (
            s.source_id,
            Text(s.state, style=_STYLE[s.state]),
            show.ago(s.last_ok_at, now),
            show.ago(s.last_new_at, now),
            _next(s, now),
            f"{s.articles:,}",
        )
        for s in (shown[:MANY] if brief else shown)
    ]
    lines: list[Any] = [show.table(columns, rows)] if rows else []
    reasons = [
        # What to do about it stands behind the first "; ", and is the same for many.
        show.foreign(f"{s.source_id}: {s.reason.split('; ')[0] if brief else s.reason}", "yellow")
        for s in shown
        if s.reason
    ]
    lines += reasons[:_TOLD] if brief else reasons
    if brief:
        lines += _in_brief(held, len(rows), len(reasons))
    service = held.service
    if service is None:
        lines.append(Text("service: not running (windcatch run)", style="yellow"))
    else:
        alive = (
            f"running, pid {service.pid}, last sign of life {show.ago(service.heartbeat_at, now)}"
        )
        lines.append(Text(f"service: {alive}"))
    outbox = ", ".join(f"{count} {state}" for state, count in held.outbox.items() if count)
    lines.append(Text(f"outbox: {outbox or 'empty'}"))
    if held.oldest_pending_at is not None:
        lines.append(Text(f"oldest waiting message: {show.ago(held.oldest_pending_at, now)}"))
    lines += muting.lines(held.mutes)
    return lines


def _in_brief(held: Standing, rows: int, reasons: int) -> list[Any]:
    """Return the counts that stand for the sources and reasons that are not shown."""
    from rich.text import Text

    states = Counter(source.state for source in held.sources)
    counted = ", ".join(f"{states[state]} {state}" for state in _STYLE if states[state])
    due = sum(source.due for source in held.sources)
    at_work = sum(source.at_work for source in held.sources)
    lines = [Text(f"{len(held.sources)} sources: {counted}; {due} due, {at_work} at work")]
    ill = sum(states[state] for state in _STYLE if state not in _SOUND)
    if ill > rows or reasons > _TOLD or len(held.sources) > ill:
        lines.append(Text("all of them, and what to do: windcatch status --all", style="dim"))
    return lines


def _next(source: SourceStanding, now: datetime) -> str:
    """Return when a source is polled next, in a word or two."""
    if source.at_work:
        return "at work"
    if source.next_due_at is None:
        return "-"
    return "due" if source.due else show.ago(source.next_due_at, now)
