"""How everything stands: what `status` shows and what a watchdog would ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.config import Config
from crawler.health import expected_on
from crawler.record import record_of
from spiders.sources import Source
from storage.archive import Reader
from storage.mutes import Mute
from storage.types import SourceState

#: A service that has given no sign of life for longer is not counted as running.
_SILENT = timedelta(seconds=60)
#: The trigger of the service's own run.
SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStanding:
    """One source."""

    source_id: str
    #: new (never crawled), ok, quiet, late, degraded, failing, off.
    state: str
    last_ok_at: datetime | None
    last_new_at: datetime | None
    next_due_at: datetime | None
    due: bool
    at_work: bool
    failures: int
    #: What is wrong, in words; None when nothing is.
    reason: str | None
    articles: int
    #: New articles to be expected today, and the least that would not surprise (1 in 100);
    #: None while too little is known.
    expected_today: float | None = None
    least_today: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStanding:
    """A service that gave a sign of life of late."""

    pid: int | None
    started_at: datetime
    heartbeat_at: datetime
    config_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything at one moment."""

    at: datetime
    sources: tuple[SourceStanding, ...]
    #: Messages by state.
    outbox: dict[str, int]
    oldest_pending_at: datetime | None
    service: ServiceStanding | None
    #: Silences ordered by command that are in force.
    mutes: tuple[Mute, ...] = ()


def standing(config: Config, reader: Reader, *, now: datetime) -> Standing:
    """Return how the configured sources, the outbox and the service stand at *now*."""
    states = {state.source_id: state for state in reader.sources()}
    articles = reader.stats().articles
    waiting = reader.alerts(state="pending", limit=100_000)
    due = [alert.created_at for alert in waiting if alert.next_at <= now]
    return Standing(
        at=now,
        sources=tuple(
            _source(source, states.get(id_), articles.get(id_, 0), now)
            for id_, source in config.sources.items()
        ),
        outbox=dict(reader.outbox()),
        oldest_pending_at=min(due, default=None),
        service=_service(reader, now),
        mutes=reader.mutes(now=now),
    )


def _source(
    source: Source, state: SourceState | None, articles: int, now: datetime
) -> SourceStanding:
    held = state or SourceState(source_id=source.id, interval=source.interval, next_due_at=None)
    word, reason = _word(source, held, now)
    expected, least = expected_on(record_of(held.memory), now)
    return SourceStanding(
        source_id=source.id,
        state=word,
        last_ok_at=held.last_ok_at,
        last_new_at=held.last_new_at,
        next_due_at=held.next_due_at,
        due=held.next_due_at is not None and held.next_due_at <= now,
        at_work=held.lease_until is not None and held.lease_until > now,
        failures=record_of(held.memory).failed,
        reason=reason,
        articles=articles,
        expected_today=expected,
        least_today=least,
    )


def _word(source: Source, state: SourceState, now: datetime) -> tuple[str, str | None]:
    """Return the state in one word, and what is wrong in a sentence."""
    if not source.enabled:
        return "off", None
    if state.health != "healthy":
        return state.health, state.health_reason or state.last_error
    if state.last_error:
        failed = max(record_of(state.memory).failed, 1)
        return "failing", f"{failed} failed in a row: {state.last_error}"
    if state.last_ok_at is None:
        return "new", None
    if now - state.last_ok_at > 2 * source.max_interval:
        return (
            "late",
            "not crawled for more than twice its longest interval: is the service running?",
        )
    return "ok", None


def _service(reader: Reader, now: datetime) -> ServiceStanding | None:
    for run in reader.runs(limit=500):
        if run.trigger == SUPERVISOR and run.ended_at is None and now - run.heartbeat_at < _SILENT:
            return ServiceStanding(
                pid=run.pid,
                started_at=run.started_at,
                heartbeat_at=run.heartbeat_at,
                config_hash=run.config_hash,
            )
    return None
