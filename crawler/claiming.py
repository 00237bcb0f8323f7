"""Which due sources one crawl process takes at once: the service's rule, wherever it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.config import Config
from spiders.sources import Source
from storage.archive import Transaction
from storage.types import SourceState

#: Sources given to one crawl process at once. Most passes end with a first look; of those that do
#: not, `service.batch` are crawled and the rest is given back.
LOOKED_AT = 100
#: A crawl process goes on with what is due by then, up to so many sources in all: starting one
#: costs as much as fifty first looks.
IN_ALL = 1000
#: A lease outlives a missed heartbeat or two, and a dead service by little.
LEASE = timedelta(seconds=90)


def hosts_of(config: Config) -> dict[str, str]:
    """Return the site of each source: what its politeness is about."""
    return {id_: urlsplit(source.home).hostname or id_ for id_, source in config.enabled.items()}


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims what is due by one configuration."""

    config: Config
    sources: Mapping[str, Source] = field(init=False)
    _hosts: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Work out once what every claim asks for."""
        object.__setattr__(self, "sources", self.config.enabled)
        object.__setattr__(self, "_hosts", hosts_of(self.config))

    def claim(
        self, tx: Transaction, owner: str, *, now: datetime, with_memory: bool = True
    ) -> tuple[SourceState, ...]:
        """Lease for *owner* what is due, and return it, without its memory if so asked."""
        batch = self.config.service.batch
        return tx.claim_due(
            owner,
            now=now,
            limit=max(LOOKED_AT, batch),
            lease=LEASE,
            only=self.sources.keys(),
            hosts=self._hosts,
            troubled=batch,
            with_memory=with_memory,
        )
