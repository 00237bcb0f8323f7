"""The starter themes that come with Windcatch, as text. Package data, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources

#: The name of the file, in messages too.
STARTER = "starter.toml"


@cache
def starter_text() -> str:
    """Return the TOML of the starter themes."""
    return resources.files("alerts").joinpath(STARTER).read_text(encoding="utf-8")
