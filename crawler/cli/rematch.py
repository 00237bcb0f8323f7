"""`windcatch themes rematch`: stored matches brought up to date, without ringing."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.cli import show
from crawler.cli.bars import bar
from crawler.cli.errors import Failure
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.cli.theming import chosen_watchlists
from crawler.clock import utcnow


def rematch(
    from_start: Annotated[
        bool,
        typer.Option("--from-start", help="Do all again, also what is done for these themes."),
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Bring stored matches up to date after watchlists changed. Nobody is alerted.

    Interrupted, it goes on where it stopped when run again. The service may run meanwhile.

    \b
    Example: windcatch themes rematch
    """
    from crawler import rematching

    held = open_config(config)
    lists = chosen_watchlists(None, config)
    reached = [0, 0]
    with open_archive(held) as archive, bar("matching") as advance:

        def progress(done: int, total: int) -> None:
            reached[:] = [done, total]
            advance(done, total)

        try:
            result = rematching.rematch(
                archive, lists, clock=utcnow, anew=from_start, progress=progress
            )
        except rematching.Overtaken:
            raise Failure("another rematch, for other themes, has begun: this one stops") from None
        except KeyboardInterrupt:
            show.note(f"{reached[0]:,} of {reached[1]:,} revisions done; run it again to go on")
            raise
    if as_json:
        show.print_json(result)
        return
    if not result.now:
        show.say(f"up to date: all {result.before:,} revisions are matched with these themes")
        return
    show.say(
        f"{result.now:,} revisions matched{f' ({result.before:,} before)' if result.before else ''}: "
        f"{result.added:,} matches added, {result.removed:,} removed, {result.changed:,} changed; "
        "nobody was alerted"
    )
