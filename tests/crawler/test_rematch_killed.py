"""A rematch that is killed outright goes on where its last batch was stored."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from storage_articles import OTHER, TEXT, article, record

from crawler import rematching
from crawler.clock import utcnow
from crawler.trials import read_watchlists
from storage.archive import Archive

THEMES = """
id = "w"
[[themes]]
id = "swap"
query = '"battery swap*"'
[[themes]]
id = "sea"
query = "herring OR lighthouse"
"""
#: Killed by the system, with no chance to tidy up, when four of seven revisions are done.
KILLED = """
import os, signal, sys
from pathlib import Path
from crawler import rematching
from crawler.clock import utcnow
from crawler.trials import read_watchlists
from storage.archive import Archive

rematching.BATCH = 2

def progress(done, total):
    if done == 4:
        os.kill(os.getpid(), signal.SIGKILL)

with Archive(sys.argv[1]) as archive:
    rematching.rematch(archive, read_watchlists([Path(sys.argv[2])]), clock=utcnow, progress=progress)
"""


def test_a_killed_rematch_goes_on_and_ends_like_one_never_killed(tmp_path: Path) -> None:
    file = tmp_path / "w.toml"
    file.write_text(THEMES, encoding="utf-8")
    lists = read_watchlists([file])
    held = {}
    for name in ("killed", "whole"):
        url = f"sqlite:///{tmp_path / name}.db"
        with Archive(url) as archive:
            archive.create()
            for number in range(1, 8):
                record(archive, article(number, text=(TEXT, OTHER)[number % 2][: 900 - number]))
            if name == "killed":
                command = [sys.executable, "-c", KILLED, url, str(file)]
                ended = subprocess.run(command, env=os.environ, check=False, timeout=60)
                assert ended.returncode == -signal.SIGKILL
            done = rematching.rematch(
                archive, lists, clock=utcnow, progress=lambda done, total: None
            )
            assert (done.before, done.now) == ((4, 3) if name == "killed" else (0, 7))
            with archive.read() as reader:
                held[name] = {(m.article_id, m.theme, m.score) for m in reader.matches()}
            assert done.added == len(held[name])
    assert held["killed"] == held["whole"]
    assert {theme for _, theme, _ in held["whole"]} == {"swap", "sea"}
