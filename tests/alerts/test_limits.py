"""Rates, waits and circuits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alerts_fakes import NOW
from hypothesis import given
from hypothesis import strategies as st

from alerts.digest import cap_slot
from alerts.limits import BACKOFF_CAP, Bucket, Circuit, Window, backoff, retry_after

shares = st.floats(0, 1, exclude_max=True)


@given(st.integers(-3, 10_000), shares, st.floats(0, 3600))
def test_backoff_is_bounded(attempts: int, share: float, floor: float) -> None:
    wait = backoff(attempts, jitter=lambda: share, floor=floor).total_seconds()
    # A microsecond: what a timedelta can say.
    assert floor - 1e-6 <= wait <= max(BACKOFF_CAP, floor * 1.1) + 1e-6


def test_backoff_doubles_and_jitters_fully() -> None:
    windows = [backoff(n, jitter=lambda: 0.5).total_seconds() for n in range(4)]
    assert windows == [1, 2, 4, 8]
    assert backoff(5, jitter=lambda: 0.0) == timedelta()


@given(st.text(max_size=8))
def test_retry_after_never_passes_its_bounds(header: str) -> None:
    assert 1 <= retry_after(header) <= 3600


@given(st.lists(st.floats(0, 5), min_size=5, max_size=40))
def test_a_bucket_keeps_its_rate(gaps: list[float]) -> None:
    bucket, at, acted = Bucket.full(rate=1, burst=3, at=0), 0.0, []
    for gap in gaps:
        at += gap
        bucket, wait = bucket.take(at)
        at += wait
        acted.append(at)
    # Never more than the burst and one a second in any window.
    for first in range(len(acted)):
        for last in range(first, len(acted)):
            assert last - first + 1 <= 3 + (acted[last] - acted[first]) + 1e-6


def test_a_clock_that_steps_back_gives_nothing() -> None:
    bucket, _ = Bucket.full(rate=1, burst=1, at=100).take(100)
    _, wait = bucket.take(40)
    assert wait == pytest.approx(1)


def test_a_circuit_probes_ever_more_rarely_and_forgets() -> None:
    circuit, now, waits = Circuit(), NOW, []
    for _ in range(9):
        circuit = circuit.failed(now, "is_archived")
        assert circuit.probe_at is not None
        waits.append((circuit.probe_at - now) / timedelta(minutes=1))
        assert not circuit.allows(now)
        now = circuit.probe_at
        assert circuit.allows(now)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert circuit.opened_at == NOW
    assert circuit.worked() == Circuit()


def test_a_window_counts_an_hour() -> None:
    window = Window(limit=2, span=timedelta(hours=1))
    window = window.took(NOW).took(NOW + timedelta(minutes=30))
    assert not window.allows(NOW + timedelta(minutes=59))
    assert window.allows(NOW + timedelta(minutes=60))


@pytest.mark.parametrize(
    ("minute", "slot"), [(0, 15), (1, 15), (14, 15), (15, 30), (44, 45), (45, 60), (59, 60)]
)
def test_over_the_cap_waits_for_the_quarter(minute: int, slot: int) -> None:
    hour = NOW.replace(minute=0)
    assert cap_slot(hour + timedelta(minutes=minute)) == hour + timedelta(minutes=slot)
