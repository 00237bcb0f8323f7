"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Configuration file. [default: $WINDCATCH_CONFIG or windcatch.toml]",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
LimitOption = Annotated[
    int, typer.Option("--limit", "-n", min=1, max=100_000, help="At most this many.")
]
SourceOption = Annotated[
    str | None, typer.Option("--source", metavar="ID", help="Only this source.")
]
