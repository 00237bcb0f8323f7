"""`windcatch backfill`: history from whatever a source offers, resumable, told as it goes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from crawler.cli import backfill_view, logs, show
from crawler.cli.batch import secrets_of
from crawler.cli.errors import Exit, UsageProblem
from crawler.cli.imports import EVERY_S, AlertsOption, YesOption, ringing_of
from crawler.cli.opening import chosen_sources, open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.cli.times import moment
from crawler.clock import utcnow

if TYPE_CHECKING:
    from crawler.backfill.plan import WayName
    from crawler.backfill.wish import Wish
    from crawler.config import Config


class _Group(TyperGroup):
    """Takes sources where others take a command: `backfill chinadaily` is `backfill run ...`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `run` before what is no command of ours."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


group = typer.Typer(cls=_Group, no_args_is_help=True, help="Bring in years of history.")

SourcesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[SOURCE]...", show_default=False)
]


@group.command("run")
def run(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...")],
    since: Annotated[
        str, typer.Option("--since", metavar="WHEN", help="A date: 2020-01-01; or 90d.")
    ],
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="WHEN", help="Now by default.", show_default=False),
    ] = None,
    via: Annotated[
        list[str] | None,
        typer.Option(
            "--via",
            metavar="WAY",
            help="Only this way; repeat for several: archive, sitemap, wordpress, feed, section, "
            "wayback, commoncrawl.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan; store no article.")
    ] = False,
    alerts: AlertsOption = "none",
    yes: YesOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Bring in the history of sources by their own ways; others' archives when --via names them.

    The same command again continues where it was stopped or killed, and stores nothing twice.
    Ctrl-C once finishes the pages under way, twice stops at once. Nobody is told unless --alerts
    says so. `run` may be left out.

    \b
    Examples:
      windcatch backfill chinadaily --since 2020-01-01 --dry-run
      windcatch backfill run gov_cn ndrc --since 2024-01-01 --via sitemap
    """
    from crawler.backfill.ringing import Ringing
    from crawler.backfill.wish import Wish

    ringing = ringing_of(alerts, yes=yes)
    found = open_config(config)
    ids = chosen_sources(found, sources)
    logs.start("warning", hide=secrets_of(found))
    wish = Wish(
        span=_span(since, until, now=utcnow()),
        up_to_now=until is None,
        via=_ways(via),
        baseline=ringing is Ringing.NONE,
        services=_services(),
    )
    _offers(found, ids, wish)
    if dry_run:
        _plan(found, ids, wish, as_json=as_json)
        return
    _work(found, ids, wish, ringing=ringing, as_json=as_json)


def _span(since: str, until: str | None, *, now: datetime) -> Any:
    from crawler.backfill.span import Span

    begin = moment(since, now=now)
    end = moment(until, now=now) if until else now
    if begin >= end:
        raise UsageProblem(f"--since {since} is not before {until or 'now'}")
    return Span(begin, end)


def _ways(via: list[str] | None) -> tuple[WayName, ...] | None:
    from crawler.backfill.plan import WayName

    if not via:
        return None
    names = [name.strip() for given in via for name in given.split(",") if name.strip()]
    for name in names:
        if name not in tuple(WayName):
            raise UsageProblem(f'no way "{name[:20]}": there are {", ".join(WayName)}')
    return tuple(WayName(name) for name in names)


def _services() -> dict[str, str]:
    """Return where others' archives are; WINDCATCH_WAYBACK_URL and _COMMONCRAWL_URL move them."""
    import os

    from crawler.backfill.services import SERVICES

    return {
        name: os.environ.get(f"WINDCATCH_{name.upper()}_URL", base).rstrip("/")
        for name, base in SERVICES.items()
    }


def _offers(config: Config, ids: tuple[str, ...], wish: Wish) -> None:
    """Refuse a wish that no source can fulfil.

    Raises:
        UsageProblem: a source has none of the ways; the message says which it has.
    """
    from crawler.backfill.plan import chosen, offered

    for id_ in ids:
        source = config.sources[id_]
        if not chosen(source, wish.via):
            has = ", ".join(offered(source)) or "no way of its own"
            raise UsageProblem(f"{id_} offers {has}; try --via wayback")


