"""What a crawl needs to know beyond its sources: frozen values that the configuration produces."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from crawler import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """Limits and routes of every request to a publisher."""

    user_agent: str = f"Windcatch/{__version__} (news change monitor)"
    #: An HTTP proxy for all fetching; may carry a password, so it is not shown.
    proxy: str | None = field(default=None, repr=False)
    #: PEM file of authorities trusted besides the system's: a proxy that inspects TLS has one.
    ca_file: Path | None = None
    #: "10.1.0.0/16": ranges inside the own network that may be fetched from.
    allow_private_networks: tuple[str, ...] = ()
    #: Seconds for one request, connect to last byte.
    timeout_s: float = 30.0
    max_bytes: int = 16 * 1024 * 1024
    #: Requests under way at once, over all hosts of one source.
    concurrency: int = 16
    verify_tls: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Limits of one run."""

    #: Seconds after which the run must be over; no new request is made shortly before.
    deadline_s: float = 900.0
    #: Seconds that requests under way get to finish after a stop or the deadline.
    drain_s: float = 20.0
    #: Sources crawled at the same time.
    parallel: int = 8
    #: Sources crawled in one run because no first look was possible, and as many again because of
    #: what it found; of a larger batch, the others are given back.
    most: int = 1_000_000
    #: Processes that extract; 0 extracts in this process.
    extractors: int = 1
    #: crawl, service, backfill, demo: for the log of runs.
    trigger: str = "crawl"
    config_hash: str | None = None
    #: Ring for what the first pass of a source brings, too.
    alert_baseline: bool = False
    #: Reschedule the sources: the service does, a crawl by hand leaves the schedule alone.
    reschedule: bool = False
    #: Where alarms about a source's health go; None tells nobody.
    operator: str | None = None
