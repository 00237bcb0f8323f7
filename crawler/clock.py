"""The program's one clock. Everything below `crawler/` is given `now` as an argument.

`WINDCATCH_CLOCK_OFFSET_S` shifts it, for the demo and for tests that must see an hour or a day go by
(a recheck, a withdrawal confirmed over time) without waiting. It moves what is recorded and what is
due; timeouts and deadlines run on the monotonic clock and are not moved.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

#: Seconds, may be negative or have a fraction; ``@file`` reads them from a file at each look, so that
#: time can go by for a program that runs.
VARIABLE = "WINDCATCH_CLOCK_OFFSET_S"


def utcnow() -> datetime:
    """Return the time, aware UTC.

    Raises:
        ValueError: the environment's offset is no number.
        OSError: the file that holds it is not there.
    """
    now = datetime.now(UTC)
    offset = os.environ.get(VARIABLE)
    if offset and offset.startswith("@"):
        offset = Path(offset[1:]).read_text("ascii")
    return now + timedelta(seconds=float(offset)) if offset else now
