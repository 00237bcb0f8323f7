"""What `windcatch init` writes: a configuration that works as it stands."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from alerts.starter import starter_text
from crawler.builtin import builtin_ids, builtin_table

CONFIG = "windcatch.toml"
WATCHLIST = "watchlists/china-tech.toml"
_SOURCES = "# {{sources}}\n"


def starter_texts() -> dict[str, str]:
    """Return the files of a new installation: relative path -> text."""
    config = files("crawler.starter").joinpath(CONFIG).read_text(encoding="utf-8")
    head = files("crawler.starter").joinpath("china-tech.toml")
    return {
        CONFIG: config.replace(_SOURCES, _sources()),
        WATCHLIST: head.read_text(encoding="utf-8") + _themes(),
    }


def _themes() -> str:
    """Return the starter themes without the file's own head: from its first table on."""
    text = starter_text()
    return text[text.index("\n[") + 1 :]


def _sources() -> str:
    """Return one table for each built-in source, with its name beside it."""
    width = max((len(id_) for id_ in builtin_ids()), default=0)
    return "".join(
        f"[sources.{id_}]{' ' * (width - len(id_))}  # {builtin_table(id_)['name']}\n"
        for id_ in builtin_ids()
    )


def write_starter(folder: Path) -> tuple[Path, ...]:
    """Write the files into *folder* and return them; a file that exists is left alone.

    Raises:
        OSError: the folder cannot be written.
    """
    written = []
    for name, text in starter_texts().items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with file.open("x", encoding="utf-8") as out:
                out.write(text)
        except FileExistsError:
            continue
        written.append(file)
    return tuple(written)
