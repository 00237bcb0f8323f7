"""`windcatch stories`: the articles that carry one text, stored or given."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.cli import show
from crawler.cli.bars import bar
from crawler.cli.errors import UsageProblem
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption, LimitOption
from crawler.clock import utcnow

group = typer.Typer(no_args_is_help=True, help="Copies of one text, with their kinds.")


@group.command("list")
def list_(
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="WHEN", help="7d, 12h, or a date.", show_default=False),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Also those that only one article carries.")
    ] = False,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List stories that more than one article carries, the latest first.

    \b
    Example: windcatch stories list --since 2d
    """
    from crawler.cli.times import moment

    begin = moment(since, now=utcnow()) if since else None
    with open_archive(open_config(config)) as archive, archive.read() as reader:
        found = reader.stories(since=begin, min_members=1 if all_ else 2, limit=limit)
    if as_json:
        for story in found:
            show.print_json(story)
    elif not found:
        show.note("no stories yet that more than one article carries")
    else:
        columns: list[str | show.Column] = [
            show.number("story"),
            show.whole("since"),
            show.number("articles"),
            "origin",
        ]
        rows = (
            (s.id, show.when(s.created_at), len(s.members), s.members[0].title if s.members else "")
            for s in found
        )
        show.say(show.table(columns, rows))


@group.command("show")
def show_(
    story_id: Annotated[int, typer.Argument(metavar="STORY", help="Its number.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show one story: its origin, and each copy with its kind.

    \b
    Example: windcatch stories show 12
    """
    with open_archive(open_config(config)) as archive, archive.read() as reader:
        story = reader.story(story_id)
    if story is None:
        raise UsageProblem(f"no story {story_id}: see `windcatch stories list --all`")
    if as_json:
        show.print_json(story)
        return
    columns: list[str | show.Column] = [
        show.number("no."),
        show.whole("kind"),
        show.number("share"),
        show.whole("first seen"),
        show.short("source", 14),
        "title",
    ]
    rows = (
        (
            m.article_id,
            m.kind.value,
            f"{m.score:.0%}",
            show.when(m.first_seen_at),
            m.source_id,
            m.title,
        )
        for m in story.members
    )
    show.say(show.table(columns, rows))


@group.command("split")
def split(
    article: Annotated[
        str, typer.Argument(metavar="ARTICLE", help="Its number, or a URL it is known under.")
    ],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take an article out of its story, into one of its own; no rule puts it back.

    \b
    Example: windcatch stories split 17
    """
    with open_archive(open_config(config)) as archive, archive.begin() as tx:
        article_id = tx.article_id(article)
        if article_id is None:
            raise UsageProblem(f"no article {article}: see `windcatch articles list`")
        story_id = tx.split_story(article_id, now=utcnow())
    if as_json:
        show.print_json({"article": article_id, "story": story_id})
    else:
        show.say(f"article {article_id} is story {story_id} of its own")


@group.command("join")
def join(
    story_id: Annotated[int, typer.Argument(metavar="STORY", help="The one that stays.")],
    other_id: Annotated[int, typer.Argument(metavar="OTHER", help="The one put into it.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Put all articles of one story into another; no rule parts them again.

    \b
    Example: windcatch stories join 12 15
    """
    with open_archive(open_config(config)) as archive, archive.begin() as tx:
        try:
            tx.join_stories(story_id, other_id)
        except ValueError as error:
            raise UsageProblem(f"{error}: see `windcatch stories list --all`") from None
        story = tx.story(story_id)
    if as_json:
        show.print_json(story)
    else:
        count = len(story.members) if story else 0
        show.say(f"story {story_id} has {count} articles now")


@group.command("cluster")
def cluster(
    input_: Annotated[
        str,
        typer.Argument(metavar="INPUT.jsonl", help='Lines of {"id", "title", "text", ...}, or -.'),
    ],
    as_json: JsonOption = False,
) -> None:
    """Sort given texts into stories: one JSON object for each, in the order given.

    Lines: {"id", "title", "text", "language", "url", "published_at"}. Needs no configuration.

    \b
    Example: windcatch stories cluster articles.jsonl > stories.jsonl
    """
    from crawler.clusters import cluster as clustered

    del as_json  # it is JSON in any case
    with bar("texts read and placed") as told:
        answers = list(clustered(input_, told))
    for answer in answers:
        show.print_json(answer)
