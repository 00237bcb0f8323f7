"""`windcatch crawl`, `deliver` and `run`: the commands that do the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli import batch, logs, show
from crawler.cli.batch import secrets_of
from crawler.cli.errors import Exit
from crawler.cli.opening import chosen_sources, config_path, open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.clock import utcnow

if TYPE_CHECKING:
    from alerts.report import DeliveryReport
    from crawler.config import Config
    from crawler.dryrun import WouldBe
    from crawler.result import RunResult

#: A feed or sitemap that came and is none: the source is read by its other channels, if any, but
#: somebody must look.
_UNREADABLE = {"not_a_feed", "empty_feed"}
_COLUMNS = ("found", "new", "revised", "unchanged", "refused", "failed")


def crawl(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...", help="All that are enabled by default.", show_default=False
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be stored and told; keep nothing.")
    ] = False,
    no_deliver: Annotated[
        bool, typer.Option("--no-deliver", help="Leave alerts in the outbox.")
    ] = False,
    alert_baseline: Annotated[
        bool,
        typer.Option("--alert-baseline", help="Ring for what a source's first crawl brings, too."),
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Crawl now, once, whether due or not, and send what there is to tell.

    The first crawl of a source is its baseline: stored, but nobody is told.

    \b
    Examples:
      windcatch crawl
      windcatch crawl chinadaily technode --dry-run
    """
    from crawler.crawling import crawl as crawled
    from crawler.delivery import dispatcher_of

    found = open_config(config)
    ids = chosen_sources(found, sources or ())
    logs.start(hide=secrets_of(found))
    if dry_run:
        _dry(found, ids, alert_baseline=alert_baseline, as_json=as_json)
        return
    with open_archive(found) as archive:
        # Before the crawl: a missing token is better known now than an hour later.
        dispatcher = None if no_deliver else dispatcher_of(found, archive)
        result = crawled(found, ids, trigger="crawl", alert_baseline=alert_baseline)
        report = dispatcher.deliver_once() if dispatcher is not None else None
    if as_json:
        show.print_json({**_as_json(result), "delivered": report})
    else:
        _report(result, found)
        if report is not None:
            _delivered(report)
    _leave(result, report)


def _dry(config: Config, ids: tuple[str, ...], *, alert_baseline: bool, as_json: bool) -> None:
    from crawler.dryrun import dry_run

    would = dry_run(config, ids, now=utcnow(), alert_baseline=alert_baseline)
    if as_json:
        show.print_json(
            {**_as_json(would.result), "articles": would.articles, "alerts": would.alerts}
        )
    else:
        _report(would.result, config)
        _would(would)
    _leave(would.result)


def _would(would: WouldBe) -> None:
    """Print what a dry run found, for people."""
    from alerts.message import render

    for article in would.articles:
        verb = (
            "would store" if article.revision == 1 else f"would add revision {article.revision} of"
        )
        show.say(show.foreign(f"{verb}: {article.title} ({article.source_id})"))
    for alert in would.alerts:
        show.say("", show.foreign(f"would tell {alert.destination}:", "bold"))
        show.say(show.clean(render(alert.payload).plain))
    show.say("", "dry run: nothing was stored, nothing was sent")


def _as_json(result: RunResult) -> dict[str, Any]:
    return {
        "run": result.run_id,
        "outcome": result.outcome,
        "sources": {id_: source.as_json() for id_, source in result.sources.items()},
        "skipped": result.skipped,
    }


def _report(result: RunResult, config: Config) -> None:
    columns = [
        show.short("source", 20),
        *(show.number(name) for name in _COLUMNS),
    ]
    rows = (
        (id_, *(source.counts.get(name, 0) for name in _COLUMNS))
        for id_, source in result.sources.items()
    )
    if result.sources:
        show.say(show.table(columns, rows))
    for id_, source in result.sources.items():
        for text in source.notes if source.ok else ():
            show.say(show.foreign(f"{id_}: {text}", "yellow"))
        if not source.ok:
            show.say(show.foreign(f"{id_}: {source.error}", "bold red"))
    for id_ in result.skipped:
        show.say(show.foreign(f"{id_}: skipped, another process is crawling it", "yellow"))


def _leave(result: RunResult, report: DeliveryReport | None = None) -> None:
    if result.outcome == "interrupted":
        raise typer.Exit(Exit.INTERRUPTED)
    unread = any(_UNREADABLE & source.errors.keys() for source in result.sources.values())
    if not result.ok or unread or (report is not None and not report.ok):
        raise typer.Exit(Exit.FAILED)


def deliver(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Send what is due in the outbox, once.

    \b
    Example: windcatch deliver
    """
    from crawler.delivery import dispatcher_of

    found = open_config(config)
    logs.start(hide=secrets_of(found))
    with open_archive(found) as archive:
        report = dispatcher_of(found, archive).deliver_once()
    if as_json:
        show.print_json(report)
    else:
        _delivered(report)
    if not report.ok:
        raise typer.Exit(Exit.FAILED)


def _delivered(report: DeliveryReport) -> None:
    counts = {name: count for name, count in show.plain(report).items() if name != "problems"}
    shown = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items() if n)
    show.say(f"delivery: {shown or 'nothing was due'}")
    for problem in report.problems:
        show.say(show.foreign(problem, "yellow"))


def run(config: ConfigOption = None) -> None:
    """Run the background service: crawl what is due, deliver alerts, until told to stop.

    SIGTERM or Ctrl-C: finish what is under way, at most 30 s; again: at once. SIGHUP: read the
    configuration anew; a bad file changes nothing.

    \b
    Example: windcatch run
    """
    import asyncio

    from crawler.nursery import Nursery
    from crawler.service import Service

    path = config_path(config)
    secrets = secrets_of(open_config(config))
    service = Service(path)
    # Before anything starts a thread or opens the database; it loads while the service does.
    nursery = Nursery.fork(
        load=batch.load,
        work=batch.work,
        prepare=batch.prepare,
        options=logs.child_options("info"),
    )
    logs.start("info", hide=secrets)

    async def serve() -> int:
        return await service.run(nursery)

    raise typer.Exit(asyncio.run(serve()))
