"""`windcatch alerts mute`, `unmute` and `mutes`: silence while the service runs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli import show
from crawler.cli.errors import Exit, UsageProblem
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.clock import utcnow

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.watchlist import Watchlist
    from crawler.config import Config
    from storage.archive import Reader
    from storage.mutes import Mute


class What(StrEnum):
    """What can be silent."""

    THEME = "theme"
    SOURCE = "source"
    STORY = "story"


WhatArgument = Annotated[What, typer.Argument(metavar="WHAT", help="theme, source or story.")]
IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The theme's or source's id, or the story's number.")
]
WatchlistOption = Annotated[
    str | None,
    typer.Option("--watchlist", metavar="ID", help="Only for this one.", show_default=False),
]


def mute(
    what: WhatArgument,
    id_: IdArgument,
    for_: Annotated[
        str | None,
        typer.Option("--for", metavar="TIME", help='"24h", "7d"; else until lifted.'),
    ] = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Keep back what a theme, source or story would ring, waiting messages too; nothing is dropped.

    \b
    Example: windcatch alerts mute source chinadaily --for 24h
    """
    from storage.mutes import Mute

    now = utcnow()
    found = open_config(config)
    until = None if for_ is None else now + _duration(for_)
    with open_archive(found) as archive, archive.begin() as tx:
        _check(tx, found, what, id_, watchlist)
        made = Mute(what=what.value, id=id_, until=until, watchlist=watchlist or "")
        tx.mute(made, now=now)
        kept = tx.keep_back(in_force(tx, found, now), now=now)
    if as_json:
        show.print_json({**asdict(made), "kept_back": kept})
        return
    show.write_line(_sentence(made))
    if kept:
        messages = "message that waited is" if kept == 1 else "messages that waited are"
        show.note(f"{kept} {messages} kept back: `windcatch alerts list --state held`")


def unmute(
    what: WhatArgument,
    id_: IdArgument,
    watchlist: WatchlistOption = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send what was kept back meanwhile.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Let a muted theme, source or story ring again.

    \b
    Example: windcatch alerts unmute source chinadaily --send
    """
    from storage.mutes import Mute

    now = utcnow()
    with open_archive(open_config(config)) as archive, archive.begin() as tx:
        lifted = tx.unmute(what.value, id_, watchlist=watchlist or "")
        one = Mute(what=what.value, id=id_, watchlist=watchlist or "")
        sent = tx.release_muted(one, now=now) if send else 0
    if send:
        show.write_line(f"{sent} kept back will be sent: run `windcatch deliver`")
    elif lifted:
        show.note("what it kept back stays so: `windcatch alerts list --state held`")
    if not lifted:
        show.note(f"{what.value} {id_} was not muted here: see `windcatch alerts mutes`")
        if not sent:
            raise typer.Exit(Exit.FAILED)


def mutes(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List what is muted, by commands and by the watchlists' own files.

    \b
    Example: windcatch alerts mutes
    """
    found = open_config(config)
    with open_archive(found) as archive, archive.read() as reader:
        held = in_force(reader, found, utcnow())
    if as_json:
        for one in held:
            show.print_json(one)
    elif not held:
        show.note("nothing is muted")
    else:
        show.say(*(show.foreign(_sentence(one)) for one in held))


def in_force(reader: Reader, config: Config, now: datetime) -> tuple[Mute, ...]:
    """Return every silence in force: ordered by command, or written in a watchlist's file."""
    from dataclasses import replace

    written = [
        replace(one, watchlist=watchlist.id)
        for watchlist in _watchlists(config)
        for one in watchlist.delivery.mutes
        if one.holds(now)
    ]
    return (*reader.mutes(now=now), *written)


def lines(held: tuple[Mute, ...]) -> list[Any]:
    """Return a line for each silence, to stand below other things."""
    return [show.foreign(_sentence(one), "yellow") for one in held]


def _sentence(one: Mute) -> str:
    where = f" at {one.watchlist}" if one.watchlist else ""
    until = f" until {show.when(one.until)}" if one.until else " until lifted"
    return f"{one.reason}{where}{until}"


def _check(reader: Reader, config: Config, what: What, id_: str, watchlist: str | None) -> None:
    """Refuse what does not exist: a mute with a slip in it would silence nothing.

    Raises:
        UsageProblem: with the nearest that does.
    """
    from crawler.config_problems import nearest

    known = {one.id: one for one in _watchlists(config)}
    if watchlist is not None and watchlist not in known:
        raise UsageProblem(f'no watchlist "{watchlist}"{nearest(watchlist, known)}')
    if what is What.STORY:
        if not id_.isdecimal() or len(id_) > 18 or reader.story(int(id_)) is None:
            raise UsageProblem(f"no story {id_}: see `windcatch stories list --all`")
        return
    names = set(config.sources)
    if what is What.THEME:
        chosen = known.values() if watchlist is None else [known[watchlist]]
        names = {theme.id for one in chosen for theme in one.themes}
    if id_ not in names:
        raise UsageProblem(f'no {what.value} "{id_}"{nearest(id_, names)}')


def _watchlists(config: Config) -> tuple[Watchlist, ...]:
    from crawler.watchlists import watchlists_of

    return watchlists_of(config)


def _duration(text: str) -> timedelta:
    from crawler.durations import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageProblem(f"--for: {error}") from None
