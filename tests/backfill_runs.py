"""Backfills as processes of their own, against a made-up archive."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from paths import ROOT

from crawler.world.archive_site import History
from storage.archive import Archive

HOST = "archive.example.com"
BEGIN, END = datetime(2021, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)

CHANNELS = {
    "archive": '{kind = "archive", url = "http://HOST/archive/{year}/{month}/{day}.html"}',
    "sitemap": '{kind = "sitemap", url = "http://HOST/sitemap_index.xml"}',
    "wordpress": '{kind = "wordpress", url = "http://HOST/wp-json/wp/v2/posts"}',
    "feed": '{kind = "feed", url = "http://HOST/feed.xml"}',
    "section": '{kind = "listing", url = "http://HOST/news/{page}"}',
}

WATCHLIST = """
name = "Desk"
destination = "desk"
[[themes]]
id = "all"
name = "All"
query = 'million AND yuan'
"""


def history(count: int, host: str = HOST) -> History:
    return History(host, count, BEGIN, END)


def source(id_: str, host: str, *channels: str, delay_s: float = 0, more: str = "") -> str:
    """Return the table of one source; *channels* are names of `CHANNELS` or tables."""
    told = ",\n".join(CHANNELS.get(name, name) for name in channels).replace("HOST", host)
    return f"""
[sources.{id_}]
name = "{id_.title()} News"
home = "http://{host}/"
language = "en"
channels = [{told}]
politeness = {{delay_s = {delay_s}, concurrency = 4}}
{more}
"""


def write_config(folder: Path, proxy: str, *sources: str) -> None:
    """Write a configuration with these sources."""
    (folder / "watchlists").mkdir(exist_ok=True)
    (folder / "watchlists" / "desk.toml").write_text(WATCHLIST)
    (folder / "windcatch.toml").write_text(
        f"""watchlists = ["watchlists/*.toml"]
[database]
url = "sqlite:///windcatch.db"
[fetch]
proxy = "{proxy}"
allow_private_networks = ["127.0.0.0/8"]
[destinations.desk]
type = "console"
{"".join(sources)}
"""
    )


@dataclass(frozen=True)
class Ended:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def command(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start `windcatch` in *folder*."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("WINDCATCH")}
    return subprocess.Popen(
        [sys.executable, "-m", "crawler", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str], timeout: float = 90) -> Ended:
    """Wait for it."""
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    assert "Traceback" not in err, err
    return Ended(process.returncode, out, err)


def backfill(folder: Path, *arguments: str, **environment: str) -> Ended:
    """Run `windcatch backfill ... --json` to its end."""
    return ended(command(folder, "backfill", *arguments, "--json", **environment), timeout=110)


def rows(folder: Path) -> dict[str, int]:
    """Return how many rows there are, but for the log of runs."""
    with Archive(f"sqlite:///{folder / 'windcatch.db'}") as archive, archive.read() as reader:
        found = dict(reader.stats().rows)
    found.pop("run", None)
    return found


def articles(folder: Path) -> list[Any]:
    """Return all articles."""
    with Archive(f"sqlite:///{folder / 'windcatch.db'}") as archive, archive.read() as reader:
        return list(reader.articles(limit=1_000_000))
