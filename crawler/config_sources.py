"""The shape of `[sources.<id>]` and of a built-in definition, and the `Source` it makes. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from string import Formatter
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from crawler.builtin import builtin_table
from crawler.config_model import Duration, HttpUrl, Line, Model
from spiders.sources import Channel, ChannelKind, Hints, Politeness, Source

SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
#: What an archive or listing URL may leave open.
_BLANKS = {"year", "month", "day", "page"}
#: Headers that the fetcher must set itself, or that would carry a secret in the file.
_RESERVED_HEADERS = {
    "authorization", "connection", "content-length", "cookie", "host", "if-modified-since",
    "if-none-match", "proxy-authorization", "transfer-encoding", "user-agent",
}  # fmt: skip


def _selector(value: str) -> str:
    from cssselect import HTMLTranslator, SelectorError

    try:
        # Scrapy's own ::text and ::attr() are pseudo-elements; cssselect parses them.
        HTMLTranslator().css_to_xpath(re.sub(r"::(text|attr\([^)]*\))", "", value))
    except SelectorError as error:
        raise ValueError(f"not a CSS selector: {error}") from None
    return value


def _pattern(value: str) -> str:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    if len(value) > 1000:
        raise ValueError("a pattern of more than 1000 characters")
    try:
        re2.compile(value, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "unknown"
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        raise ValueError(f"not a pattern RE2 accepts: {reason}") from None
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError('not a time zone (write one such as "Asia/Shanghai")') from None
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError('not a language code (write one such as "en", "zh-hans")')
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError('not a host name (write one such as "m.example.org", without https://)')
    return value


def _encoding(value: str) -> str:
    try:
        "".encode(value)
    except (LookupError, ValueError):
        raise ValueError('not a charset (write one such as "gb18030")') from None
    return value


def _headers(value: dict[str, str]) -> dict[str, str]:
    for name, text in value.items():
        if not _HEADER.fullmatch(name) or not text.isprintable() or len(text) > 1000:
            raise ValueError(f"not a header that can be sent: {name[:40]!r}")
        if name.lower() in _RESERVED_HEADERS:
            raise ValueError(f"{name} may not be set here")
    return value


Selector = Annotated[str, AfterValidator(_selector), Field(min_length=1)]
Selectors = Annotated[tuple[Selector, ...], Field(strict=False)]
Pattern = Annotated[str, AfterValidator(_pattern), Field(min_length=1)]


class ChannelTable(Model):
    """One of `channels`."""

    kind: Annotated[ChannelKind, Field(strict=False)]
    url: HttpUrl
    links: Selector | None = None
    next_page: Selector | None = None
    max_pages: Annotated[int, Field(ge=1, le=1000)] = 1

    @model_validator(mode="after")
    def _combination(self) -> Self:
        try:
            blanks = {name for _, name, _, _ in Formatter().parse(self.url) if name is not None}
        except ValueError as error:
            raise ValueError(f"url: {error}") from None
        if unknown := blanks - _BLANKS:
            known = ", ".join(f"{{{name}}}" for name in sorted(_BLANKS))
            raise ValueError(f"url: unknown {{{min(unknown)}}} (known: {known})")
        if self.kind is ChannelKind.ARCHIVE and not blanks:
            raise ValueError("url: an archive needs {year}, {month} or {day} in its URL")
        if self.kind is not ChannelKind.LISTING and (self.links or self.next_page):
            raise ValueError('links and next_page are for kind = "listing" only')
        return self

    def value(self) -> Channel:
        """Return the plain value the spiders read."""
        return Channel(**dict(self))


class PolitenessTable(Model):
    """`[sources.<id>.politeness]`."""

    robots: bool = True
    delay_s: Annotated[float, Field(ge=0, le=3600)] = 1.0
    concurrency: Annotated[int, Field(ge=1, le=32)] = 1
    timeout_s: Annotated[float, Field(ge=1, le=300)] = 30.0
    max_bytes: Annotated[int, Field(ge=1024, le=1 << 30)] = 16 * 1024 * 1024
    verify_tls: bool = True


class HintsTable(Model):
    """`[sources.<id>.hints]`: CSS selectors for what extraction may not find by itself."""

    body: Selectors = ()
    title: Selectors = ()
    published: Selectors = ()
    authors: Selectors = ()
    drop: Selectors = ()
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None


def builtin_source(source_id: str) -> Source:
    """Return a built-in source as it ships.

    Raises:
        KeyError: there is none of that id.
        ValidationError: its definition is wrong (a test loads them all).
    """
    return SourceTable.model_validate(builtin_table(source_id)).value(source_id)


class SourceTable(Model):
    """`[sources.<id>]`; every key of `spiders.sources.Source` but `id`."""

    name: Line
    home: HttpUrl
    channels: Annotated[tuple[ChannelTable, ...], Field(strict=False, min_length=1, max_length=200)]
    language: Annotated[str, AfterValidator(_language)] | None = None
    zone: Annotated[str, AfterValidator(_zone)] | None = None
    allow: Annotated[tuple[Pattern, ...], Field(strict=False)] = ()
    deny: Annotated[tuple[Pattern, ...], Field(strict=False)] = ()
    hosts: Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], Field(strict=False)] = ()
    interval: Duration = timedelta(minutes=30)
    min_interval: Duration = timedelta(minutes=10)
    max_interval: Duration = timedelta(hours=24)
    max_articles: Annotated[int, Field(ge=1, le=100_000)] = 200
    politeness: PolitenessTable = PolitenessTable()
    hints: HintsTable = HintsTable()
    agency: Line | None = None
    max_age: Duration | None = timedelta(days=30)
    headers: Annotated[dict[str, str], AfterValidator(_headers), Field(default_factory=dict)]
    checked: Line | None = None
    note: str | None = None
    enabled: bool = True

    @model_validator(mode="after")
    def _intervals(self) -> Self:
        # A limit that was not written follows the interval that was.
        low = self.min_interval if "min_interval" in self.model_fields_set else None
        high = self.max_interval if "max_interval" in self.model_fields_set else None
        if low is not None and high is not None and low > high:
            raise ValueError("min_interval is longer than max_interval")
        if low is not None and self.interval < low:
            raise ValueError("interval is shorter than min_interval")
        if high is not None and self.interval > high:
            raise ValueError("interval is longer than max_interval")
        return self

    def value(self, source_id: str) -> Source:
        """Return the plain value that the rest of the program reads."""
        plain = dict(self)
        plain["channels"] = tuple(channel.value() for channel in self.channels)
        plain["politeness"] = Politeness(**dict(self.politeness))
        plain["hints"] = Hints(**dict(self.hints))
        plain["min_interval"] = min(self.min_interval, self.interval)
        plain["max_interval"] = max(self.max_interval, self.interval)
        return Source(id=source_id, **plain)
