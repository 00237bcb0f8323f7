"""Archives that others keep: where they are, and how often they may be asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

#: Base addresses, by way.
SERVICES = {
    "wayback": "https://web.archive.org",
    "commoncrawl": "https://data.commoncrawl.org",
}


def ports(services: Mapping[str, str]) -> frozenset[int]:
    """Return the ports that the base addresses name."""
    return frozenset(port for base in services.values() if (port := urlsplit(base).port))
