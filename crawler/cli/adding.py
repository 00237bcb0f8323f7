"""What `windcatch sources add` does: look, show the change, write it, say what is next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from crawler.cli import probing, show, trial_view
from crawler.cli.errors import Exit, Failure, UsageProblem
from crawler.cli.opening import config_path, open_config

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.source_file import Addition


def add_source(
    target: str, config: Path | None, *, source_id: str | None, dry_run: bool, as_json: bool
) -> None:
    """Add the source at *target* (a URL, or the id of a built-in one) to the configuration.

    Raises:
        UsageProblem: the id is taken or impossible, or the site is watched already.
        Failure: nothing at the site brings articles, or the file cannot be added to.
    """
    held = open_config(config)
    path = config_path(config)
    _check_id(source_id, held)
    if builtin := _builtin(target, source_id, held):
        _finish(path, *builtin, seen={}, dry_run=dry_run, as_json=as_json)
        return
    url = probing.web_address(target)
    detection, problem = probing.look_at(url, held)
    if detection is None or detection.problem:
        raise Failure(f"{url}: {problem or (detection.problem if detection else '')}")
    verdict = probing.verdict_of(detection)
    seen = probing.as_object(detection, verdict, held)
    if not as_json:
        show.say(*trial_view.lines(detection, verdict, probing.themes_of(held)))
    if verdict.word == "broken":
        if as_json:
            show.print_json({**seen, "added": False})
        else:
            show.say("", "nothing was added")
        raise typer.Exit(Exit.FAILED)
    from crawler.source_text import source_id as made

    id_ = source_id or made(detection.source.home)
    _check_id(id_, held)
    table = probing.table(detection, id_)
    _finish(path, id_, table, seen=seen, dry_run=dry_run, as_json=as_json)


def _check_id(source_id: str | None, held: Config) -> None:
    from crawler.builtin import builtin_ids
    from crawler.config_sources import SOURCE_ID

    if source_id is None:
        return
    if not SOURCE_ID.fullmatch(source_id):
        raise UsageProblem(
            f"{source_id!r}: an id is lower-case letters, digits, - and _, at most 64"
        )
    if source_id in held.sources:
        text = f'there is a source "{source_id}" in {held.path.name} already'
        raise UsageProblem(f"{text}: choose another with --id")
    if source_id in builtin_ids():
        text = f'"{source_id}" is the id of a source that ships with Windcatch'
        raise UsageProblem(f"{text}: choose another with --id")


def _builtin(target: str, source_id: str | None, held: Config) -> tuple[str, str] | None:
    """Return the id and table of the built-in source that *target* means, if it means one."""
    from crawler.builtin import builtin_ids
    from crawler.config_problems import nearest
    from crawler.config_sources import builtin_source
    from crawler.owners import owner
    from crawler.source_text import builtin_table_text

    if source_id is not None:
        # An id of one's own asks for a source of one's own.
        return None
    if target in held.sources:
        raise UsageProblem(f'there is a source "{target}" in {held.path.name} already')
    if target in builtin_ids():
        return target, builtin_table_text(target, builtin_source(target).name)
    if "." not in target and "/" not in target:
        raise UsageProblem(
            f'no built-in source "{target}"{nearest(target, builtin_ids())}, and no URL'
        )
    url = probing.web_address(target)
    if (known := owner(url, held.sources.values())) is not None:
        text = f'{url}: watched already, as "{known.id}"'
        raise UsageProblem(f"{text}: --id ID adds another source of the same site")
    ships = owner(url, [builtin_source(id_) for id_ in builtin_ids()])
    if ships is None:
        return None
    return ships.id, builtin_table_text(ships.id, ships.name)


def _finish(
    path: Path, id_: str, table: str, *, seen: dict[str, Any], dry_run: bool, as_json: bool
) -> None:
    """Show the change and, unless it is only to be shown, make it."""
    from crawler.source_file import NotAdded, plan_addition, write

    try:
        addition = plan_addition(path, id_, table)
        if not dry_run:
            write(addition)
    except NotAdded as error:
        raise Failure(str(error)) from None
    if as_json:
        told = {
            "id": id_,
            "added": not dry_run,
            "path": path,
            "diff": addition.diff(),
            "toml": table,
        }
        show.print_json({**seen, **told})
        return
    _tell(addition, id_, dry_run=dry_run)


def _tell(addition: Addition, id_: str, *, dry_run: bool) -> None:
    show.say("")
    show.say_block(addition.diff())
    if dry_run:
        show.say("nothing was written: run it again without --dry-run")
    else:
        show.say(show.foreign(f"added to {addition.path}. Next: windcatch crawl {id_}", "bold"))
