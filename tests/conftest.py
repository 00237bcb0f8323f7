"""What holds for all tests: long files first, and no test judges how fast the machine is."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

#: Files whose tests start whole programs, longest first. Each runs on one worker from end to end:
#: begun last, it would keep that one busy alone.
LONG = (
    "test_replay",
    "test_kills",
    "test_situations",
    "test_backfill_runs",
    "test_service",
    "test_cli_crawling",
    "test_end_to_end",
    "test_drive",
    "test_crashes",
    "test_runner",
    "test_cli_regroup",
    "test_markers",
    "test_killed",
    "test_canaries",
    "test_first_look",
    "test_backfill_hostile",
)

#: Every run tries the same cases, so that what fails, fails again; WINDCATCH_EXPLORE=1 tries others.
settings.register_profile(
    "unhurried",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="WINDCATCH_EXPLORE" not in os.environ,
)
settings.load_profile("unhurried")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a tenth of the time tests wait for servers and processes."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the long files to the front; within a file nothing changes."""
    rank = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(LONG)))