def _plan(config: Config, ids: tuple[str, ...], wish: Wish, *, as_json: bool) -> None:
    from crawler.backfill.dryrun import dry_run
    from crawler.backfill.plan import estimate

    units, result = dry_run(config, ids, wish)
    by_source = {id_: [unit for unit in units if unit.source_id == id_] for id_ in ids}
    estimates = {id_: estimate(config.sources[id_], members) for id_, members in by_source.items()}
    if as_json:
        show.print_json(
            {
                "units": units,
                "estimates": estimates,
                "notes": {id_: tally.notes for id_, tally in result.tallies.items()},
            }
        )
        return
    backfill_view.plan(units, result, estimates)


def _work(config: Config, ids: tuple[str, ...], wish: Wish, *, ringing: Any, as_json: bool) -> None:
    from alerts.match import Matcher
    from crawler.backfill.ringing import listening
    from crawler.backfill.run import run_backfill
    from crawler.backfill.summary import standings
    from crawler.crawling import fetch_options
    from crawler.ingest import Desk
    from crawler.options import RunOptions
    from crawler.watchlists import watchlists_of

    watchlists = listening(watchlists_of(config), ringing)
    terminal = show.console(stderr=True).is_terminal
    shown, tell = backfill_view.progress(terminal=terminal)
    with open_archive(config) as archive:
        with shown:
            result = run_backfill(
                archive,
                {id_: config.sources[id_] for id_ in ids},
                wish,
                desk=Desk(
                    matcher=Matcher(watchlists), watchlists=watchlists, sources=config.sources
                ),
                fetch=fetch_options(config),
                run=RunOptions(trigger="backfill", deadline_s=0, config_hash=config.hash),
                tell=tell,
                tell_every_s=1.0 if terminal else EVERY_S,
                note=show.note,
            )
        with archive.read() as reader:
            standing = standings(reader.units(ids))
    if as_json:
        show.print_json(
            {
                "outcome": result.outcome,
                "sources": {
                    id_: {
                        "counts": dict(tally.counts),
                        "stopped": tally.stopped,
                        "notes": tally.notes,
                        "undated": tally.undated,
                    }
                    for id_, tally in result.tallies.items()
                },
                "standing": [one.as_json() for one in standing],
            }
        )
    else:
        backfill_view.came_of_it(standing, result)
    if result.outcome == "interrupted":
        show.note("stopped: the same command continues")
        raise typer.Exit(Exit.INTERRUPTED)
    if not result.ok:
        raise typer.Exit(Exit.FAILED)


@group.command("status")
def status(
    sources: SourcesArgument = None, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Show how far the backfills are: units, articles, what is missing and why.

    \b
    Example: windcatch backfill status chinadaily
    """
    from crawler.backfill.summary import standings

    found = open_config(config)
    ids = chosen_sources(found, sources) if sources else None
    with open_archive(found) as archive, archive.read() as reader:
        held = standings(reader.units(ids))
    if as_json:
        for one in held:
            show.print_json(one.as_json())
    elif not held:
        show.note("no backfill was planned: windcatch backfill SOURCE --since 2020-01-01")
    else:
        backfill_view.standing(held)


@group.command("cancel")
def cancel(
    sources: SourcesArgument = None,
    every: Annotated[bool, typer.Option("--all", help="Of all sources.")] = False,
    config: ConfigOption = None,
) -> None:
    """Cancel what is not done of a backfill. A running one stops at its next page.

    \b
    Example: windcatch backfill cancel chinadaily
    """
    found = open_config(config)
    if not sources and not every:
        raise UsageProblem("name the sources, or give --all")
    ids = chosen_sources(found, sources) if sources else None
    with open_archive(found) as archive, archive.begin() as tx:
        count = tx.cancel_units(ids, now=utcnow())
    show.say(f"{count} units cancelled; what was stored stays")
