"""Archives that others keep: where they are, and how often they may be asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

#: Base addresses, by way.
SERVICES = {
    "wayback": "https://web.archive.org",
    "commoncrawl": "https://data.commoncrawl.org",
}

#: Between two requests, over all processes that share a database. The Internet Archive's search
#: allows 30 a minute and blocks for an hour, doubling, who goes on (edgi wayback#137); clients
#: that get along with it ask 24 times a minute, and for 8 captures a second.
EVERY = {
    "wayback-search": timedelta(seconds=2.5),
    "wayback": timedelta(seconds=0.125),
    "commoncrawl": timedelta(seconds=1),
}
#: Told to go slower without being told how long.
PAUSE = timedelta(seconds=60)
#: Times a request is repeated after such a pause.
RETRIES = 3


def ports(services: Mapping[str, str]) -> frozenset[int]:
    """Return the ports that the base addresses name."""
    return frozenset(port for base in services.values() if (port := urlsplit(base).port))
