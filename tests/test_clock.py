"""The shifted clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.clock import VARIABLE, utcnow


def test_it_is_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    before = datetime.now(UTC)
    assert before <= utcnow() <= datetime.now(UTC)


def test_the_environment_shifts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "-86400.5")
    shift = datetime.now(UTC) - utcnow()
    assert abs(shift - timedelta(days=1)) < timedelta(seconds=2)
