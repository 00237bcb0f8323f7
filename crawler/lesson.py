"""What a pass teaches about a source: when to come again, and how the source fares. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crawler.due import LINE, Pass, charge, line_down, next_due
from crawler.gaps import gap_after, gap_of, judged
from crawler.health import Health
from crawler.record import Outcome, record_of
from crawler.result import SourceResult, baseline_open
from crawler.rhythm import rhythm_of
from spiders.sources import Source
from storage.types import SourceState

#: Passes of other sources that ended within this time bear witness about our own line.
_WITNESS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What is written down about a source after a pass."""

    next_due_at: datetime
    memory: Mapping[str, Any]
    #: Points of failure this pass adds.
    charge: float
    health: Health
    #: Our own line is down: nothing of this is the source's fault.
    outage: bool


def learn(
    source: Source,
    state: SourceState,
    result: SourceResult,
    *,
    others: Mapping[str, bool],
    pause: timedelta,
    now: datetime,
) -> Lesson:
    """Return what the pass *result* over *source* teaches.

    Args:
        others: The sources passed over of late, and whether the line failed them: `witnesses`.
        pause: The longest Retry-After of this pass.
    """
    baseline = baseline_open(state)
    failed_line = line_failed(result)
    outage = failed_line and line_down(others, source.id)
    count = result.counts.get
    new = 0 if baseline else count("new", 0)
    rhythm = rhythm_of(state.memory)
    since = now - rhythm.at if rhythm.at is not None else None
    if result.ok:
        rhythm = rhythm.observe(new, now=now)
    points = 0.0 if result.ok else charge(result.errors, outage=outage)
    due = next_due(
        source,
        Pass(
            ok=result.ok,
            found=count("found", 0),
            known=count("known", 0),
            left=count("left", 0),
            interrupted=result.interrupted,
            pause=pause,
            hint=timedelta(seconds=result.hint_s),
            gap=None if baseline else since,
            outage=outage,
        ),
        now=now,
        failures=0.0 if result.ok else state.failures + points,
        rhythm=rhythm,
    )
    held = record_of(state.memory)
    # A pass that was cut short says nothing about the source.
    aborted = result.interrupted and not result.ok
    record = (
        held
        if aborted
        else held.observe(
            _outcome(result, baseline=baseline, outage=outage),
            now=now,
            learn=state.health != "degraded",
        )
    )
    # While our own line is down we see no source, and say nothing of any.
    same = Health(state.health, state.health_reason)
    gap = gap_of(state.memory) if result.searched is None else gap_after(result.searched, now=now)
    health = (
        same
        if outage or aborted
        else judged(source.id, record, rhythm, gap, before=state.health, now=now)
    )
    unfinished = bool(count("left")) or result.interrupted
    return Lesson(
        next_due_at=due,
        memory={
            **state.memory,
            "baseline_open": baseline and unfinished,
            "last": result.as_json(),
            "seen": {"at": now.isoformat(), "line": failed_line},
            "rhythm": rhythm.as_json(),
            "record": record.as_json(),
            "gap": gap and gap.as_json(),
        },
        charge=points,
        health=health,
        outage=outage,
    )


def line_failed(result: SourceResult) -> bool:
    """Tell whether *result* may be the fault of our own line."""
    return not result.ok and bool(result.errors) and result.errors.keys() <= LINE


def witnesses(states: Iterable[SourceState], *, now: datetime) -> dict[str, bool]:
    """Return the sources passed over of late, and whether the line failed them."""
    found = {}
    for state in states:
        seen = state.memory.get("seen")
        try:
            if seen and now - datetime.fromisoformat(seen["at"]) <= _WITNESS:
                found[state.source_id] = bool(seen["line"])
        except (KeyError, TypeError, ValueError):
            continue
    return found


def _outcome(result: SourceResult, *, baseline: bool, outage: bool) -> Outcome:
    count = result.counts.get
    return Outcome(
        ok=result.ok,
        baseline=baseline,
        new=count("new", 0),
        pages=count("pages", 0),
        articles=count("articles", 0),
        dated=count("dated", 0),
        chars=count("chars", 0),
        moved_to=result.moved_to,
        lost=result.lost,
        error=result.error,
        error_class=result.error_class,
        outage=outage,
    )
