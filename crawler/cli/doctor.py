"""`windcatch doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import os
from importlib.resources import files
from typing import Annotated

import typer

from crawler.cli import show
from crawler.cli.errors import Exit
from crawler.cli.opening import config_path
from crawler.cli.options import ConfigOption, JsonOption
from crawler.clock import utcnow

_STYLE = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def doctor(
    network: Annotated[
        bool, typer.Option("--network", help="Also ask each source and Slack whether they answer.")
    ] = False,
    slack: Annotated[
        bool,
        typer.Option("--slack", help="Ask Slack for token, scopes, channel, history and clock."),
    ] = False,
    post: Annotated[
        bool,
        typer.Option("--post", help="With --slack: post a test message, find it, delete it."),
    ] = False,
    slack_manifest: Annotated[
        bool, typer.Option("--slack-manifest", help="Print the manifest of a Slack app, and stop.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Check everything that can be wrong, and say how to mend it. Exit code 1 when something fails.

    \b
    Example: windcatch doctor --network
    """
    from rich.text import Text

    from crawler.doctor import Level, examine

    if slack_manifest:
        text = files("crawler").joinpath("starter/slack-manifest.yaml").read_text("utf-8")
        for line_ in text.splitlines():
            show.write_line(line_)
        return
    failed = False
    for finding in examine(
        config_path(config),
        now=utcnow(),
        environ=os.environ,
        network=network,
        slack=slack or post,
        post=post,
    ):
        failed = failed or finding.level is Level.FAIL
        if as_json:
            show.print_json(finding)
            continue
        line = Text(f"{finding.level.value:<5}", style=_STYLE[finding.level.value])
        line.append_text(show.foreign(f"{finding.what}: {finding.text}"))
        show.say(line)
        if finding.mend:
            show.say(Text("      -> ", style="dim").append_text(show.foreign(finding.mend)))
    if failed:
        raise typer.Exit(Exit.FAILED)
