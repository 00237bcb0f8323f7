"""Everything that can be wrong, looked at one by one, each with how to mend it."""

from __future__ import annotations

import os
import pyexpat
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from crawler.config import Config, ConfigError, load
from crawler.config_destinations import SlackDestination, SlackWebhookDestination
from crawler.nightly import newest, stale
from crawler.secrets import SecretMissing, read_secret
from storage.archive import Archive
from storage.backup import check, free_bytes
from storage.errors import StorageError

#: Below, a night's crawl and a backup may not fit.
_ROOM = 1 << 30
#: CVE-2026-41080 and the hash-flooding fix before it; the feed gate has lxml's own parser.
_EXPAT = (2, 6, 0)
#: Before, FTS5's trigram index does not find two Chinese characters (reliability notes, 4.4).
_SQLITE = (3, 38, 0)
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    level: Level
    what: str
    #: What was found.
    text: str
    #: What to do about it; empty when nothing must be done.
    mend: str = ""


def examine(
    path: Path,
    *,
    now: datetime,
    environ: Mapping[str, str],
    network: bool = False,
    slack: bool = False,
    post: bool = False,
) -> Iterator[Finding]:
    """Yield what is found, cheap things first; nothing is changed.

    *network* asks the sources and Slack whether they answer; *slack* asks Slack everything, and
    *post* sends a message to each of its channels, and deletes it.
    """
    yield from _machine(now, environ)
    try:
        config = load(path, environ=environ)
    except ConfigError as error:
        for problem in error.problems:
            yield Finding(Level.FAIL, "configuration", problem, "mend the file, or: windcatch init")
        return
    enabled = len(config.enabled)
    if enabled:
        yield Finding(Level.OK, "configuration", f"{path}: {enabled} sources")
    else:
        yield Finding(Level.WARN, "configuration", f"{path}: no sources", "add [sources.<id>]")
    yield from _watchlists(config)
    yield from _files(config)
    yield from _database(config)
    yield from _backups(config, now)
    yield from _destinations(config, environ, network=network and not slack)
    if slack:
        from crawler.doctor_slack import slack_findings

        yield from slack_findings(config, environ, now=now, post=post)
    if network:
        from crawler.doctor_network import reachable

        yield from reachable(config)


def _machine(now: datetime, environ: Mapping[str, str]) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(Level.OK, "python", version)
    level = Level.OK if sqlite3.sqlite_version_info >= _SQLITE else Level.FAIL
    mend = "" if level is Level.OK else "use a Python built with SQLite 3.38 or later"
    yield Finding(level, "sqlite", sqlite3.sqlite_version, mend)
    expat = pyexpat.version_info
    text = ".".join(map(str, expat))
    if expat < _EXPAT:
        mend = "feeds are screened before any parser sees them; update libexpat all the same"
        yield Finding(Level.WARN, "expat", text, mend)
    else:
        yield Finding(Level.OK, "expat", text)
    if now < _EARLIEST:
        yield Finding(Level.FAIL, "clock", f"it says {now:%Y-%m-%d}", "set the clock (NTP)")
    else:
        yield Finding(Level.OK, "clock", f"{now:%Y-%m-%d %H:%M} UTC")
    if not environ.get("HOME"):
        yield Finding(Level.WARN, "environment", "HOME is not set", "set it for the service's user")


def _watchlists(config: Config) -> Iterator[Finding]:
    from crawler.watchlists import watchlists_of

    try:
        found = watchlists_of(config)
    except ConfigError as error:
        for problem in error.problems:
            yield Finding(Level.FAIL, "watchlists", problem, "mend the watchlist")
        return
    themes = sum(len(watchlist.themes) for watchlist in found)
    if found:
        yield Finding(Level.OK, "watchlists", f"{len(found)} with {themes} themes")
    else:
        mend = 'add watchlists = ["watchlists/*.toml"]'
        yield Finding(Level.WARN, "watchlists", "none: nothing will ring", mend)
    if config.operator.destination is None:
        mend = "set [operator] destination"
        yield Finding(Level.WARN, "operator", "nobody is told when a source breaks", mend)


