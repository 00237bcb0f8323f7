"""Opening what a command works on: configuration, watchlists, database, sources by name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.cli.errors import UsageProblem

if TYPE_CHECKING:
    from crawler.config import Config
    from storage.archive import Archive

#: Set by the option before the command's name; the one after it wins.
_before: list[Path] = []


def config_before(path: Path | None) -> None:
    """Remember the `--config` given before the command's name."""
    _before[:] = [path] if path is not None else []


def config_path(given: Path | None) -> Path:
    """Return the configuration file to read: *given*, else as given before the command's name,
    else `WINDCATCH_CONFIG`, else `windcatch.toml` here."""
    if given is not None:
        return given
    if _before:
        return _before[0]
    return Path(os.environ.get("WINDCATCH_CONFIG") or "windcatch.toml")


def open_config(given: Path | None) -> Config:
    """Return the configuration of this command.

    Raises:
        ConfigError: it cannot be used.
    """
    from crawler.config import load

    return load(config_path(given))


@contextmanager
def open_archive(config: Config) -> Iterator[Archive]:
    """Yield the archive of *config*, its schema made or brought up to date.

    Raises:
        StorageError: it cannot be opened; the message says what to do.
    """
    from storage.archive import Archive

    archive = Archive(config.database_url)
    try:
        archive.create()
        yield archive
    finally:
        archive.close()


def chosen_sources(config: Config, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the sources asked for; all that are enabled when none is named.

    Raises:
        UsageProblem: one is not configured; the message names the nearest.
    """
    from crawler.config_problems import nearest

    if not wanted:
        if not config.enabled:
            raise UsageProblem(f"{config.path.name}: no sources: add [sources.<id>]")
        return tuple(config.enabled)
    for id_ in wanted:
        if id_ not in config.sources:
            hint = nearest(id_, config.sources)
            if not hint:
                hint = (
                    f"; there are: {', '.join(list(config.sources)[:12])}" if config.sources else ""
                )
            raise UsageProblem(f'no source "{id_}" in {config.path.name}{hint}')
    return tuple(dict.fromkeys(wanted))
