"""Which configured source a URL belongs to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from spiders.gate import GatePolicy
from spiders.select import Selector
from spiders.sources import Source
from storage.types import Discovery, Entry

#: Hosts remembered; a WARC file of a whole month names some ten thousand.
_REMEMBERED = 50_000


class Owners:
    """Tells whose a URL is: a configured source's, or its host's own."""

    def __init__(self, sources: Iterable[Source], *, now: datetime) -> None:
        self._selectors = [
            (source, Selector(replace(source, max_age=None), GatePolicy())) for source in sources
        ]
        self._now = now
        self._hosts: dict[str, list[tuple[Source, Selector]]] = {}

    def source_of(self, url: str) -> Source | None:
        """Return the source *url* belongs to: the one on its site whose rules allow it."""
        host = (urlsplit(url).hostname or "").lower()
        found = self._hosts.get(host)
        if found is None:
            found = [(source, rules) for source, rules in self._selectors if rules.owns(url)]
            # The nearest first: a source whose home is this very host before its site's others.
            found.sort(key=lambda pair: urlsplit(pair[0].home).hostname != host)
            if len(self._hosts) < _REMEMBERED:
                self._hosts[host] = found
        if len(found) > 1:
            entry = Entry(url=url, found_by=Discovery.IMPORT)
            for source, rules in found:
                if rules.select([entry], now=self._now).entries:
                    return source
        return found[0][0] if found else None

    def id_of(self, url: str) -> str:
        """Return the id of the source *url* belongs to, or its host where it belongs to none."""
        source = self.source_of(url)
        if source is not None:
            return source.id
        return ((urlsplit(url).hostname or "").lower().removeprefix("www.") or "unknown")[:64]
