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
        f'{config.path.name}: no [destinations.{item.destination}], which watchlist "{item.id}" '
        f"names{nearest(item.destination, config.destinations)}"
        for item in watchlists
        if item.destination not in config.destinations
    ]
    if problems:
        raise ConfigError(problems)
    return watchlists
