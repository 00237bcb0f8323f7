"""Switching logs on for the commands that do work, as the options before or after ask."""

from __future__ import annotations

import os

from crawler.cli.errors import UsageProblem

#: Environment variables whose value is a secret wherever it turns up.
_SECRET_VARIABLES = ("SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "PGPASSWORD", "SMTP_PASSWORD")

_wanted = {"format": "auto", "level": ""}


def remember(log_format: str, level: str) -> None:
    """Keep what `--log-format` and `--log-level` ask for.

    Raises:
        UsageProblem: a word that is neither a format nor a level.
    """
    if log_format not in ("auto", "text", "json"):
        raise UsageProblem("--log-format: expected auto, text or json")
    if level not in ("", "debug", "info", "warning", "error"):
        raise UsageProblem("--log-level: expected debug, info, warning or error")
    _wanted.update(format=log_format, level=level)


def start(default_level: str = "warning", *, hide: tuple[str, ...] = ()) -> None:
    """Begin to log, at *default_level* unless the user asked for another."""
    from crawler.log import configure

    from_environment = tuple(os.environ.get(name, "") for name in _SECRET_VARIABLES)
    configure(
        level=_wanted["level"] or default_level,
        log_format=_wanted["format"],
        hide=(*hide, *from_environment),
    )


def child_options(default_level: str) -> tuple[str, ...]:
    """Return the options that make a child process log as this one does."""
    return ("--log-format", _wanted["format"], "--log-level", _wanted["level"] or default_level)
