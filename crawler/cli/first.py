"""`windcatch init` and `windcatch demo`: the first two things anybody does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli import logs, show
from crawler.cli.errors import Exit, UsageProblem


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where to write.", show_default=False)
    ] = Path(),
) -> None:
    """Write a configuration that works as it stands, a starter watchlist, and the database.

    What is there already is left alone.

    \b
    Example: windcatch init ~/windcatch
    """
    from crawler.config import load
    from crawler.starter import CONFIG, write_starter
    from crawler.watchlists import watchlists_of
    from storage.archive import Archive

    if folder.exists() and not folder.is_dir():
        raise UsageProblem(f"{folder}: is a file, not a directory")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = write_starter(folder)
    except OSError as error:
        raise UsageProblem(
            f"{error.filename or folder}: {error.strerror}: choose another place"
        ) from None
    for file in written:
        show.write_line(f"wrote {file}")
    if not written:
        show.write_line(f"{folder / CONFIG} is there already: left alone")
    config = load(folder / CONFIG)
    watchlists_of(config)
    with Archive(config.database_url) as archive:
        before, _ = archive.upgrade()
        show.write_line(f"{'made' if before is None else 'found'} the database {archive.where}")
    where = "" if folder == Path() else f"cd {folder} && "
    show.write_line(f"next: {where}windcatch doctor && windcatch crawl")


def demo(
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            metavar="DIR",
            help="Leave the configuration and database there.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Watch a small news world, with no network and no configuration: the whole job in a minute.

    It serves a few news sites on this machine, crawls them, edits and removes articles, crawls
    again, and shows the alerts as Slack would. Exit code 1 when anything came out otherwise than
    expected.

    \b
    Example: windcatch demo
    """
    from crawler.world.demo import run_demo

    logs.start("error")
    if run_demo(show.console(), keep=keep):
        raise typer.Exit(Exit.FAILED)
