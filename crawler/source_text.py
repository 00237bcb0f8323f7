"""A source as the TOML a person would have written: keys explained, defaults left out. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from spiders.detect import Detection
from spiders.trial import QUIET

#: Labels that name no publisher.
_COMMON = {"www", "m", "en", "english", "news", "com", "org", "net", "gov", "co", "edu", "ac", "or"}


def source_id(home: str) -> str:
    """Return an id for the site at *home*: `https://www.example.com.cn/` -> "example"."""
    host = urlsplit(home).hostname or "site"
    labels = host.split(".")
    # The last label is the country or kind, unless it is all there is (an intranet's host).
    telling = [label for label in labels[:-1] if label not in _COMMON] or labels[:1]
    return re.sub(r"[^a-z0-9]+", "-", "-".join(telling).lower()).strip("-")[:64] or "site"


def source_table(detection: Detection, source_id_: str, *, now: datetime) -> str:
    """Return the `[sources.<id>]` table of what was found, ending in a newline."""
    return "\n".join(_lines(detection, source_id_, now)) + "\n"


def builtin_table_text(source_id_: str, name: str) -> str:
    """Return the table that switches a built-in source on."""
    return f"[sources.{source_id_}]   # {_comment(name)}: ships with Windcatch\n"


def _lines(detection: Detection, id_: str, now: datetime) -> Iterator[str]:
    source = detection.source
    yield f"# Found by `windcatch sources add {_comment(detection.url)}` on {now:%Y-%m-%d}."
    yield f"[sources.{id_}]"
    yield f"name = {toml_string(source.name)}"
    yield f"home = {toml_string(source.home)}"
    if source.language:
        yield f"language = {toml_string(source.language)}"
    if source.zone:
        yield f"zone = {toml_string(source.zone)}   # of times printed without one"
    yield "# Where new articles are found; all are asked at each pass."
    yield "channels = ["
    for way in detection.kept:
        kind, url = toml_string(way.channel.kind.value), toml_string(way.channel.url)
        yield f"  {{ kind = {kind}, url = {url} }},   # {len(way.entries)} entries, {_comment(way.why)}"
    yield "]"
    if source.allow:
        yield "# What an article's address looks like (RE2), learned from the entries found."
        patterns = ", ".join(toml_string(pattern) for pattern in source.allow)
        yield f"allow = [{patterns}]"
    newest = max((way.newest_at for way in detection.kept if way.newest_at), default=None)
    if newest is not None and now - newest > QUIET - timedelta(days=3):
        yield "# Published rarely: entries older than this are not fetched (the default is 30 days)."
        yield f'max_age = "{(now - newest).days + 365}d"'
    yield f'checked = "{now:%Y-%m-%d}, by a look at {len(detection.samples)} articles"'


def toml_string(value: str) -> str:
    """Return *value* as TOML: a literal string where it may be (patterns stay readable)."""
    if value.isprintable() and "'" not in value and "\\" in value:
        return f"'{value}'"
    # JSON's escapes are TOML's too, but for a raw DEL and lone surrogates.
    text = json.dumps(value.encode("utf-8", "replace").decode("utf-8"), ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:120]
