"""Watchlists tried on given texts: what `windcatch themes test` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts.match import Matcher, Subject
from alerts.watchlist import Watchlist, WatchlistError, load_watchlists
from crawler.config_problems import ConfigError
from crawler.inputs import InputProblem, Line, read_bytes, read_lines, text_of
from storage.types import Match

Trial = tuple[Any, Line, tuple[Match, ...]]


def read_watchlists(files: Sequence[Path]) -> tuple[Watchlist, ...]:
    """Return the watchlists in *files*, without regard to any configuration.

    Raises:
        InputProblem: a file cannot be read.
        ConfigError: with every problem of every file.
    """
    texts = {}
    for file in files:
        try:
            texts[str(file)] = read_bytes(file).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputProblem(f"{file}: not text in UTF-8") from None
    try:
        return load_watchlists(texts)
    except WatchlistError as error:
        raise ConfigError(error.problems) from None


def try_out(watchlists: Sequence[Watchlist], path: str) -> Iterator[Trial]:
    """Yield the id, the line and the matches of each text in a JSON Lines input, in order.

    Raises:
        InputProblem: a line cannot be used; the message says which.
    """
    matcher = Matcher(tuple(watchlists))
    for line in read_lines(path):
        yield line.data.get("id"), line, matcher.match(_subject(line, path))


def _subject(line: Line, path: str) -> Subject:
    wire = line.data.get("wire")
    agency = wire.get("agency") if isinstance(wire, dict) else None
    return Subject(
        title=text_of(line, "title", path) or "",
        text=text_of(line, "text", path) or "",
        language=text_of(line, "language", path),
        source_id=text_of(line, "source_id", path),
        url=text_of(line, "url", path),
        published_at=_published(text_of(line, "published_at", path)),
        agency=agency if isinstance(agency, str) else None,
    )


def _published(stated: str | None) -> datetime | None:
    """Return the stated time; one that cannot be read decides nothing here."""
    try:
        moment = datetime.fromisoformat(stated) if stated else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
