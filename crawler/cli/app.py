"""The application: which commands there are, and what happens when one cannot do its work."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from crawler import __version__
from crawler.cli import logs, opening, show
from crawler.cli.commands import register
from crawler.cli.errors import Exit, explain
from crawler.cli.options import ConfigOption

#: Typer carries its own copy of click; this is the root of what that raises about arguments.
_ArgumentError: type[Exception] = typer.BadParameter.__mro__[2]

#: Options of every command; typer itself takes them only before the command's name.
_ANYWHERE = ("--log-format", "--log-level")

app = typer.Typer(
    name="windcatch",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def main() -> None:
    """Run one command and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Return the exit code of the command that *arguments* ask for."""
    opening.config_before(None)
    try:
        code = app(args=hoisted(arguments), prog_name="windcatch", standalone_mode=False)
        sys.stdout.flush()
    except typer.Exit as stop:
        return stop.exit_code
    except _ArgumentError as error:
        _usage(error)
        return Exit.USAGE
    except (typer.Abort, KeyboardInterrupt) as stop:
        if isinstance(stop.__cause__, EOFError):
            # Typer takes it for a Ctrl-D; no command of ours asks questions, so it is a bug.
            raise stop.__cause__ from None
        show.note("interrupted")
        return Exit.INTERRUPTED
    except SystemExit as stop:
        # Typer's and rich's answer to a closed pipe; whoever read had enough, as with `| head`.
        if not isinstance(stop.__context__, BrokenPipeError):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINE
    except Exception as error:
        explained = explain(error)
        if explained is None:
            raise
        lines, exit_code = explained
        for text in lines:
            show.note(text)
        return exit_code
    return int(code or 0)


def hoisted(arguments: list[str]) -> list[str]:
    """Return *arguments* with the log options, wherever they stand, moved before the command."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _ANYWHERE:
            front += [word, *[value for value in [next(words, None)] if value is not None]]
        elif word.startswith(tuple(f"{option}=" for option in _ANYWHERE)):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def _usage(error: Exception) -> None:
    """Say what is wrong with the arguments; the error's own words, on standard error."""
    message = str(getattr(error, "format_message", error.__str__)())
    if message.startswith("Usage:"):
        # A group without a command: what it has to offer is the answer.
        show.note(message)
        return
    context = getattr(error, "ctx", None)
    show.note(f"windcatch: {message}")
    if context is not None:
        show.note(f"Try: {context.command_path} --help")


def _version(wanted: bool) -> None:
    if wanted:
        show.write_line(f"windcatch {__version__}")
        raise typer.Exit


@app.callback()
def windcatch(
    config: ConfigOption = None,
    log_format: Annotated[
        str, typer.Option("--log-format", metavar="auto|text|json", help="How log lines look.")
    ] = "auto",
    log_level: Annotated[
        str,
        typer.Option(
            "--log-level",
            metavar="LEVEL",
            help="debug, info, warning or error.",
            show_default=False,
        ),
    ] = "",
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Windcatch watches news sites and tells you, once, what is new and what was changed.

    Start with: windcatch demo (no network needed), then: windcatch init
    """
    opening.config_before(config)
    logs.remember(log_format, log_level)


register(app)
