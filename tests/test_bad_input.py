"""docs/bad-input.md names tests that exist, and leaves out no row."""

from __future__ import annotations

import re
from pathlib import Path

from paths import ROOT

PAGE = (Path(ROOT) / "docs" / "bad-input.md").read_text(encoding="utf-8")
TESTS = Path(ROOT) / "tests"


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`((?:\w+/)?test_\w+\.py)(?:::(test_\w+))?`", PAGE)
    assert len(named) > 60
    for file, function in named:
        source = (TESTS / file).read_text(encoding="utf-8")
        assert f"def {function}(" in source or not function, f"{file}::{function}"


def test_no_row_is_left_out() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \|", PAGE, re.MULTILINE)
    numbers = {int(number) for row in rows for number in row.split(",")}
    assert numbers == set(range(1, 49))
