"""A small share of the kill driver: the command in docs/testing.md kills hundreds."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.world.drive import CRAWLING, RECONCILING, SENDING, drive, report
from storage.failpoints import REGISTER


@pytest.mark.timeout(300)
def test_every_promise_is_kept_over_a_few_kills(tmp_path: Path) -> None:
    result = drive(kills=3, seed=11, folder=tmp_path, limit_s=120)
    assert result.broken == [], report(result)
    assert result.killed >= 3
    assert result.messages > 0


def test_the_driver_names_points_that_exist() -> None:
    assert {*CRAWLING, *SENDING, RECONCILING} <= set(REGISTER)
