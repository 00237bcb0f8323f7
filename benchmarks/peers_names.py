"""The other extractors, by the names they have in the tables. Imported from either environment."""

from __future__ import annotations

TOOLS = ("trafilatura", "trafilatura fast", "readability-lxml", "newspaper4k")