def _files(config: Config) -> Iterator[Finding]:
    for name, destination in config.destinations.items():
        for key in ("token_file", "url_file", "secret_file", "password_file"):
            file = getattr(destination, key, None)
            if file is not None:
                yield from _private(config.folder / file, f"destinations.{name}.{key}")
    if config.fetch.proxy_file is not None:
        yield from _private(config.folder / config.fetch.proxy_file, "fetch.proxy_file")


def _private(file: Path, what: str) -> Iterator[Finding]:
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        yield Finding(Level.FAIL, what, f"{file}: {error.strerror}", "make the file")
        return
    if mode & 0o077:
        text = f"{file}: others may read it (mode {mode:o})"
        yield Finding(Level.FAIL, what, text, f"chmod 600 {file}")
    else:
        yield Finding(Level.OK, what, str(file))


def _database(config: Config) -> Iterator[Finding]:
    try:
        with Archive(config.database_url) as archive:
            if archive.path is not None:
                yield from _room(archive.path.parent, lambda: free_bytes(archive))
                if not archive.path.exists():
                    text = f"{archive.where}: not made yet"
                    yield Finding(Level.WARN, "database", text, "windcatch db upgrade")
                    return
                mode = stat.S_IMODE(archive.path.stat().st_mode)
                if mode & 0o007:
                    text = f"{archive.where}: everybody may read it (mode {mode:o})"
                    yield Finding(Level.WARN, "database", text, f"chmod 640 {archive.where}")
            problems = check(archive)
            for problem in problems:
                yield Finding(Level.FAIL, "database", problem, "windcatch db restore BACKUP")
            if not problems:
                text = f"{archive.where}: sound, schema {archive.schema()}"
                yield Finding(Level.OK, "database", text)
    except StorageError as error:
        yield Finding(Level.FAIL, "database", str(error), "see the message")


def _backups(config: Config, now: datetime) -> Iterator[Finding]:
    if not config.service.backup_folder or not config.database_url.startswith("sqlite"):
        return
    folder = config.folder / config.service.backup_folder
    last = newest(folder)
    if last is None:
        text = f"none in {folder} yet: the service makes one each night"
        yield Finding(Level.OK, "backup", text)
    elif problem := stale(folder, since=last, now=now):
        mend = "windcatch db backup, and look for the nightly work in the service's log"
        yield Finding(Level.WARN, "backup", problem, mend)
    else:
        yield Finding(Level.OK, "backup", f"the newest in {folder} is of {last:%Y-%m-%d %H:%M}Z")


def _room(folder: Path, free: Callable[[], int | None]) -> Iterator[Finding]:
    if not folder.is_dir():
        yield Finding(Level.FAIL, "disk", f"{folder}: no such folder", f"mkdir -p {folder}")
        return
    if not os.access(folder, os.W_OK):
        text = f"{folder}: may not be written"
        yield Finding(Level.FAIL, "disk", text, "choose another place in database.url, or chown it")
    room = free() or shutil.disk_usage(folder).free
    text = f"{room / (1 << 30):.1f} GiB free at {folder}"
    level = Level.OK if room >= _ROOM else Level.WARN
    yield Finding(level, "disk", text, "" if level is Level.OK else "make room: at least 1 GiB")


def _destinations(
    config: Config, environ: Mapping[str, str], *, network: bool
) -> Iterator[Finding]:
    if not config.destinations:
        mend = "add [destinations.<id>]"
        yield Finding(Level.WARN, "destinations", "none: alerts go nowhere", mend)
    for name, destination in config.destinations.items():
        what = f"destinations.{name}"
        try:
            if isinstance(destination, SlackDestination):
                file = destination.token_file
                token = read_secret(destination.token_env, file and config.folder / file, environ)
                if network:
                    from crawler.doctor_network import slack_answers

                    yield slack_answers(what, token, destination.channel, environ)
                    continue
            elif isinstance(destination, SlackWebhookDestination):
                file = destination.url_file
                read_secret(destination.url_env, file and config.folder / file, environ)
            yield Finding(Level.OK, what, destination.type)
        except SecretMissing as error:
            yield Finding(Level.FAIL, what, str(error), "see docs/reference.md, Secrets")
