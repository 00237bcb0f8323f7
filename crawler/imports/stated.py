"""Reading fields that a JSON object states, with errors that name them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from storage.urls import canonical_url


class Unusable(ValueError):
    """A field cannot be used; the message names it."""


def text_of(data: Mapping[str, Any], key: str, *, required: bool = False) -> str | None:
    """Return the text under *key*; None when it is missing or null.

    Raises:
        Unusable: it is something else, or *required* and missing.
    """
    value = data.get(key)
    if value is None and not required:
        return None
    if not isinstance(value, str):
        raise Unusable(f'"{key}": {"missing" if value is None else "expected text"}')
    return value


def texts_of(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the list of texts under *key*; () when it is missing or null.

    Raises:
        Unusable: it is something else.
    """
    value = data.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Unusable(f'"{key}": expected a list of texts')
    return tuple(value)


def object_of(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the object under *key*; {} when it is missing or null.

    Raises:
        Unusable: it is something else.
    """
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unusable(f'"{key}": expected an object')
    return value


def url_of(data: Mapping[str, Any], key: str) -> str | None:
    """Return the absolute http(s) URL under *key*; None when it is missing or null.

    Raises:
        Unusable: it is something else.
    """
    value = text_of(data, key)
    if value is None:
        return None
    try:
        canonical_url(value)
    except ValueError:
        raise Unusable(f'"{key}": not an http(s) address: {value[:80]!r}') from None
    return value


def moment_of(data: Mapping[str, Any], key: str) -> datetime | None:
    """Return the time under *key* as aware UTC (UTC where it has no zone); None when missing.

    Raises:
        Unusable: it is no ISO 8601 time, or not of 1990 to 2100.
    """
    value = text_of(data, key)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unusable(f'"{key}": not a time: {value[:40]!r}') from None
    if not 1990 <= moment.year <= 2100:
        raise Unusable(f'"{key}": too far away: {value[:40]!r}')
    return moment
