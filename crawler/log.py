"""Logs: one event a line on standard error, text or JSON, secrets hidden, no line forged."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import structlog

from crawler.secrets import redact

FORMATS = ("auto", "text", "json")
LEVELS = ("debug", "info", "warning", "error")

#: Loggers that tell at INFO what only their authors want to know.
_CHATTY = (
    "scrapy",
    "twisted",
    "asyncio",
    "apscheduler",
    "trafilatura",
    "htmldate",
    "alembic",
    "py3langid",
)
_LINE_LIMIT = 4000


def configure(
    *,
    level: str = "info",
    log_format: str = "auto",
    hide: Collection[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every logger's events, ours, Scrapy's and Twisted's, through one handler.

    Args:
        log_format: "text", "json", or "auto": text when the stream is a terminal.
        hide: Secrets in force; they are hidden wherever they appear, whatever they look like.
    """
    out = sys.stderr if stream is None else stream
    as_text = log_format == "text" or (log_format == "auto" and out.isatty())
    hidden = tuple(sorted((value for value in hide if len(value) >= 4), key=len, reverse=True))
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Formatter(as_text=as_text, hide=hidden))
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    if level != "debug":
        # On the handler: Scrapy sets the level of its loggers anew whenever a crawl begins.
        handler.addFilter(_worth_telling)
    logging.captureWarnings(True)
    # A broken log stream must not print a traceback of its own between the lines.
    logging.raiseExceptions = False


@contextmanager
def bound(**fields: str | int) -> Iterator[None]:
    """Add *fields* (run_id, source, alert_id...) to every event of this context."""
    with structlog.contextvars.bound_contextvars(**fields):
        yield


def _worth_telling(record: logging.LogRecord) -> bool:
    """Return False for what libraries tell below a warning."""
    return record.levelno >= logging.WARNING or record.name.split(".")[0] not in _CHATTY


class _Formatter(logging.Formatter):
    """One record as one line; structlog's processors do the shaping."""

    def __init__(self, *, as_text: bool, hide: tuple[str, ...]) -> None:
        super().__init__()
        self._as_text = as_text
        self._hide = hide

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": self._message(record),
        }
        event |= structlog.contextvars.get_contextvars()
        if record.exc_info and record.exc_info[1] is not None:
            event["exception"] = _exception(record.exc_info)
        event = {key: self._hidden(value) for key, value in event.items()}
        return _text(event) if self._as_text else _json(event)

    @staticmethod
    def _message(record: logging.LogRecord) -> str:
        try:
            return record.getMessage()
        except (TypeError, ValueError):
            # A wrong format string is a bug; losing the event as well would hide it.
            return f"{record.msg} {record.args!r}"

    def _hidden(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for secret in self._hide:
            value = value.replace(secret, "***")
        return redact(value)


def _exception(
    info: tuple[type[BaseException] | None, BaseException | None, TracebackType | None],
) -> str:
    return "".join(traceback.format_exception(*info)).rstrip()


def _json(event: dict[str, Any]) -> str:
    # ASCII only: JSON escapes line breaks, but U+2028 and a terminal's C1 controls would pass.
    return json.dumps({key: _short(value) for key, value in event.items()}, default=str)


def _text(event: dict[str, Any]) -> str:
    head = f"{event.pop('time')[:19]}Z {event.pop('level'):<7} {event.pop('logger')}: "
    exception = event.pop("exception", None)
    line = head + one_line(_short(event.pop("event")))
    line += "".join(f" {key}={one_line(str(value))}" for key, value in sorted(event.items()))
    if exception is not None:
        # Each line is marked, so that a message inside cannot pass for an event.
        line += "".join(f"\n    | {one_line(part)}" for part in exception.splitlines())
    return line


def one_line(text: str) -> str:
    r"""Return *text* with everything that ends a line or steers a terminal escaped, as in `\n`."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LINE_LIMIT:
        return f"{value[:_LINE_LIMIT]}... ({len(value)} characters)"
    return value
