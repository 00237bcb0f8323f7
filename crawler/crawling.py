"""From a configuration to a run: what `crawl`, a crawl process and the dry run have in common."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.match import Matcher
from crawler.claiming import Claims
from crawler.config import Config
from crawler.ingest import Desk
from crawler.options import FetchOptions, RunOptions
from crawler.result import RunResult
from crawler.runner import run_sources
from crawler.watchlists import watchlists_of


def fetch_options(config: Config) -> FetchOptions:
    """Return the limits and routes that `[fetch]` sets."""
    fetch = config.fetch
    return FetchOptions(
        user_agent=fetch.user_agent,
        proxy=fetch.proxy,
        ca_file=fetch.ca_file and config.folder / fetch.ca_file,
        allow_private_networks=fetch.allow_private_networks,
        timeout_s=fetch.timeout_s,
        max_bytes=fetch.max_bytes,
        concurrency=fetch.concurrency,
        verify_tls=fetch.verify_tls,
    )


def desk_of(config: Config) -> Desk:
    """Return who listens to what, as *config* says.

    Raises:
        ConfigError: a watchlist cannot be used.
    """
    watchlists = watchlists_of(config)
    return Desk(matcher=Matcher(watchlists), watchlists=watchlists, sources=config.sources)


def crawl(
    config: Config,
    ids: Sequence[str],
    *,
    trigger: str,
    owner: str | None = None,
    database_url: str | None = None,
    alert_baseline: bool = False,
    most: int | None = None,
    desk: Desk | None = None,
) -> RunResult:
    """Crawl the sources *ids* once, in this process (a process can do this once).

    Args:
        owner: whose leases these are, when a parent process has claimed the sources.
        database_url: another database than the configured one.
        most: see `RunOptions.most`; None: all.
        desk: what `desk_of` said of *config*, when it is known already.

    Raises:
        ConfigError: a watchlist cannot be used.
        StorageError: the database cannot be used.
    """
    return run_sources(
        database_url or config.database_url,
        {id_: config.sources[id_] for id_ in ids},
        desk=desk or desk_of(config),
        fetch=fetch_options(config),
        run=RunOptions(
            trigger=trigger,
            config_hash=config.hash,
            alert_baseline=alert_baseline,
            most=len(ids) if most is None else most,
            deadline_s=config.service.crawl_deadline_s,
            reschedule=trigger == "service",
            operator=config.operator.destination,
        ),
        owner=owner,
        claims=Claims(config) if trigger == "service" else None,
    )
