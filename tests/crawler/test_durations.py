from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.durations import LONGEST, format_duration, parse_duration

STATED = [
    ("90s", timedelta(seconds=90)),
    ("30m", timedelta(minutes=30)),
    ("1h30m", timedelta(minutes=90)),
    ("1h 30m", timedelta(minutes=90)),
    ("2d", timedelta(days=2)),
    ("1.5h", timedelta(minutes=90)),
    # Capitals happen at the beginning of a line.
    ("12H", timedelta(hours=12)),
]
#: Nobody can tell seconds from minutes in "30".
REFUSED = ["30", "", " ", "m", "-5m", "5 minutes", "1h30", "1e3s", "٣m", "999999999w", "5m;rm"]


@pytest.mark.parametrize(("text", "duration"), STATED)
def test_a_duration_says_its_unit(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", REFUSED)
def test_what_states_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|century"):
        parse_duration(text)


@given(st.integers(0, int(LONGEST.total_seconds())))
def test_what_is_printed_can_be_read_back(seconds: int) -> None:
    # Two units at most are printed, so a long duration loses its tail, never more.
    read = parse_duration(format_duration(timedelta(seconds=seconds))).total_seconds()
    assert 0 <= seconds - read < max(60, seconds / 20)


@given(st.text(max_size=60))
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    try:
        duration = parse_duration(text)
    except ValueError:
        return
    assert timedelta() <= duration <= LONGEST
