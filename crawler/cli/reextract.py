"""`windcatch reextract`: stored captures, read anew by the extractor of today."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Annotated

import typer

from crawler.cli import show
from crawler.cli.opening import chosen_sources, open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption, SourceOption
from crawler.clock import utcnow


def reextract(
    source: SourceOption = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=16, help="Processes.")] = 2,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; write nothing.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Run extraction over the stored captures; what it says now replaces what it said then.

    Nobody is told: a better extractor is no news. Numbers, times and evidence stay, and changes
    are weighed again. Run it after an upgrade that changes extraction; it can be run again.

    \b
    Examples:
      windcatch reextract --source chinadaily --dry-run
      windcatch reextract
    """
    from crawler.reextract import reextract as read_anew

    opened = open_config(config)
    if source is not None:
        chosen_sources(opened, [source])
    shown = sys.stderr.isatty()

    def progress(counts: Counter[str]) -> None:
        if shown:
            show.note(f"{sum(counts.values())} revisions read, {counts['rewritten']} rewritten")

    with open_archive(opened) as archive:
        counts = read_anew(
            archive,
            opened.sources,
            now=utcnow(),
            source=source,
            workers=workers,
            dry_run=dry_run,
            progress=progress,
        )
    names = ("same", "rewritten", "refused", "gone")
    found = {name: counts[name] for name in names}
    if as_json:
        show.print_json({**found, "dry_run": dry_run})
        return
    would = "would be rewritten" if dry_run else "rewritten"
    show.say(
        f"{sum(counts.values())} revisions: {found['same']} as they were, "
        f"{found['rewritten']} {would}, {found['refused']} no article to this extractor, "
        f"{found['gone']} without a body"
    )
