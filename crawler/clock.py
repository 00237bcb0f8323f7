"""The program's one clock. Everything below `crawler/` is given `now` as an argument.

`WINDCATCH_CLOCK_OFFSET_S` shifts it, for the demo and for tests that must see an hour or a day go by
(a recheck, a withdrawal confirmed over time) without waiting. It moves what is recorded and what is
due; timeouts and deadlines run on the monotonic clock and are not moved.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

#: Seconds, may be negative or have a fraction.
VARIABLE = "WINDCATCH_CLOCK_OFFSET_S"


def utcnow() -> datetime:
    """Return the time, aware UTC.

    Raises:
        ValueError: the environment's offset is no number.
    """
    now = datetime.now(UTC)
    offset = os.environ.get(VARIABLE)
    return now + timedelta(seconds=float(offset)) if offset else now
