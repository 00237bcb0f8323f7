"""Adding a source to windcatch.toml: the text is appended, read back as a whole, and put in place."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.config import Config, parse, read_text


class NotAdded(Exception):
    """The source was not added; the message says why and what to do. The file is as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A change of the configuration that has been read back, not yet written."""

    path: Path
    before: str
    after: str
    #: The configuration as it will be.
    config: Config

    def diff(self) -> str:
        """Return the change as a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            fromfile=str(self.path),
            tofile=str(self.path),
            n=2,
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def plan_addition(
    path: Path, source_id: str, table: str, *, environ: Mapping[str, str] = os.environ
) -> Addition:
    """Return what appending *table* would make of the configuration at *path*.

    Raises:
        ConfigError: the file cannot be used as it is.
        NotAdded: the id is taken, or the file cannot be added to at its end.
    """
    from crawler.config_problems import ConfigError

    before = _exact(path)
    held = parse(read_text(path), path=path.absolute(), name=str(path), environ=environ)
    if source_id in held.sources:
        raise NotAdded(f'{path}: there is a source "{source_id}" already; choose another --id')
    newline = "\r\n" if "\r\n" in before else "\n"
    rest = "" if not before or before.endswith("\n") else newline
    after = before + rest + newline + table.replace("\n", newline)
    try:
        config = parse(
            after.removeprefix("\ufeff"), path=path.absolute(), name=str(path), environ=environ
        )
    except ConfigError as error:
        # `sources` written as an inline table, for one, cannot be added to.
        reasons = "; ".join(error.problems)
        raise NotAdded(
            f"{path}: cannot be added to, write the table yourself ({reasons})"
        ) from None
    if config.sources.keys() - held.sources.keys() != {source_id}:
        raise NotAdded(f"{path}: cannot be added to, write the table yourself")
    return Addition(path=path, before=before, after=after, config=config)


def write(addition: Addition) -> None:
    """Put the new file in place of the old one, at once: a crash leaves the one or the other.

    Raises:
        NotAdded: the file was changed since it was read.
        OSError: it cannot be written.
    """
    # A link is followed, so that the file it leads to is changed and the link stays.
    path = addition.path.resolve()
    if _exact(path) != addition.before:
        raise NotAdded(f"{addition.path}: changed while the site was being looked at; try again")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(addition.after)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(path.stat().st_mode & 0o7777)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _exact(path: Path) -> str:
    """Return the text with its own line ends and mark, so that nothing else is changed."""
    return path.read_bytes().decode("utf-8")
