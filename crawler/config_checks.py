"""What one key cannot say of itself: secrets in the wrong place, names that must exist. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from crawler.builtin import builtin_ids, builtin_table
from crawler.config_destinations import TYPES, Destination
from crawler.config_lines import Path, line_of
from crawler.config_problems import ConfigError, Problem, dotted, nearest, problems_of
from crawler.config_sources import SOURCE_ID, SourceTable
from crawler.secrets import secret_kind
from spiders.sources import Source

#: Keys that ask for a secret in the file; `*_file` and `*_env` say where it is instead.
_SECRET_KEYS = {
    "token", "bot_token", "slack_token", "secret", "password", "passwd", "api_key", "apikey",
    "webhook_url", "credentials",
}  # fmt: skip
_ADVICE = {
    "a Slack token": "put it into the environment as SLACK_BOT_TOKEN",
    "a Slack webhook URL": "put it into the environment as SLACK_WEBHOOK_URL",
    "a URL with a password": "for PostgreSQL use PGPASSWORD or ~/.pgpass, for a proxy use proxy_file",
}


class Reading:
    """One file being read: its tables, where its keys stand, and the problems found so far."""

    def __init__(self, name: str, table: dict[str, Any], lines: Mapping[Path, int]) -> None:
        self.name = name
        self.table = table
        self.lines = dict(lines)
        self.problems: list[Problem] = []

    def problem(self, key: Path, text: str) -> None:
        """Note that *key* has the problem *text*."""
        self.problems.append(Problem(self.name, line_of(key, self.lines), dotted(key), text))

    def raise_problems(self) -> None:
        """Do nothing when all is well.

        Raises:
            ConfigError: with every problem, in the order of the file.
        """
        if self.problems:
            ordered = sorted(self.problems, key=lambda problem: problem.line or 0)
            raise ConfigError(ordered)

    def invalid(self, error: ValidationError, model: type[Any], key: Path) -> None:
        """Note everything that pydantic found wrong with the table at *key*."""
        self.problems += problems_of(error, model, key, file=self.name, lines=self.lines)

    def tables(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the tables inside the top-level table *name* (what is no table is noted elsewhere)."""
        value = self.table.get(name)
        inner = value.items() if isinstance(value, dict) else ()
        return {key: table for key, table in inner if isinstance(table, dict)}


def check_secrets(reading: Reading) -> None:
    """Note every secret that stands in the file, by its key or by its looks; never its value."""
    _walk(reading, reading.table, ())


def _walk(reading: Reading, value: Any, path: Path) -> None:
    match value:
        case dict():
            for key, inner in value.items():
                if key.lower() in _SECRET_KEYS and isinstance(inner, str):
                    text = (
                        "secrets do not belong in this file: put it into the environment, or into"
                    )
                    reading.problem(
                        (*path, key), f"{text} a file named by a key such as token_file"
                    )
                else:
                    _walk(reading, inner, (*path, key))
        case list():
            for index, inner in enumerate(value):
                _walk(reading, inner, (*path, index))
        case str():
            kind = secret_kind(value) or ("a URL with a password" if _password(value) else None)
            if kind is not None:
                text = f"looks like {kind}, which does not belong in this file: {_ADVICE[kind]}"
                reading.problem(path, text)


def _password(value: str) -> bool:
    _, mark, rest = value.partition("://")
    userinfo, at, _ = rest.partition("/")[0].rpartition("@")
    return bool(mark and at and ":" in userinfo)


def read_sources(reading: Reading) -> dict[str, Source]:
    """Return the sources of `[sources.<id>]`, each over its built-in definition if it has one."""
    sources: dict[str, Source] = {}
    for id_, own in reading.tables("sources").items():
        key: Path = ("sources", id_)
        if not SOURCE_ID.fullmatch(id_):
            reading.problem(key, "an id is lower-case letters, digits, - and _, at most 64")
            continue
        builtin = id_ in builtin_ids()
        if not builtin and not {"name", "home", "channels"} & own.keys():
            text = "no built-in source of this id" + nearest(id_, builtin_ids())
            reading.problem(key, f"{text}; one of your own needs name, home and channels")
            continue
        try:
            whole = _merged(builtin_table(id_), own) if builtin else own
            sources[id_] = SourceTable.model_validate(whole).value(id_)
        except ValidationError as error:
            reading.invalid(error, SourceTable, key)
    return sources


def _merged(builtin: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return *builtin* with the keys of *own* over it; tables are merged, lists replaced."""
    merged = dict(builtin)
    for key, value in own.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = {**below, **value}
        else:
            merged[key] = value
    return merged


def read_destinations(reading: Reading) -> dict[str, Destination]:
    """Return the destinations of `[destinations.<id>]`."""
    found: dict[str, Destination] = {}
    for id_, table in reading.tables("destinations").items():
        key: Path = ("destinations", id_)
        type_ = table.get("type")
        model = TYPES.get(type_) if isinstance(type_, str) else None
        if not SOURCE_ID.fullmatch(id_):
            reading.problem(key, "an id is lower-case letters, digits, - and _, at most 64")
        elif model is None:
            known = ", ".join(TYPES)
            hint = nearest(type_, TYPES) if isinstance(type_, str) else ""
            said = "required" if type_ is None else f"unknown type{hint}"
            reading.problem((*key, "type"), f"{said}: one of {known}")
        else:
            try:
                found[id_] = model.model_validate(table)
            except ValidationError as error:
                reading.invalid(error, model, key)
    return found


def check_operator(reading: Reading, destination: str | None) -> None:
    """Note an operator's destination that is not configured."""
    known = reading.tables("destinations")
    if destination is not None and destination not in known:
        text = f'no destination "{destination}"{nearest(destination, known)}'
        reading.problem(("operator", "destination"), f"{text}: add [destinations.{destination}]")
