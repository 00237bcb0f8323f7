"""A small share of the kill driver for the service: the command in docs/testing.md kills a thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.world.kill_points import POINTS, UNSURE, Way
from crawler.world.kills import drive, report
from storage.failpoints import REGISTER

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="needs Linux's process table"
)


@pytest.mark.timeout(300)
def test_every_promise_is_kept_over_a_few_kills(tmp_path: Path) -> None:
    result = drive(kills=4, seed=3, folder=tmp_path, limit_s=150)
    assert result.broken == [], report(result)
    assert result.killed >= 4
    assert result.messages > 0


def test_the_driver_kills_at_every_point_there_is() -> None:
    named = [point.name for point in POINTS if point.way is not Way.MOMENT]
    assert sorted(named) == sorted(REGISTER)
    assert set(UNSURE) < set(named)
    assert [point.label for point in POINTS][:16] == [f"K{number}" for number in range(1, 17)]
