"""Pings for a watchdog outside the machine: it alarms when they stay away.

The protocol of Healthchecks and its kin: POST to the address for "well", address + "/fail" for "not".
"""

from __future__ import annotations

import logging
import urllib.error
import urllib.request
from datetime import datetime, timedelta

from crawler.standing import Standing

logger = logging.getLogger(__name__)

#: The variable that holds the address; whoever knows it can silence the watchdog.
VARIABLE = "WINDCATCH_HEARTBEAT_URL"
_TIMEOUT_S = 5.0
#: An alert that waits longer means that delivery does not work.
OLDEST_ALERT = timedelta(minutes=10)
#: Share of the sources that must have been crawled well of late.
_LEAST_CRAWLED = 0.5


def trouble(standing: Standing, *, started: datetime) -> str | None:
    """Return why useful work is not being done, in words; None when it is. Pure."""
    now = standing.at
    oldest = standing.oldest_pending_at
    if oldest is not None and now - oldest > OLDEST_ALERT:
        return f"an alert waits since {oldest:%Y-%m-%d %H:%M}Z"
    late = [s for s in standing.sources if s.state in {"failing", "late"}]
    live = [s for s in standing.sources if s.state != "off"]
    if live and now - started > timedelta(hours=1):
        share = 1 - len(late) / len(live)
        if share < _LEAST_CRAWLED:
            return f"{len(late)} of {len(live)} sources are failing or late"
    return None


def ping(url: str, *, problem: str | None) -> bool:
    """Tell the watchdog at *url*; return whether it took it. Never raises, never takes long."""
    address = url.rstrip("/") + ("/fail" if problem else "")
    try:
        if not address.startswith(("https://", "http://")):
            raise ValueError("not an http(s) address")
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            address, data=(problem or "").encode(), headers={"User-Agent": "Windcatch"}
        )
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - likewise
            answer.read(1000)
    except (OSError, ValueError, urllib.error.URLError) as error:
        # Without the address: it is a secret.
        logger.warning("the watchdog was not reached: %s", type(error).__name__)
        return False
    return True
