"""Reading windcatch.toml: one frozen `Config`, or every problem at once."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alerts.tables import parse_toml
from crawler.config_checks import (
    Reading,
    check_operator,
    check_secrets,
    read_destinations,
    read_sources,
)
from crawler.config_destinations import Destination
from crawler.config_lines import key_lines, syntax_problem
from crawler.config_model import Database, Fetch, Model, Operator, Service, proxy_url
from crawler.config_problems import ConfigError, Problem
from crawler.secrets import SecretMissing, read_secret
from spiders.sources import Source

__all__ = ["DEFAULT_NAME", "Config", "ConfigError", "load", "parse", "read_text"]

DEFAULT_NAME = "windcatch.toml"
#: A thousand sources of one's own take 300 KB.
MAX_BYTES = 4 << 20


class Config(BaseModel):
    """What one configuration file says, validated as a whole."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    #: Where it was read from, absolute; relative paths in it start at its folder.
    path: Path
    database: Database = Database()
    fetch: Fetch = Fetch()
    service: Service = Service()
    operator: Operator = Operator()
    destinations: dict[str, Destination] = Field(default_factory=dict)
    #: By id, in the order of the file; those with `enabled = false` too.
    sources: dict[str, Source] = Field(default_factory=dict)
    #: Patterns of watchlist files, as written.
    watchlists: tuple[str, ...] = ()
    #: The text of each watchlist file, by its name: a run keeps what it began with.
    watchlist_texts: dict[str, str] = Field(default_factory=dict)
    #: The text of the file itself, so that a child process has what its parent accepted.
    text: str = Field(default="", repr=False)
    #: SHA-256 of all these texts, shortened: which configuration a run had.
    hash: str = ""

    @property
    def folder(self) -> Path:
        """The folder the file is in."""
        return self.path.parent

    @property
    def database_url(self) -> str:
        """The database's URL, with a relative SQLite path made absolute."""
        return absolute_database_url(self.database.url, self.folder)

    @property
    def enabled(self) -> dict[str, Source]:
        """The sources that are switched on."""
        return {id_: source for id_, source in self.sources.items() if source.enabled}


class _File(Model):
    """The top level of the file; sources and destinations are read one by one."""

    watchlists: tuple[str, ...] = Field(default=(), strict=False)
    database: Database = Database()
    fetch: Fetch = Fetch()
    service: Service = Service()
    operator: Operator = Operator()
    destinations: dict[str, dict[str, Any]] = Field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = Field(default_factory=dict)


def load(path: Path, *, environ: Mapping[str, str] = os.environ) -> Config:
    """Return the configuration in the file *path*.

    Raises:
        ConfigError: it cannot be read or used; holds every problem with file, line and key.
    """
    return parse(read_text(path), path=path.absolute(), name=str(path), environ=environ)


def read_text(path: Path) -> str:
    """Return the text of a configuration file.

    Raises:
        ConfigError: it is missing, unreadable, too large, or no UTF-8 text.
    """
    name = str(path)
    try:
        if path.is_dir():
            inside = path / DEFAULT_NAME
            hint = f": did you mean {inside}?" if inside.exists() else ""
            raise ConfigError([Problem(name, None, "", f"is a directory, not a file{hint}")])
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        text = "no such file: write one with `windcatch init`, or name yours with --config"
        raise ConfigError([Problem(name, None, "", text)]) from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ConfigError([Problem(name, None, "", f"cannot be read: {reason}")]) from None
    if len(data) > MAX_BYTES:
        raise ConfigError([Problem(name, None, "", f"larger than {MAX_BYTES >> 20} MiB")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(name, line, "", "not text in UTF-8")]) from None


