"""Every command, hung onto the application in the order that help shows."""

from __future__ import annotations

import typer

from crawler.cli import alerts, articles, crawling, db, diff, doctor, extract, first, sources, status, stories, themes


def register(app: typer.Typer) -> None:
    """Add every command to *app*."""
