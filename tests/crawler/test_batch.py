"""What a nursery has ready before it forks, and what a batch says of an order it cannot obey."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.children import handed_over
from crawler.cli import batch
from crawler.config import load

ROOT = Path(__file__).parents[2]
CONFIG = """
[sources.mine]
name = "Mine"
home = "http://127.0.0.1:9/"
channels = [{kind = "feed", url = "http://127.0.0.1:9/"}]
"""

#: A reactor, or a thread, in the nursery would be shared by all it forks.
READY = """
import json, sys, threading
from crawler.cli import batch
batch.load()
order = {"config": json.load(sys.stdin)}
batch.prepare(order)
loaded = set(sys.modules)
from crawler.settings import Shared, for_process
from crawler.options import FetchOptions
print(json.dumps([
    "twisted.internet.reactor" in loaded,
    threading.active_count(),
    [name for name in ("crawler.middlewares", "crawler.pipeline", "aiohttp", "structlog",
                       "scrapy.extensions.closespider", "scrapy.downloadermiddlewares.stats")
     if name not in loaded],
    [len(held.config.sources) for held in batch._accepted.values()],
]))
"""


def order(tmp_path: Path, text: str = CONFIG) -> dict[str, object]:
    path = tmp_path / "windcatch.toml"
    path.write_text(text)
    return {"config": handed_over(load(path)), "sources": ["mine"], "owner": "me"}


def test_a_nursery_has_everything_ready_but_a_reactor(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READY],
        input=json.dumps(order(tmp_path)["config"]),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(done.stdout) == [False, 1, [], [1]]


def test_a_configuration_is_read_once_and_the_newest_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_accepted", {})
    # What a test process holds is no nursery's to freeze.
    monkeypatch.setattr(batch.gc, "freeze", lambda: None)
    first = order(tmp_path)
    batch.prepare(first)
    (held,) = batch._accepted.values()
    batch.prepare(order(tmp_path))
    assert list(batch._accepted.values()) == [held]
    batch.prepare(order(tmp_path, CONFIG.replace("Mine", "Ours")))
    (newer,) = batch._accepted.values()
    assert newer.config.sources["mine"].name == "Ours"


def test_a_batch_that_cannot_be_read_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As when the watchlists' files were good for the service, and are not for us."""
    given = order(tmp_path)
    config = given["config"]
    assert isinstance(config, dict)
    config |= {"hash": "another", "watchlists": {"w.toml": 'nmae = "x"'}}
    assert batch.work(given) == 2
    assert "w.toml" in capsys.readouterr().err
