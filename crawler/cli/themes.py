"""`windcatch themes`: the watchlists, and a try before they ring."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli import show
from crawler.cli.backtest import backtest
from crawler.cli.errors import Exit, UsageProblem
from crawler.cli.explaining import explain
from crawler.cli.opening import config_path, open_config
from crawler.cli.options import ConfigOption, JsonOption
from crawler.cli.rematch import rematch
from crawler.cli.theming import WatchlistOption, chosen_watchlists, marked
from crawler.clock import utcnow

if TYPE_CHECKING:
    from alerts.theme import Watchlist
    from crawler.options import FetchOptions
    from crawler.trials import Trial

group = typer.Typer(no_args_is_help=True, help="Watchlists and their themes.")


@group.command("list")
def list_(
    watchlist: WatchlistOption = None, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """List the themes of every watchlist, with where their alerts go.

    \b
    Example: windcatch themes list
    """
    rows = [
        {
            "watchlist": one.id,
            "destination": one.destination,
            "theme": theme.id,
            "name": theme.name,
            "priority": theme.priority,
        }
        for one in chosen_watchlists(watchlist, config)
        for theme in one.themes
    ]
    if as_json:
        for row in rows:
            show.print_json(row)
        return
    columns = ["watchlist", "theme", "name", "priority", "destination"]
    show.say(show.table(columns, ([row[column] for column in columns] for row in rows)))


@group.command("test")
def try_out(
    input_: Annotated[
        str | None,
        typer.Argument(
            metavar="INPUT",
            help='JSON Lines of {"id", "title", "text", ...}, or -; a .txt or .html file; a URL.',
            show_default=False,
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", metavar="TEXT", help="Try them on this.", show_default=False),
    ] = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Try watchlists on a text, a file or a page, or, given nothing, on the themes' own examples.

    For JSON Lines ({"id", "title", "text", "language", "url"}) one JSON object is printed for each,
    in order; offsets count code points of the given text. With --watchlist it needs no configuration.

    \b
    Examples:
      windcatch themes test
      windcatch themes test --text "Beijing doubles its battery swap stations"
      windcatch themes test https://news.example/a/1
      windcatch themes test --watchlist watchlists/china-tech.toml articles.jsonl
    """
    from crawler import trials
    from crawler.answers import themes_answer

    if text is not None and input_ is not None:
        raise UsageProblem("give an INPUT or --text, not both")
    lists = chosen_watchlists(watchlist, config)
    if text is None and input_ is None:
        _examples(lists, as_json=as_json)
        return
    if input_ is not None and trials.is_lines(input_):
        for trial in trials.try_out(lists, input_):
            show.print_json(themes_answer(trial.id, trial.matches))
        return
    if text is not None:
        subject = trials.of_text(text)
    elif input_ is not None and trials.is_url(input_):
        subject = trials.subject_at(input_, _fetching(config))
    else:
        subject = trials.subject_in(str(input_), now=utcnow())
    trial = trials.try_text(lists, subject, id_=input_)
    if as_json:
        show.print_json(themes_answer(trial.id, trial.matches))
    else:
        _trial(lists, trial)


def _fetching(config: Path | None) -> FetchOptions:
    """Return how to fetch: as configured, where there is a configuration."""
    from crawler.crawling import fetch_options
    from crawler.options import FetchOptions

    if config is None and not config_path(None).exists():
        return FetchOptions()
    return fetch_options(open_config(config))


def _trial(lists: tuple[Watchlist, ...], trial: Trial) -> None:
    """Print what holds for one text, for people."""
    from alerts.match import Matcher
    from alerts.score import explained
    from alerts.snippets import snippet_of

    if trial.subject.title:
        show.say(show.foreign(trial.subject.title, "bold"))
    if not trial.matches:
        count = sum(len(one.themes) for one in lists)
        show.say(f"none of {count} themes holds")
        return
    matcher = Matcher(lists)
    article = matcher.look(trial.subject)
    for match in trial.matches:
        head = show.foreign(f"{match.watchlist}/{match.theme}", "bold green")
        head.append(f"  {match.theme_name}  score {match.score:g}")
        show.say("", head, marked(*snippet_of(trial.subject, match)))
        plan = matcher.plan(match.watchlist, match.theme)
        scores = matcher.scores(plan, article) if plan is not None else ()
        show.say(show.foreign(explained(scores), "dim"))


def _examples(lists: tuple[Watchlist, ...], *, as_json: bool) -> None:
    """Check the examples that the themes state."""
    from crawler.trials import broken_examples

    checked, broken = broken_examples(lists)
    for one in broken:
        if as_json:
            show.print_json(one)
            continue
        said = "should match and does not" if one.should_match else "should not match and does"
        show.say(show.foreign(f"{one.watchlist}/{one.theme}: {said}: {one.text}"))
    if not as_json:
        themes = sum(len(one.themes) for one in lists)
        if not checked:
            show.note(
                f"{themes} themes state no examples: write [themes.examples], or name an INPUT"
            )
        else:
            show.say(f"{checked - len(broken)} of {checked} examples of {themes} themes are right")
    if broken:
        raise typer.Exit(Exit.FAILED)


group.command("explain")(explain)
group.command("backtest")(backtest)
group.command("rematch")(rematch)
