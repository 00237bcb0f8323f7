"""`windcatch articles export`: what is stored, for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli import show
from crawler.cli.errors import UsageProblem
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, SourceOption
from crawler.cli.searching import LanguageOption, SinceOption, ThemeOption, UntilOption
from crawler.cli.times import moment
from crawler.clock import utcnow

_FORMATS = ("jsonl", "csv", "parquet", "warc")


def export(
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="|".join(_FORMATS), help="How it is written.")
    ] = "jsonl",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Standard output by default.", show_default=False
        ),
    ] = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    theme: ThemeOption = None,
    language: LanguageOption = None,
    revisions: Annotated[
        bool, typer.Option("--revisions", help="One record for each revision, not the newest only.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Write articles out: JSON Lines, CSV, Parquet, or WARC with the evidence.

    `windcatch import` reads JSON Lines and WARC back. CSV cells never begin a formula. A file
    takes its name only when it is complete.

    \b
    Examples:
      windcatch articles export --theme tariffs --since 2026-01-01 > tariffs.jsonl
      windcatch articles export -f csv -o all.csv
      windcatch articles export -f warc -o evidence.warc.gz --source gov_cn
    """
    from crawler.exports.run import export as exported
    from crawler.exports.run import whole_file
    from crawler.exports.writers import MissingLibrary, writer_for

    if format_ not in _FORMATS:
        raise UsageProblem(f'no format "{format_[:20]}": there are {", ".join(_FORMATS)}')
    if output is None and format_ in ("parquet", "warc") and sys.stdout.isatty():
        raise UsageProblem(f"{format_} is not for a terminal: name a file with --output")
    now = utcnow()
    begin = moment(since, now=now) if since else None
    end = moment(until, now=now) if until else None
    make = writer_for(format_, output)
    with open_archive(open_config(config)) as archive:
        with archive.read() as reader:
            ids = reader.article_ids(
                source=source, since=begin, until=end, language=language, theme=theme
            )
        try:
            if output is None:
                sys.stdout.flush()
                out = sys.stdout.buffer
                count = exported(archive, ids, make(out, now), revisions=revisions)
                out.flush()
            else:
                with whole_file(output) as out:
                    count = exported(archive, ids, make(out, now), revisions=revisions)
        except MissingLibrary as missing:
            raise UsageProblem(str(missing)) from None
    show.note(f"{count} articles" + (f" in {output}" if output is not None else ""))
