"""Which extractor it was that read a page: a name that changes whenever its readings may. Pure."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib import metadata, resources

from spiders.sources import Hints

#: Libraries whose next version may read a page otherwise.
_LIBRARIES = ("trafilatura", "readability-lxml", "lxml", "justext", "py3langid")


@cache
def edition(hints: Hints) -> str:
    """Return the name of the extractor that reads by *hints*: 12 characters.

    Made of the code itself: a number somebody must remember to raise would be forgotten. One that
    changes for nothing costs the reading of a stored page, and only when that page changes.
    """
    return blake2b(f"{_code()}{hints!r}".encode(), digest_size=6).hexdigest()


@cache
def _code() -> str:
    held = blake2b(digest_size=16)
    for name in _LIBRARIES:
        held.update(f"{name} {_version(name)}\n".encode())
    files = (one for one in resources.files("spiders").iterdir() if one.is_file())
    for file in sorted(files, key=lambda one: one.name):
        held.update(file.name.encode() + b"\n" + file.read_bytes())
    return held.hexdigest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"