def parse(
    text: str,
    *,
    path: Path,
    name: str,
    environ: Mapping[str, str],
    watchlist_texts: Mapping[str, str] | None = None,
) -> Config:
    """Return the configuration in *text*, as if read from *path* (absolute; shown as *name*).

    Args:
        watchlist_texts: the watchlists; None reads the files that the text names.

    Raises:
        ConfigError: holds every problem.
    """
    reading = Reading(name, _toml(text, name), key_lines(text))
    check_secrets(reading)
    # A secret stops the reading: a message about another mistake could repeat it.
    reading.raise_problems()
    file = _top(reading)
    sources = read_sources(reading)
    destinations = read_destinations(reading)
    check_operator(reading, file.operator.destination)
    if watchlist_texts is None:
        watchlist_texts = _watchlist_texts(file.watchlists, path.parent, Path(name).parent, reading)
    fetch = _with_proxy(file.fetch, path.parent, environ, reading)
    reading.raise_problems()
    return Config(
        path=path,
        database=file.database,
        fetch=fetch,
        service=file.service,
        operator=file.operator,
        destinations=destinations,
        sources=sources,
        watchlists=file.watchlists,
        watchlist_texts=dict(watchlist_texts),
        text=text,
        hash=hashlib.sha256(repr((text, sorted(watchlist_texts.items()))).encode()).hexdigest()[
            :16
        ],
    )


def absolute_database_url(url: str, folder: Path) -> str:
    """Return *url*; where it names a relative SQLite file, that file is in *folder*."""
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url in (prefix, prefix + ":memory:"):
        return url
    file, mark, query = url.removeprefix(prefix).partition("?")
    return f"{prefix}{folder / file}{mark}{query}"


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        line, reason = syntax_problem(error, text)
        raise ConfigError([Problem(name, line, "", f"not valid TOML: {reason}")]) from None
    except ValueError as error:
        raise ConfigError([Problem(name, None, "", f"not valid TOML: {error}")]) from None


def _top(reading: Reading) -> _File:
    """Return the top level, with defaults in place of what is wrong (and now a problem)."""
    try:
        return _File.model_validate(reading.table)
    except ValidationError as error:
        reading.invalid(error, _File, ())
        wrong = {detail["loc"][0] for detail in error.errors(include_context=False)}
    return _File.model_validate({k: v for k, v in reading.table.items() if k not in wrong})


def _with_proxy(fetch: Fetch, folder: Path, environ: Mapping[str, str], reading: Reading) -> Fetch:
    """Return *fetch* with the proxy that `proxy_file` names, if it names one."""
    if fetch.proxy_file is None:
        return fetch
    key = ("fetch", "proxy_file")
    if fetch.proxy is not None:
        reading.problem(key, "set proxy or proxy_file, not both")
        return fetch
    try:
        url = read_secret("", folder / fetch.proxy_file, environ).reveal()
        return fetch.model_copy(update={"proxy": proxy_url(url)})
    except SecretMissing as error:
        reading.problem(key, str(error))
    except ValueError:
        reading.problem(key, "the file holds no URL such as http://user:password@host:3128")
    return fetch


def _watchlist_texts(
    patterns: tuple[str, ...], folder: Path, shown: Path, reading: Reading
) -> dict[str, str]:
    """Return the text of every file that *patterns* name, by its path as the user would write it."""
    texts: dict[str, str] = {}
    for index, pattern in enumerate(patterns):
        files = _matching(folder, pattern)
        if not files:
            reading.problem(("watchlists", index), f'no file matches "{pattern}"')
        for file in sorted(files):
            name = (
                str(shown / file.relative_to(folder)) if file.is_relative_to(folder) else str(file)
            )
            try:
                texts[name] = read_text(file)
            except ConfigError as error:
                reading.problem(("watchlists", index), "; ".join(error.problems))
    return texts


def _matching(folder: Path, pattern: str) -> tuple[Path, ...]:
    """Return the files that *pattern* names, read from *folder*; none for an impossible pattern."""
    whole = folder / pattern
    try:
        anchor = Path(whole.anchor)
        return tuple(file for file in anchor.glob(str(whole.relative_to(anchor))) if file.is_file())
    except (OSError, ValueError, NotImplementedError):
        return ()
