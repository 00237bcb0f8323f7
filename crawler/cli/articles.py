"""`windcatch articles`: what is stored, how it came to be, and what was changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli import show
from crawler.cli.errors import UsageProblem
from crawler.cli.exports import export
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption, LimitOption, SourceOption
from crawler.cli.searching import search
from crawler.clock import utcnow

if TYPE_CHECKING:
    from rich.console import RenderableType

    from storage.archive import Reader
    from storage.views import ArticleView

group = typer.Typer(no_args_is_help=True, help="Read what is stored: articles and their revisions.")
group.command("search")(search)
group.command("export")(export)

Ref = Annotated[
    str, typer.Argument(metavar="ARTICLE", help="Its number, or a URL it is known under.")
]


@group.command("list")
def list_(
    source: SourceOption = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="WHEN", help="7d, 12h, or a date: 2026-02-01.", show_default=False
        ),
    ] = None,
    theme: Annotated[
        str | None,
        typer.Option("--theme", metavar="ID", help="Only what matched it.", show_default=False),
    ] = None,
    words: Annotated[
        str | None,
        typer.Option("--words", help="Only with these words in the title.", show_default=False),
    ] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List articles, the newest first.

    \b
    Example: windcatch articles list --source chinadaily --since 7d
    """
    from crawler.cli.times import moment

    now = utcnow()
    begin = moment(since, now=now) if since else None
    with open_archive(open_config(config)) as archive, archive.read() as reader:
        found = reader.articles(source=source, since=begin, theme=theme, words=words, limit=limit)
    if as_json:
        for article in found:
            show.print_json(article)
    elif not found:
        show.note("no articles: run `windcatch crawl` first, or widen the search")
    else:
        show.say(_table(found))


def _table(found: tuple[ArticleView, ...]) -> RenderableType:
    return show.table(
        [
            show.number("no."),
            show.whole("published"),
            show.short("source", 14),
            show.number("rev"),
            "title",
        ],
        (
            (
                article.id,
                show.day(article.published_at, article.published_precision),
                article.source_id,
                article.revision,
                article.title
                if article.status == "live"
                else f"({article.status}) {article.title}",
            )
            for article in found
        ),
    )


@group.command("show")
def show_(ref: Ref, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show one article: its text as it stands, and what is known about it.

    \b
    Example: windcatch articles show 17
    """
    with open_archive(open_config(config)) as archive, archive.read() as reader:
        article = _found(reader, ref)
        matches = reader.matches(article_id=article.id)
        story = reader.story(article.story_id)
        restless = reader.left_out(article.id)
    site_lines = tuple(article.details.get("facts", {}).get("site_lines", ()))
    if as_json:
        show.print_json(
            {
                "article": article,
                "matches": matches,
                "story": story,
                "left_out": {"site": site_lines, "restless": restless},
            }
        )
        return
    members = len(story.members) if story else 1
    rows = [
        ("url", article.url),
        ("published", show.day(article.published_at, article.published_precision)),
        ("first seen", show.when(article.first_seen_at)),
        ("last seen", show.when(article.last_seen_at)),
        ("status", f"{article.status}, revision {article.revision}"),
        ("language", article.language),
        ("authors", ", ".join(article.details.get("authors") or ())),
        ("story", f"{article.story_id} ({article.copy_kind.value}, {members} articles)"),
        ("themes", ", ".join(dict.fromkeys(f"{m.watchlist}/{m.theme}" for m in matches))),
        # Stands on many pages of the source: taken out of the text.
        ("the site's own", "\n".join(site_lines)),
        # Stays in the text, and is left out when versions are compared.
        ("not compared", "\n".join(restless)),
    ]
    show.say(show.foreign(article.title, "bold"), "")
    show.say(show.facts(rows), "", show.clean(article.text or ""))


@group.command("history")
def history(ref: Ref, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List what happened to an article: each change, when it was seen, and the proof.

    \b
    Example: windcatch articles history https://news.example/a/1
    """
    with open_archive(open_config(config)) as archive, archive.read() as reader:
        article = _found(reader, ref)
        changes = reader.changes(article.id)
    if as_json:
        for change in changes:
            show.print_json(
                {
                    "change": change.id,
                    "class": change.change_class,
                    "score": change.score,
                    "reasons": change.reasons,
                    "seen_at": change.seen_at,
                    "before": change.before.number if change.before else None,
                    "after": change.after.number,
                    "capture": change.after.capture_id,
                    "fingerprint": change.after.fingerprint,
                    "title": change.after.title,
                }
            )
        return
    rows = (
        (
            c.after.number,
            show.when(c.seen_at),
            c.change_class.value,
            "; ".join(c.reasons) or c.after.title,
        )
        for c in changes
    )
    columns: list[str | show.Column] = [show.number("rev"), show.whole("seen"), "class", "what"]
    show.say(show.foreign(article.title, "bold"), show.table(columns, rows))


@group.command("diff")
def diff(
    ref: Ref,
    old: Annotated[
        int | None,
        typer.Argument(
            metavar="OLD", help="Revision; the last but one by default.", show_default=False
        ),
    ] = None,
    new: Annotated[
        int | None,
        typer.Argument(metavar="NEW", help="Revision; the last by default.", show_default=False),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Write a web page; - prints it.", show_default=False
        ),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what separates two revisions of an article.

    \b
    Examples:
      windcatch articles diff 17 1 3
      windcatch articles diff 17 --html changes.html
    """
    from crawler.answers import diff_answer
    from crawler.cli.diff import difference_lines, write_page
    from crawler.diff_html import page
    from storage.changes import compare

    with open_archive(open_config(config)) as archive, archive.read() as reader:
        article = _found(reader, ref)
        revisions = {revision.number: revision for revision in reader.revisions(article.id)}
    last = max(revisions)
    after = new if new is not None else last
    before = old if old is not None else after - 1
    for number in (before, after):
        if number not in revisions:
            there = "it has one revision" if last == 1 else f"it has revisions 1 to {last}"
            raise UsageProblem(f"article {article.id} has no revision {number}: {there}")
    one, two = revisions[before], revisions[after]
    difference = compare((one.title, one.text), (two.title, two.text), language=article.language)
    if as_json:
        show.print_json(
            {"article": article.id, "old": before, "new": after, **diff_answer(difference)}
        )
        return
    if html is not None:
        facts = (
            article.url,
            f"revision {before}, seen {show.when(one.seen_at)}",
            f"revision {after}, seen {show.when(two.seen_at)}",
        )
        write_page(html, page(article.title, facts, difference))
        return
    show.say(show.foreign(article.title, "bold"), f"revision {before} -> {after}")
    show.say(*difference_lines(difference))


def _found(reader: Reader, ref: str) -> ArticleView:
    article = reader.article(ref)
    if article is None:
        raise UsageProblem(f"no article {ref}: see `windcatch articles list`")
    return article
