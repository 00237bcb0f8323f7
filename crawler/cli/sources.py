"""`windcatch sources`: what is watched."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.cli import logs, show
from crawler.cli.opening import chosen_sources, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.durations import format_duration

group = typer.Typer(no_args_is_help=True, help="The sources: list, show, test and add.")


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
    target: Annotated[
        str,
        typer.Argument(
            metavar="URL|SOURCE",
            help="A page of the site (its home, a section, a feed, an article), or a source's id.",
        ),
    ],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Tell whether a source works, or what a new site offers; nothing is stored.

    Looks for feeds, sitemaps, WordPress and lists of links, reads a few articles, and says what
    your themes would match. Uses the limits and the proxy of the configuration, if there is one.
    Exit code 1 means broken.

    \b
    Examples:
      windcatch sources test https://technode.com/
      windcatch sources test chinadaily
    """
    from crawler.cli.probing import report

    logs.start("error")
    report(target, config, as_json=as_json)


@group.command("add")
def add(
    target: Annotated[
        str,
        typer.Argument(
            metavar="URL|SOURCE",
            help="A page of the site, or the id of a source that ships with Windcatch.",
        ),
    ],
    source_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Its id; made from the host's name by default."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run/--write", help="Show the change only.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Look at a site and write its definition at the end of windcatch.toml.

    The change is shown, read back and put in place at once; where the site brings no articles,
    what is missing is said and nothing is written. A site that ships with Windcatch is switched on.

    \b
    Examples:
      windcatch sources add https://news.example.org/policy/
      windcatch sources add ndrc
    """
    from crawler.cli.adding import add_source

    logs.start("error")
    add_source(target, config, source_id=source_id, dry_run=dry_run, as_json=as_json)
