"""Which of the entries found are worth a request. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import re2

from spiders.gate import GatePolicy, Refused, check_url
from spiders.listings import date_in_url, endless
from spiders.sources import Source
from storage.types import Entry
from storage.urls import canonical_url, same_site

#: A date further ahead than this is a mistake, not news; the entry counts as undated.
FUTURE = timedelta(days=2)
#: A query that names one document: p=317, id=20250127.
_NUMBERED = re.compile(r"(?:^|&)(?:p|id|aid|nid|post|article)=\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Selected:
    """The entries that belong to a source, each URL once, newest first."""

    entries: tuple[Entry, ...]
    #: Why the others do not, with how often: gate:scheme, off_site, denied, not_allowed, old...
    refused: Counter[str]


class Selector:
    """A source's URL rules, compiled once."""

    def __init__(self, source: Source, policy: GatePolicy) -> None:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = 8 << 20
        self._source = source
        self._policy = policy
        self._allow = [re2.compile(pattern, options) for pattern in source.allow]
        self._deny = [re2.compile(pattern, options) for pattern in source.deny]
        self._documents = {channel.url.partition("#")[0] for channel in source.channels}

    def owns(self, url: str) -> bool:
        """Tell whether *url* is on the publisher's site or one of its further hosts."""
        host = (urlsplit(url).hostname or "").lower()
        if any(host == own or host.endswith(f".{own}") for own in self._source.hosts):
            return True
        try:
            return same_site(url, self._source.home)
        except ValueError:
            return False

    def select(self, entries: Iterable[Entry], *, now: datetime) -> Selected:
        """Return the *entries* that may be fetched, and count the reasons of the rest."""
        chosen: dict[str, Entry] = {}
        refused: Counter[str] = Counter()
        for entry in entries:
            try:
                url = check_url(entry.url, policy=self._policy)
                key = canonical_url(url)
            except Refused as error:
                refused[f"gate:{error.reason}"] += 1
                continue
            except ValueError:
                refused["gate:unreadable"] += 1
                continue
            dated = self._dated(entry, url, now)
            if reason := self._reason(url, dated, now):
                refused[reason] += 1
            elif key in chosen:
                chosen[key] = _merged(chosen[key], dated)
            else:
                chosen[key] = replace(dated, url=url)
        # Undated entries keep their place as if they were new: lists put the newest first.
        newest_first = sorted(
            chosen.values(), key=lambda entry: entry.not_after or now, reverse=True
        )
        return Selected(tuple(newest_first), refused)

    def _dated(self, entry: Entry, url: str, now: datetime) -> Entry:
        published = entry.published_at or date_in_url(url, self._source.zone)
        if published is not None and published > now + FUTURE:
            published = None
        changed = entry.changed_at
        if changed is not None and changed > now + FUTURE:
            changed = None
        return replace(entry, published_at=published, changed_at=changed)

    def _reason(self, url: str, entry: Entry, now: datetime) -> str | None:
        if not self.owns(url):
            return "off_site"
        parts = urlsplit(url)
        # "/?p=317" is an article where WordPress has no pretty links.
        front = parts.path in {"", "/"} and not _NUMBERED.search(parts.query)
        if url in self._documents or front:
            return "section_page"
        if endless(url):
            return "endless_path"
        if any(pattern.search(url) for pattern in self._deny):
            return "denied"
        if self._allow and not any(pattern.search(url) for pattern in self._allow):
            return "not_allowed"
        age = self._source.max_age
        latest = entry.not_after
        if age is not None and latest is not None and now - latest > age:
            return "old"
        return None


def _merged(first: Entry, second: Entry) -> Entry:
    """Return *first* with what only *second* knows."""
    return replace(
        first,
        title=first.title or second.title,
        summary=first.summary or second.summary,
        published_at=first.published_at or second.published_at,
        changed_at=first.changed_at or second.changed_at,
    )
