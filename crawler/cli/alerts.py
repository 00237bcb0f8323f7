"""`windcatch alerts`: the outbox, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli import muting, show
from crawler.cli.errors import Exit, UsageProblem
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption, LimitOption
from crawler.clock import utcnow

if TYPE_CHECKING:
    from storage.archive import Reader
    from storage.views import AlertView

group = typer.Typer(
    no_args_is_help=True, help="What was told, what waits, and what could not be sent."
)
group.command("mute")(muting.mute)
group.command("unmute")(muting.unmute)
group.command("mutes")(muting.mutes)

Ref = Annotated[
    str, typer.Argument(metavar="ALERT", help="Its number, or the first characters of its id.")
]
Refs = Annotated[
    list[str], typer.Argument(metavar="ALERT...", help="Numbers, or first characters of ids.")
]


@group.command("list")
def list_(
    state: Annotated[
        str | None,
        typer.Option(
            "--state", help="pending, sending, check, sent, held, folded, dead.", show_default=False
        ),
    ] = None,
    watchlist: Annotated[
        str | None, typer.Option("--watchlist", metavar="ID", show_default=False)
    ] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List alerts with where their messages stand, the newest first.

    \b
    Example: windcatch alerts list --state dead
    """
    from storage.types import OutboxState

    states = [known.value for known in OutboxState]
    if state is not None and state not in states:
        raise UsageProblem(f'no state "{state}": one of {", ".join(states)}')
    settings = open_config(config)
    with open_archive(settings) as archive, archive.read() as reader:
        found = reader.alerts(state=state, watchlist=watchlist, limit=limit)
        silent = muting.in_force(reader, settings, utcnow())
    if as_json:
        for alert in found:
            show.print_json(alert)
    elif not found:
        show.note("no alerts")
    else:
        columns: list[str | show.Column] = [
            show.number("no."),
            show.whole("since"),
            show.whole("state"),
            show.whole("kind"),
            show.short("to", 12),
            "about",
        ]
        rows = (
            (
                a.outbox_id,
                show.when(a.created_at),
                a.state,
                f"{a.kind}/{a.op}",
                a.destination,
                _about(a),
            )
            for a in found
        )
        show.say(show.table(columns, rows))
    if not as_json:
        show.say(*muting.lines(silent))


def _about(alert: AlertView) -> str:
    title = str(alert.payload.get("headline") or alert.dedupe_key)
    return f"{title} ({alert.error_class}: {alert.error})" if alert.error_class else title


@group.command("show")
def show_(ref: Ref, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show one alert: what it is about, where it stands, and why.

    \b
    Example: windcatch alerts show 17
    """
    with open_archive(open_config(config)) as archive, archive.read() as reader:
        alert = _found(reader, ref)
    if as_json:
        show.print_json(alert)
        return
    rows = [
        ("id", alert.id),
        ("about", alert.dedupe_key),
        ("watchlist", f"{alert.watchlist}: {', '.join(alert.themes)}"),
        ("message", f"{alert.kind} as {alert.op} to {alert.destination}"),
        ("state", alert.state + (" (it may have arrived)" if alert.uncertain else "")),
        ("created", show.when(alert.created_at)),
        (
            "next try",
            show.when(alert.next_at) if alert.state in ("pending", "held", "check") else None,
        ),
        ("sent", show.when(alert.sent_at) if alert.sent_at else None),
        ("attempts", str(alert.attempts)),
        ("message id", f"{alert.channel} {alert.message_id}" if alert.message_id else None),
        ("error", f"{alert.error_class}: {alert.error}" if alert.error_class else None),
    ]
    show.say(show.facts(rows), "", *_message(alert))


@group.command("preview")
def preview(
    ref: Annotated[
        str,
        typer.Argument(
            metavar="THEME|ALERT", help="A theme (or watchlist/theme), or an alert's number or id."
        ),
    ],
    article: Annotated[
        str | None,
        typer.Option("--article", metavar="ARTICLE", help="Its number or URL.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what a theme's message says, of a stored article; or the message of an alert.

    With --json, the fallback text and the Block Kit blocks, as Slack gets them.

    \b
    Example: windcatch alerts preview battery-swapping
    """
    from alerts.message import render
    from crawler import preview as previews
    from crawler.watchlists import watchlists_of

    settings = open_config(config)
    with open_archive(settings) as archive, archive.read() as reader:
        watchlist = previews.watchlist_of(watchlists_of(settings), ref)
        if watchlist is None:
            payload = _found(reader, ref).payload
        else:
            made = previews.preview(
                reader, watchlist, sources=settings.sources, now=utcnow(), article=article
            )
            if made is None:
                which = "no stored article matches" if article is None else f"{article} is no match"
                raise UsageProblem(f"{which}: see `windcatch themes explain`")
            payload = made.payload
    message = render(payload)
    if as_json:
        show.print_json({"text": message.text, "blocks": message.blocks})
        return
    show.say(show.clean(message.plain))


def _message(alert: AlertView) -> list[str]:
    from alerts.message import render

    return [show.clean(render(alert.payload).plain)]


@group.command("retry")
def retry(refs: Refs, config: ConfigOption = None) -> None:
    """Send dead or held messages after all; what may have arrived is looked up first.

    \b
    Example: windcatch alerts retry 17 18
    """
    now = utcnow()
    with open_archive(open_config(config)) as archive, archive.begin() as tx:
        ids = [_found(tx, ref).outbox_id for ref in refs]
        moved = tx.retry(ids, now=now) + tx.release_held(ids=ids, now=now)
    show.write_line(
        f"{moved} of {len(ids)} will be sent: run `windcatch deliver`, or wait for the service"
    )
    if moved < len(ids):
        show.note("the others are neither dead nor held")
        raise typer.Exit(Exit.FAILED)


@group.command("drop")
def drop(
    refs: Refs,
    reason: Annotated[
        str, typer.Option("--reason", help="Kept with the alert.")
    ] = "dropped by a person",
    config: ConfigOption = None,
) -> None:
    """Give messages up that have not been sent; they are kept, as dead, with the reason.

    \b
    Example: windcatch alerts drop 17 --reason "test"
    """
    now = utcnow()
    with open_archive(open_config(config)) as archive, archive.begin() as tx:
        alerts = [_found(tx, ref) for ref in refs]
        late = [alert for alert in alerts if alert.state in ("sent", "folded", "dead")]
        if late:
            raise UsageProblem(f"alert {late[0].outbox_id} is {late[0].state}: nothing to drop")
        for alert in alerts:
            tx.bury(alert.outbox_id, error_class="dropped", error=reason, at=now)
    show.write_line(f"{len(alerts)} dropped")


def _found(reader: Reader, ref: str) -> AlertView:
    alert = reader.alert(ref)
    if alert is None:
        raise UsageProblem(f"no alert {ref}: see `windcatch alerts list`")
    return alert
