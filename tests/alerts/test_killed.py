"""Killed at each of the five points, under Slack's faults, with one channel down throughout."""

from __future__ import annotations

from pathlib import Path

from crawler.world.kill_alerts import POINTS, run


def test_killed_at_every_point_no_alert_is_lost_or_told_twice(tmp_path: Path) -> None:
    """A thousand alerts and fifty kills: `python -m crawler.world.kill_alerts`."""
    outcome = run(tmp_path, alerts=60, kills=len(POINTS), seed=11)
    assert outcome.kills == len(POINTS)
    assert outcome.ok, outcome
    assert outcome.messages == 60
    assert outcome.kept == 12
