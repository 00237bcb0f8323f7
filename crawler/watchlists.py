"""The watchlists of a configuration, checked against its destinations."""

from __future__ import annotations

from alerts.watchlist import Watchlist, WatchlistError, load_watchlists
from crawler.config import Config
from crawler.config_problems import ConfigError, nearest

__all__ = ["watchlists_of"]


def watchlists_of(config: Config) -> tuple[Watchlist, ...]:
    """Return the watchlists that *config* names.

    Raises:
        ConfigError: with every problem of every file, a destination that is not configured too.
    """
    try:
        watchlists = load_watchlists(config.watchlist_texts)
    except WatchlistError as error:
        raise ConfigError(error.problems) from None
    problems = [
        _problem(config, watchlist)
        for watchlist in watchlists
        if watchlist.destination not in config.destinations
    ]
    if problems:
        raise ConfigError(problems)
    return watchlists


def _problem(config: Config, watchlist: Watchlist) -> str:
    wanted = watchlist.destination
    if not wanted:
        return f'watchlist "{watchlist.id}": destination: required: the id of a [destinations.<id>]'
    hint = nearest(wanted, config.destinations)
    return (
        f'watchlist "{watchlist.id}": destination: no [destinations.{wanted}] '
        f"in {config.path.name}{hint}"
    )
