"""The files for systemd and containers name what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from paths import ROOT

from crawler.config_model import Service

UNIT = ROOT / "deploy" / "windcatch.service"
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    # Not installed here: another program stands in for the command's path.
    unit = re.sub("(?m)^ExecStart=[^ ]+", f"ExecStart={sys.executable}", UNIT.read_text())
    (tmp_path / UNIT.name).write_text(unit)
    told = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / UNIT.name],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    # It tells of the machine's other units too.
    assert "windcatch" not in told.stdout + told.stderr


def test_the_stop_timeouts_are_longer_than_a_drain() -> None:
    drain_s = Service.model_fields["drain_s"].default
    unit = re.findall(r"TimeoutStopSec=(\d+)", UNIT.read_text())
    container = re.findall(r"--stop-timeout (\d+)", (ROOT / "docs" / "service.md").read_text())
    for stated in (*unit, *container):
        # After it a crawl process is given 5 s, twice.
        assert int(stated) > drain_s + 10
    assert len(unit) == len(container) == 1


def test_the_container_is_built_of_what_there_is() -> None:
    copied = [
        name
        for line in CONTAINER.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
    ]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= set(copied)
    assert {"pyproject.toml", PROJECT["project"]["readme"]} <= set(copied)
    extra = re.findall(r'"\.\[(\w+)\]"', CONTAINER)
    assert set(extra) <= set(PROJECT["project"]["optional-dependencies"])
    entry = re.findall(r'ENTRYPOINT \["(\w+)"\]', CONTAINER)
    assert entry == list(PROJECT["project"]["scripts"])
