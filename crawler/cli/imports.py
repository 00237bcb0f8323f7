"""`windcatch import`: articles from files, through the same transaction as a crawl."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli import logs, show
from crawler.cli.batch import secrets_of
from crawler.cli.errors import Exit, UsageProblem
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.clock import utcnow

if TYPE_CHECKING:
    from crawler.backfill.ringing import Ringing
    from crawler.imports.run import Report

#: Seconds between two lines of progress where nobody watches.
EVERY_S = 30.0
_COUNTS = ("new", "revised", "older", "unchanged", "refused", "skipped", "problems")

AlertsOption = Annotated[
    str,
    typer.Option(
        "--alerts",
        metavar="none|digest|all",
        help="Tell nobody, in the next digest, or each story.",
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask: --alerts all is meant.")]


def import_(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="WARC, HTML, JSON Lines; or folders.")
    ],
    alerts: AlertsOption = "none",
    yes: YesOption = False,
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=64, help="Processes; 0 means one for each core.")
    ] = 0,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Import articles from WARC files, HTML files or JSON Lines. Doing it again adds nothing.

    A .jsonl holds articles as `articles export` writes them ({"url", "title", "text",
    "published_at", "captured_at", ...}) or names pages ({"file", "url", "captured_at"}). Pages
    keep the time of their capture: WARC-Date, captured_at, or the file's own. What belongs to a
    configured source is filed under it, the rest under its host.

    \b
    Examples:
      windcatch import CC-NEWS-20260101-00001.warc.gz
      windcatch import pages/ index.jsonl
    """
    from crawler.backfill.ringing import Ringing, listening
    from crawler.imports.paths import things_in
    from crawler.imports.run import run_import
    from crawler.imports.whose import Owners
    from crawler.ingest import Desk
    from crawler.watchlists import watchlists_of

    ringing = ringing_of(alerts, yes=yes)
    found = open_config(config)
    logs.start(hide=secrets_of(found))
    now = utcnow()
    watchlists = listening(watchlists_of(found), ringing)
    with open_archive(found) as archive:
        from alerts.match import Matcher

        owners = Owners(found.sources.values(), now=now)
        report = run_import(
            archive,
            things_in(paths, source_of=owners.id_of),
            desk=Desk(matcher=Matcher(watchlists), watchlists=watchlists, sources=found.sources),
            owners=owners,
            baseline=ringing is Ringing.NONE,
            workers=workers,
            config_hash=found.hash,
            progress=_ticker(),
        )
    _tell(report, as_json=as_json)
    if report.counts["problems"]:
        raise typer.Exit(Exit.FAILED)


def ringing_of(text: str, *, yes: bool) -> Ringing:
    """Return what `--alerts` asks for.

    Raises:
        UsageProblem: it is none of the three, or `all` without being confirmed.
    """
    from crawler.backfill.ringing import Ringing

    if text not in tuple(Ringing):
        raise UsageProblem(f'--alerts "{text[:20]}": none, digest or all')
    if text == Ringing.ALL and not yes:
        raise UsageProblem(
            "--alerts all sends a message for every story of the past; add --yes if that is meant"
        )
    return Ringing(text)


def _ticker() -> Callable[[Report], None]:
    """Return a function that tells how far the import is, now and then."""
    began = last = time.monotonic()
    every = 2.0 if show.console(stderr=True).is_terminal else EVERY_S

    def tell(report: Report) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < every:
            return
        last = now
        done = report.read
        told = ", ".join(f"{report.counts[name]} {name}" for name in _COUNTS if report.counts[name])
        show.note(f"{done} read ({done / max(now - began, 0.001):.0f} a second): {told}")

    return tell


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        show.print_json(
            {
                **{name: report.counts[name] for name in _COUNTS},
                **{name: n for name, n in report.counts.items() if name not in _COUNTS},
                "undated": report.undated,
                "reasons": dict(report.reasons.most_common()),
                "told": report.problems,
            }
        )
        return
    rows = [(name, str(n)) for name, n in report.counts.items() if n]
    rows += [("without a date", str(report.undated))] if report.undated else []
    show.say(show.facts(rows) if rows else "nothing to import was found")
    for reason, count in report.reasons.most_common(10):
        show.say(show.foreign(f"  {count} x {reason}", "dim"))
    for problem in report.problems:
        show.say(show.foreign(problem, "yellow"))
    if (more := report.counts["problems"] - len(report.problems)) > 0:
        show.say(f"... and {more} problems more: the log has them all")
