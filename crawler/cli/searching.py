"""`windcatch articles search`: full text, Chinese words of two characters included."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.cli import show
from crawler.cli.errors import UsageProblem
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption, SourceOption
from crawler.cli.times import moment
from crawler.clock import utcnow

SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="WHEN", help="7d, 12h, or a date: 2026-02-01.", show_default=False
    ),
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", metavar="WHEN", help="Before this.", show_default=False),
]
ThemeOption = Annotated[
    str | None,
    typer.Option("--theme", metavar="ID", help="Only what matched it.", show_default=False),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--language", metavar="CODE", help="Only in this one: zh, en.", show_default=False
    ),
]


def search(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS...", help='All must occur; "a phrase", -without, begin*.'),
    ],
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    theme: ThemeOption = None,
    language: LanguageOption = None,
    older: Annotated[
        bool, typer.Option("--older", help="Also what only an earlier revision said.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000)] = 20,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Find articles by their words, the newest first.

    Case, full width, accents and the traditional or simplified script make no difference.

    \b
    Examples:
      windcatch articles search 减税 新能源
      windcatch articles search '"battery swapping" -truck' --since 30d
    """
    from crawler.indexing import follow
    from storage.searching import QueryProblem

    now = utcnow()
    begin = moment(since, now=now) if since else None
    end = moment(until, now=now) if until else None
    with open_archive(open_config(config)) as archive:
        follow(archive, told=_tell_now_and_then)
        with archive.read() as reader:
            try:
                found = reader.search(
                    " ".join(words),
                    source=source,
                    since=begin,
                    until=end,
                    theme=theme,
                    language=language,
                    older=older,
                    limit=limit,
                )
            except QueryProblem as problem:
                raise UsageProblem(str(problem)) from None
    if as_json:
        for hit in found:
            show.print_json(hit)
        return
    if not found:
        show.note("nothing found")
        return
    for hit in found:
        told = [
            show.day(hit.published_at, hit.published_precision) or show.when(hit.first_seen_at),
            hit.source_id,
            f"no. {hit.article_id}",
        ]
        if hit.revision != hit.revisions:
            told.append(f"revision {hit.revision} of {hit.revisions}")
        if hit.status != "live":
            told.append(hit.status)
        show.say(show.foreign(hit.title, "bold"), show.foreign("  ".join(told), "dim"))
        show.say(show.foreign(hit.excerpt), "")


def _tell_now_and_then(indexed: int) -> None:
    if indexed and indexed % 5000 == 0:
        show.note(f"indexing: {indexed} texts so far")
