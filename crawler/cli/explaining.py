"""`windcatch themes explain`: which part of a theme held for an article, and which failed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli import show
from crawler.cli.errors import UsageProblem
from crawler.cli.opening import open_archive, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.cli.theming import WatchlistOption, chosen_watchlists, theme_key

if TYPE_CHECKING:
    from rich.text import Text

    from alerts.explain import Explanation, Part
    from alerts.match import Subject

#: Different words shown for one part.
_SHOWN = 4


def explain(
    theme: Annotated[
        str,
        typer.Argument(metavar="WATCHLIST/THEME", help="The theme's id alone if it is the only."),
    ],
    article: Annotated[
        str, typer.Argument(metavar="ARTICLE", help="Its number, or a URL it is known under.")
    ],
    revision: Annotated[
        int | None,
        typer.Option("--revision", metavar="N", help="The newest by default.", show_default=False),
    ] = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show why a theme holds for an article, or does not: each part of its query, with what it found.

    \b
    Example: windcatch themes explain china-tech/battery-swapping 17
    """
    from alerts import explain as why
    from alerts.match import Matcher

    lists = chosen_watchlists(watchlist, config)
    key = theme_key(theme, lists)
    subject = _subject(article, revision, config)
    only = [one for one in lists if one.id == key[0]]
    explanation = why.explain(Matcher(only), *key, subject)
    assert explanation is not None
    if as_json:
        show.print_json({"watchlist": key[0], "article": article, "explanation": explanation})
        return
    _print(f"{key[0]}/{key[1]}", subject, explanation)


def _subject(ref: str, number: int | None, config: ConfigOption) -> Subject:
    from crawler.subjects import subject_of_article

    with open_archive(open_config(config)) as archive, archive.read() as reader:
        found = reader.article(ref)
        if found is None:
            raise UsageProblem(f"no article {ref}: see `windcatch articles list`")
        revisions = {one.number: one for one in reader.revisions(found.id)}
    wanted = found.revision if number is None else number
    if wanted not in revisions:
        raise UsageProblem(f"article {found.id} has no revision {wanted}: it has {max(revisions)}")
    return subject_of_article(found, revisions[wanted])


def _print(name: str, subject: Subject, explanation: Explanation) -> None:
    from alerts.score import explained

    show.say(show.foreign(subject.title, "bold"))
    verdict = "holds" if explanation.held else "does not hold"
    head = show.foreign(f"{name} {verdict}", "bold green" if explanation.held else "bold red")
    if explanation.held:
        head.append(f"  score {explanation.score:g}")
    show.say(head)
    if explanation.refused:
        show.say(show.foreign(explanation.refused))
    show.say("")
    for part in explanation.parts:
        show.say(_line(part, subject))
    if explanation.scores:
        show.say("", show.foreign(f"score: {explained(explanation.scores)}", "dim"))


def _line(part: Part, subject: Subject) -> Text:
    text = show.foreign("+" if part.held else "-", "green" if part.held else "red")
    text.pad_left(2 * part.depth)
    text.append(" ").append_text(show.foreign(part.query, "" if part.held else "dim"))
    words = Counter(
        f"{span.field} “{_words(subject, span.field, span.start, span.end)}”" for span in part.spans
    )
    said = [f"{word} ({count})" if count > 1 else word for word, count in words.items()]
    if len(said) > _SHOWN:
        said = [*said[:_SHOWN], "..."]
    return text.append("  ").append_text(show.foreign(", ".join(said), "yellow")) if said else text


def _words(subject: Subject, field: str, start: int, end: int) -> str:
    return show.line((subject.title if field == "title" else subject.text)[start:end])
