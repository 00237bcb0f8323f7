"""`windcatch themes backtest`: what themes would have rung for, and how much of it rightly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli import show
from crawler.cli.bars import bar
from crawler.cli.errors import UsageProblem
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.cli.searching import SinceOption
from crawler.cli.theming import WatchlistOption, chosen_watchlists, marked, theme_key
from crawler.cli.times import moment
from crawler.clock import utcnow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from alerts.backtest import Report, ThemeReport

#: With more themes, only their numbers are shown.
_IN_FULL = 3
#: Months in the table of all themes.
_MONTHS = 24
#: Overlaps and silent terms shown of one theme.
_SHOWN = 12


def backtest(
    since: SinceOption = None,
    theme: Annotated[
        list[str] | None,
        typer.Option(
            "--theme", metavar="ID", help="Report on this one; may be repeated.", show_default=False
        ),
    ] = None,
    watchlist: WatchlistOption = None,
    latest: Annotated[
        int, typer.Option("--latest", min=0, max=10, help="Hits to show of each theme.")
    ] = 5,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample",
            metavar="N",
            min=1,
            max=1000,
            help="Write N random hits of each theme to a sheet to label.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.csv", help="The sheet.", show_default=False),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            "--labels",
            metavar="FILE.csv",
            help="Read a labelled sheet (y or n) and print the precision.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[str, typer.Option("--seed", help="Another one draws another sample.")] = "",
    processes: Annotated[
        int, typer.Option("--processes", min=0, max=16, help="0: as many as are worth it.")
    ] = 0,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Try the themes on everything stored: how often, on what, with which others. Nobody is alerted.

    \b
    Examples:
      windcatch themes backtest --since 365d
      windcatch themes backtest --watchlist draft.toml --theme battery-swapping
      windcatch themes backtest --sample 50 --out label.csv
      windcatch themes backtest --labels label.csv
    """
    if labels is not None:
        _precision(labels, as_json=as_json)
        return
    if (sample is None) != (out is None):
        raise UsageProblem("--sample N and --out FILE.csv go together")
    if out is not None and out.exists():
        raise UsageProblem(f"{out}: is there already; labels in it would be lost: name another")
    now = utcnow()
    begin = moment(since, now=now) if since else None
    lists = chosen_watchlists(watchlist, config)
    keys = [theme_key(ref, lists) for ref in theme or ()]
    from crawler.backtesting import Task, run_backtest

    held = open_config(config)
    with open_archive(held):
        pass
    task = Task(
        database_url=held.database_url,
        watchlists=lists,
        since=begin,
        sample=sample or 0,
        seed=seed,
    )
    with bar("backtest") as progress:
        report = run_backtest(task, progress=progress, processes=processes)
    shown = [one for one in report.themes if not keys or (one.watchlist, one.theme) in keys]
    if out is not None:
        _write_sheet(out, shown)
    if as_json:
        for one in shown:
            show.print_json(_answer(one, report))
    else:
        _print(report, shown, latest=latest, in_full=bool(keys))


def _answer(theme: ThemeReport, report: Report) -> dict[str, object]:
    return {
        "watchlist": theme.watchlist,
        "theme": theme.theme,
        "articles": report.articles,
        "hits": theme.hits,
        "months": dict(theme.months),
        "latest": theme.latest,
        "overlaps": dict(theme.overlaps),
        "silent_terms": theme.silent_terms,
    }


def _write_sheet(out: Path, themes: Sequence[ThemeReport]) -> None:
    from crawler.exports.run import whole_file
    from crawler.labels import sheet

    with whole_file(out) as file:
        file.write(sheet(themes))
    rows = sum(len(theme.sample) for theme in themes)
    show.note(
        f"{out}: {rows} hits; write y or n in the last column, then: "
        f"windcatch themes backtest --labels {out}"
    )


def _print(report: Report, themes: Sequence[ThemeReport], *, latest: int, in_full: bool) -> None:
    if not report.articles:
        show.note("no articles in that time: run `windcatch crawl` or `windcatch import` first")
        return
    share = report.matched / report.articles
    show.say(f"{report.articles:,} articles, {report.matched:,} match a theme ({share:.1%})", "")
    full = in_full or len(themes) <= _IN_FULL
    if not full:
        show.say(_overview(themes))
        show.note("its latest hits, overlaps and silent terms: add --theme ID")
        return
    for theme in themes:
        _theme(theme, latest=latest)


def _overview(themes: Sequence[ThemeReport]) -> RenderableType:
    from alerts.backtest import chart, every_month

    months = every_month(themes[0].months)[-_MONTHS:] if themes else ()
    title = f"{months[0][0]} to {months[-1][0]}" if months else "months"
    columns: list[str | show.Column] = [
        show.whole("theme"),
        show.number("hits"),
        show.whole(title),
        show.number("silent terms"),
        "most with",
    ]
    rows = (
        (
            theme.theme,
            f"{theme.hits:,}",
            chart(every_month(theme.months)[-_MONTHS:]),
            len(theme.silent_terms),
            f"{theme.overlaps[0][0]} ({theme.overlaps[0][1]:,})" if theme.overlaps else "",
        )
        for theme in themes
    )
    return show.table(columns, rows)


def _theme(theme: ThemeReport, *, latest: int) -> None:
    from alerts.backtest import chart, every_month

    head = show.foreign(f"{theme.watchlist}/{theme.theme}", "bold")
    show.say(head.append(f"  {theme.hits:,} hits"))
    months = every_month(theme.months)[-60:]
    if months and theme.hits:
        top = max(months, key=lambda pair: pair[1])
        show.say(
            show.foreign(months[0][0])
            .append(" ")
            .append(chart(months), "green")
            .append(f" {months[-1][0]}   most: {top[1]:,} in {top[0]}")
        )
    undated = dict(theme.months).get("", 0)
    if undated:
        show.say(f"{undated:,} of unknown date")
    for hit in theme.latest[:latest]:
        told = f"{hit.day or 'no date'}  {hit.source_id or ''}  no. {hit.article_id}  score {hit.score:g}"
        show.say("", show.foreign(hit.title, "bold"), show.foreign(told, "dim"))
        show.say(marked(hit.snippet, hit.marks))
    show.say("")
    shared = [f"{name} {count:,}" for name, count in theme.overlaps]
    rows = [("also matched by", _some(shared)), ("never occurred", _some(theme.silent_terms))]
    show.say(show.facts(rows), "")


def _some(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + rest


def _precision(file: str, *, as_json: bool) -> None:
    from crawler.labels import overall, read_labels

    found = read_labels(file)
    if as_json:
        for one in found:
            low, high = one.interval
            row = {"watchlist": one.watchlist, "theme": one.theme, "right": one.right}
            row |= {"wrong": one.wrong, "open": one.open}
            show.print_json({**row, "precision": one.share, "low": low, "high": high})
        return
    if not found:
        show.note(f"{file}: no rows")
        return
    everything = [*found, overall(found)] if len(found) > 1 else found
    columns: list[str | show.Column] = [
        "theme",
        *map(show.number, ("right", "wrong", "open", "precision", "95 % interval")),
    ]
    rows = []
    for one in everything:
        share = one.share
        low, high = one.interval
        rows.append(
            (
                f"{one.watchlist}/{one.theme}" if one.watchlist else one.theme,
                *(one.right, one.wrong, one.open),
                "" if share is None else f"{share:.2f}",
                "" if share is None else f"{low:.2f} to {high:.2f}",
            )
        )
    show.say(show.table(columns, rows))
