"""The command line. `main` is what the `windcatch` command runs."""

from __future__ import annotations

from crawler.cli.app import main

__all__ = ["main"]
