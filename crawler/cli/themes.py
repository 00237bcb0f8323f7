"""`windcatch themes`: the watchlists, and a try before they ring."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli import show
from crawler.cli.opening import open_config
from crawler.cli.options import ConfigOption, JsonOption

group = typer.Typer(no_args_is_help=True, help="Watchlists and their themes.")


@group.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List the themes of every watchlist, with where their alerts go.

    \b
    Example: windcatch themes list
    """
    from crawler.watchlists import watchlists_of

    found = watchlists_of(open_config(config))
    rows = [
        {
            "watchlist": watchlist.id,
            "destination": watchlist.destination,
            "theme": theme.id,
            "name": theme.name,
            "priority": theme.priority,
        }
        for watchlist in found
        for theme in watchlist.themes
    ]
    if as_json:
        for row in rows:
            show.print_json(row)
        return
    columns = ["watchlist", "theme", "name", "priority", "destination"]
    show.say(show.table(columns, ([row[column] for column in columns] for row in rows)))


@group.command("test")
def try_out(
    input_: Annotated[
        str,
        typer.Argument(metavar="INPUT.jsonl", help='Lines of {"id", "title", "text", ...}, or -.'),
    ],
    watchlist: Annotated[
        list[Path] | None,
        typer.Option(
            "--watchlist",
            metavar="FILE",
            help="Try these instead of the configured ones.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Try watchlists on given texts: one JSON object for each, in the order given.

    Lines: {"id", "title", "text", "language", "url"}. Offsets count code points of the given text.
    With --watchlist it needs no configuration.

    \b
    Example: windcatch themes test --watchlist watchlists/china-tech.toml articles.jsonl
    """
    from crawler import trials
    from crawler.answers import themes_answer
    from crawler.watchlists import watchlists_of

    del as_json  # it is JSON in any case
    lists = trials.read_watchlists(watchlist) if watchlist else watchlists_of(open_config(config))
    for id_, _, matches in trials.try_out(lists, input_):
        show.print_json(themes_answer(id_, matches))
