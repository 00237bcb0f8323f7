"""docs/faults.md names tests that exist, and every point at which the program can be killed."""

from __future__ import annotations

import re
from pathlib import Path

from paths import ROOT

from storage.failpoints import REGISTER

PAGE = (Path(ROOT) / "docs" / "faults.md").read_text(encoding="utf-8")
TESTS = Path(ROOT) / "tests"


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`((?:\w+/)?test_\w+\.py)::(test_\w+)`", PAGE)
    assert len(named) > 45
    for file, function in named:
        source = (TESTS / file).read_text(encoding="utf-8")
        assert f"def {function}(" in source, f"{file}::{function}"


def test_no_point_is_left_out() -> None:
    prefixed = re.findall(r"`(\w*\.\w+)`", PAGE.partition("## Other faults")[0])
    last, found = "", set()
    for name in prefixed:
        family, _, point = name.partition(".")
        last = family or last
        found.add(f"{last}.{point}")
    assert set(REGISTER) <= found
