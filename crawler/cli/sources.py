"""`windcatch sources`: what is watched."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.cli import logs, show
from crawler.cli.opening import chosen_sources, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.durations import format_duration

group = typer.Typer(no_args_is_help=True, help="The sources: list, show, and try a new one.")


@group.command("list")
def list_(
    builtin: Annotated[
        bool, typer.Option("--builtin", help="Those that ship with Windcatch instead.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the configured sources, or with --builtin all that could be.

    \b
    Example: windcatch sources list --builtin
    """
    from crawler.builtin import builtin_ids

    if builtin:
        from crawler.config_sources import builtin_source

        found = [builtin_source(id_) for id_ in builtin_ids()]
    else:
        found = list(open_config(config).sources.values())
    if as_json:
        for source in found:
            show.print_json(source)
        return
    columns: list[str | show.Column] = [
        show.whole("id"),
        "name",
        show.whole("lang"),
        show.whole("every"),
        "found by",
    ]
    rows = (
        (
            source.id,
            source.name if source.enabled else f"{source.name} (off)",
            source.language,
            format_duration(source.interval),
            ", ".join(dict.fromkeys(channel.kind.value for channel in source.channels)),
        )
        for source in found
    )
    show.say(show.table(columns, rows))


@group.command("show")
def show_(
    source_id: Annotated[str, typer.Argument(metavar="SOURCE", help="Its id.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show one source as it is in force: its built-in definition and your keys over it.

    \b
    Example: windcatch sources show chinadaily
    """
    found = open_config(config)
    source = found.sources[chosen_sources(found, [source_id])[0]]
    if as_json:
        show.print_json(source)
        return
    rows: list[tuple[str, str | None]] = [
        ("id", source.id),
        ("name", source.name),
        ("home", source.home),
    ]
    rows += [(channel.kind.value, channel.url) for channel in source.channels]
    polite = source.politeness
    rows += [
        ("language", source.language),
        ("zone", source.zone),
        (
            "interval",
            f"{format_duration(source.interval)} ({format_duration(source.min_interval)} to {format_duration(source.max_interval)})",
        ),
        (
            "politeness",
            f"{polite.delay_s:g} s between requests, {polite.concurrency} at a time, robots.txt {'obeyed' if polite.robots else 'IGNORED'}",
        ),
        ("allow", ", ".join(source.allow)),
        ("deny", ", ".join(source.deny)),
        ("agency", source.agency),
        ("checked", source.checked),
        ("note", source.note),
        ("state", "on" if source.enabled else "off"),
    ]
    show.say(show.facts(rows))


@group.command("test")
def try_out(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="A page of the site: its home, a feed, an article.")
    ],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Look at a site: the feeds, sitemaps and listings it offers, and what would be extracted.

    Uses the limits and the proxy of the configuration, when there is one. Nothing is stored.

    \b
    Example: windcatch sources test https://technode.com/
    """
    from crawler.cli.probing import report

    logs.start("error")
    report(url, config, as_json=as_json)
