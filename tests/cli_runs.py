"""Running the command line inside the test process, as a user would see it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.cli.app import run


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The JSON Lines it printed."""
        return [json.loads(line) for line in self.out.splitlines()]


class Cli:
    """Runs commands in a folder."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capfd = capfd

    def __call__(self, *arguments: str | Path) -> Said:
        """Return what the command says; any traceback is a failure of the test."""
        self._capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = self._capfd.readouterr()
        assert "Traceback" not in captured.err
        return Said(code, captured.out, captured.err)

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file into the folder."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file
