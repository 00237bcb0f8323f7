"""`windcatch extract`: what extraction sees, one JSON object a line or a page for people."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli import show
from crawler.cli.errors import Exit, UsageProblem
from crawler.cli.options import JsonOption

if TYPE_CHECKING:
    from crawler.bulk_extract import Job


def extract(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...", help="HTML files, .gz too; - ; or indexes in JSON Lines."
        ),
    ],
    url: Annotated[
        str | None,
        typer.Option("--url", help="The URL of a single HTML input.", show_default=False),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=64, help="Processes; 0 means one for each core.")
    ] = 0,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Say what was removed, why, and where each value is from."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what extraction sees in pages: title, text, times, authors, language.

    An INPUT that ends in .jsonl is an index: lines of {"file": ..., "url": ...}, each file
    relative to the index. Off a terminal, JSON is printed in any case. Needs no configuration and no database.

    \b
    Examples:
      windcatch extract page.html --url https://news.example/a/1
      windcatch extract page.html --explain
      windcatch extract pages.jsonl --json > extracted.jsonl
    """
    from crawler.bulk_extract import jobs, run

    if url is not None and len(inputs) != 1:
        raise UsageProblem("--url is for a single HTML input")
    now = datetime.now(UTC)
    listed = list(jobs(inputs, url=url))
    many = as_json or not sys.stdout.isatty()
    failed = 0
    for job, answer in _counted(
        run(listed, now=now, workers=workers, explain=explain), len(listed)
    ):
        failed += job.problem is not None
        if many:
            show.print_json(answer)
        else:
            _page(answer)
    if failed:
        show.note(f"{failed} of {len(listed)} inputs could not be read")
        raise typer.Exit(Exit.FAILED)


def _counted(
    results: Iterator[tuple[Job, dict[str, Any]]], total: int
) -> Iterator[tuple[Job, dict[str, Any]]]:
    """Yield *results*, with a progress bar when there are many and somebody is looking."""
    err = show.console(stderr=True)
    if total < 20 or not err.is_terminal:
        yield from results
        return
    from rich.progress import track

    yield from track(results, description="extracting", total=total, console=err, transient=True)


def _page(answer: dict[str, Any]) -> None:
    """Print one page for people."""
    for key in (
        "file",
        "url",
        "canonical_url",
        "title",
        "published_at",
        "updated_at",
        "language",
        "site",
    ):
        if answer[key]:
            show.say(_pair(key, str(answer[key])))
    for key, value in (
        ("authors", ", ".join(answer["authors"])),
        ("wire", " ".join(filter(None, answer["wire"].values()))),
        ("attribution", ", ".join(filter(None, answer["attribution"].values()))),
        ("article", "yes" if answer["is_article"] else "no"),
        ("warnings", "; ".join(answer["warnings"])),
    ):
        if value:
            show.say(_pair(key, value))
    for key in ("title_from", "published_from", "zone_from", "encoding", "confidence"):
        if answer.get(key) is not None:
            show.say(_pair(key.replace("_", " "), str(answer[key])))
    for caption in answer.get("captions", ()):
        show.say(_pair("caption", caption))
    for line in answer.get("removed", ()):
        show.say(_pair(f"removed ({line['why']})", line["line"]))
    if answer["text"]:
        show.say("", show.clean(answer["text"]))
    show.say("")


def _pair(key: str, value: str) -> Any:
    text = show.foreign(f"{key.removesuffix('_at').replace('_', ' ')}: ", "dim")
    return text.append(" ").append_text(show.foreign(value, ""))
