"""`windcatch db`: the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli import show
from crawler.cli.errors import Exit
from crawler.cli.opening import open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.clock import utcnow

group = typer.Typer(
    no_args_is_help=True, help="The database: upgrade, check, backup, restore, stats."
)


@group.command("upgrade")
def upgrade(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Make the database, or bring it to this version's schema; an old file is copied first.

    \b
    Example: windcatch db upgrade
    """
    from storage.archive import Archive

    with Archive(open_config(config).database_url) as archive:
        before, after = archive.upgrade()
        where = archive.where
    if as_json:
        show.print_json({"database": where, "before": before, "after": after})
    elif before == after:
        show.write_line(f"{where}: up to date (schema {after})")
    else:
        show.write_line(f"{where}: {'made' if before is None else f'schema {before} ->'} {after}")


@group.command("check")
def check(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Check every page, every foreign key and the schema; exit code 1 when something is wrong.

    \b
    Example: windcatch db check
    """
    from storage.archive import Archive
    from storage.backup import check as checked

    with Archive(open_config(config).database_url) as archive:
        problems = checked(archive)
        where = archive.where
    if as_json:
        show.print_json({"database": where, "ok": not problems, "problems": problems})
    else:
        for problem in problems or ("sound",):
            show.write_line(show.line(f"{where}: {problem}"))
    if problems:
        raise typer.Exit(Exit.FAILED)


@group.command("backup")
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where copies are kept.")] = Path(
        "backups"
    ),
    keep: Annotated[
        int, typer.Option("--keep", min=1, max=10_000, help="Older copies are removed.")
    ] = 11,
    config: ConfigOption = None,
) -> None:
    """Write a checked copy of the database, while it is in use.

    \b
    Example: windcatch db backup /srv/backups --keep 30
    """
    from storage.archive import Archive
    from storage.backup import backup as made

    with Archive(open_config(config).database_url) as archive:
        show.write_line(str(made(archive, folder, now=utcnow(), keep=keep)))


@group.command("restore")
def restore(
    copy: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    config: ConfigOption = None,
) -> None:
    """Put a backup in the database's place; what was there is kept beside it. Stop the service first.

    What was told since the backup was made is not told again, as far as that can be known.

    \b
    Example: windcatch db restore backups/windcatch-20260201T020000Z.backup.db
    """
    from storage.archive import Archive
    from storage.backup import restore as restored

    with Archive(open_config(config).database_url) as archive:
        now = utcnow()
        aside = restored(archive, copy, now=now)
        archive.upgrade()
        with archive.begin() as tx:
            sources, messages = tx.after_restore(now=now)
        show.write_line(f"{archive.where}: restored from {copy}")
        show.write_line(
            f"{sources} sources: what was published before now is stored at the next pass, and not "
            f"told again; {messages} messages that waited are looked for before they are sent"
        )
    if aside is not None:
        show.write_line(f"the database before is kept as {aside}")


@group.command("stats")
def stats(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show how much is stored.

    \b
    Example: windcatch db stats
    """
    from storage.archive import Archive

    with Archive(open_config(config).database_url) as archive, archive.read() as reader:
        found = reader.stats()
        where = archive.where
    if as_json:
        show.print_json(found)
        return
    rows: list[tuple[str, str | None]] = [("database", where), ("schema", found.schema)]
    rows.append(("size", show.size(found.database_bytes)))
    if found.wal_bytes is not None:
        rows.append(("write-ahead log", show.size(found.wal_bytes)))
    rows.append(("pages kept", f"{show.size(found.body_bytes)} in {show.size(found.stored_bytes)}"))
    rows += [(f"{name} rows", f"{count:,}") for name, count in found.rows.items()]
    rows += [(f"outbox {state}", f"{count:,}") for state, count in found.outbox.items()]
    show.say(show.facts(rows))
