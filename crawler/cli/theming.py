"""What the commands on themes share: which watchlists, which theme of them, marked snippets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli import show
from crawler.cli.errors import UsageProblem
from crawler.cli.opening import open_config

if TYPE_CHECKING:
    from rich.text import Text

    from alerts.theme import Watchlist

WatchlistOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--watchlist",
        metavar="FILE",
        help="Take these instead of the configured ones.",
        show_default=False,
    ),
]


def chosen_watchlists(files: Sequence[Path] | None, config: Path | None) -> tuple[Watchlist, ...]:
    """Return the watchlists in *files*, else those that are configured.

    Raises:
        ConfigError: they cannot be used, or none is configured.
    """
    from crawler.trials import read_watchlists
    from crawler.watchlists import watchlists_of

    if files:
        return read_watchlists(files)
    held = open_config(config)
    found = watchlists_of(held)
    if not found:
        raise UsageProblem(f"{held.path.name}: no watchlists: see `watchlists = [...]`")
    return found


def theme_key(ref: str, lists: Iterable[Watchlist]) -> tuple[str, str]:
    """Return the watchlist and theme that *ref* names: "watchlist/theme", or a theme alone.

    Raises:
        UsageProblem: there is none, or several; the message names them.
    """
    from crawler.config_problems import nearest

    keys = [(one.id, theme.id) for one in lists for theme in one.themes]
    found = [key for key in keys if ref in (f"{key[0]}/{key[1]}", key[1])]
    if len(found) == 1:
        return found[0]
    names = [f"{watchlist}/{theme}" for watchlist, theme in found or keys]
    if found:
        raise UsageProblem(f'"{ref}" is in several watchlists: write {" or ".join(names)}')
    hint = nearest(ref, names if "/" in ref else [theme for _, theme in keys])
    raise UsageProblem(f'no theme "{ref[:80]}"{hint or ": see `windcatch themes list`"}')


def marked(text: str, marks: Iterable[tuple[int, int]]) -> Text:
    """Return a snippet on one line with its terms in bold; foreign, never markup."""
    from rich.text import Text

    found, at = Text(), 0
    for start, end in sorted(marks):
        if start < at:
            continue
        found.append(_flat(text[at:start]))
        found.append(_flat(text[start:end]), style="bold yellow")
        at = end
    return found.append(_flat(text[at:]))


def _flat(piece: str) -> str:
    return show.clean(piece.replace("\n", " ").replace("\r", " ").replace("\t", " "))
