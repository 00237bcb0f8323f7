from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli_runs import Cli

from crawler.starter import write_starter
from storage.archive import Archive


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `init` leaves it, made once."""
    folder = tmp_path_factory.mktemp("made")
    write_starter(folder)
    with Archive(f"sqlite:///{folder / 'windcatch.db'}") as archive:
        archive.create()
    return folder


@pytest.fixture
def made(cli: Cli, _made: Path) -> Cli:
    """The command line, in a folder that `init` made."""
    shutil.copytree(_made, cli.folder, dirs_exist_ok=True)
    return cli


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd) -> Cli:
    """The command line, in an empty folder and without the user's environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("WINDCATCH_CONFIG", "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return Cli(tmp_path, capfd)
