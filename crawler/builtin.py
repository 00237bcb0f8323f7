"""The source definitions that ship with Windcatch: `spiders/builtin/<id>.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def builtin_ids() -> tuple[str, ...]:
    """Return the ids of all built-in sources, sorted."""
    folder = files("spiders").joinpath("builtin")
    if not folder.is_dir():
        return ()
    names = (item.name for item in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def builtin_text(source_id: str) -> str:
    """Return the TOML text of a built-in definition.

    Raises:
        KeyError: there is no built-in source of that id.
    """
    if source_id not in builtin_ids():
        raise KeyError(source_id)
    return files("spiders").joinpath("builtin", f"{source_id}.toml").read_text(encoding="utf-8")


def builtin_table(source_id: str) -> dict[str, Any]:
    """Return the parsed table of a built-in definition.

    Raises:
        KeyError: there is no built-in source of that id.
    """
    return tomllib.loads(builtin_text(source_id))
