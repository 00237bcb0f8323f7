"""`windcatch status`: sources, outbox and service at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.cli import muting, show
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.clock import utcnow

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.standing import SourceStanding, Standing

_STYLE = {
    "ok": "green", "new": "dim", "off": "dim", "quiet": "yellow", "late": "yellow",
    "degraded": "yellow", "failing": "bold red",
}  # fmt: skip


def status(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show how each source fares, what waits in the outbox, and whether the service runs.

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
    show.say(*_lines(held))


def _lines(held: Standing) -> list[Any]:
    from rich.text import Text

    now = held.at
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
        for s in held.sources
    ]
    lines: list[Any] = [show.table(columns, rows)]
    lines += [
        show.foreign(f"{s.source_id}: {s.reason}", "yellow") for s in held.sources if s.reason
    ]
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


def _next(source: SourceStanding, now: datetime) -> str:
    """Return when a source is polled next, in a word or two."""
    if source.at_work:
        return "at work"
    if source.next_due_at is None:
        return "-"
    return "due" if source.due else show.ago(source.next_due_at, now)
