"""Killed at the worst points, under Slack's faults, with one channel down throughout."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.world.kill_alerts import run


def test_killed_no_alert_is_lost_or_told_twice(tmp_path: Path) -> None:
    """All five points, a thousand alerts, fifty kills: `python -m crawler.world.kill_alerts`."""
    outcome = run(tmp_path, alerts=25, kills=3, seed=11)
    assert outcome.kills == 3
    assert outcome.ok, outcome
    assert outcome.messages == 25
    assert outcome.kept == 5


@pytest.mark.parametrize("kind", ["webhook", "email"])
def test_no_repeat_is_silent_where_nothing_can_be_asked(tmp_path: Path, kind: str) -> None:
    outcome = run(tmp_path, alerts=25, kills=0, seed=11, kind=kind)
    assert outcome.ok, outcome
    assert outcome.marked > 0
