"""What `windcatch sources test` prints: one screen on whether a source works, or what a site offers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from crawler.cli import show, trial_view
from crawler.cli.errors import Exit, UsageProblem
from crawler.cli.opening import config_path, open_config
from crawler.clock import utcnow

if TYPE_CHECKING:
    from crawler.config import Config
    from spiders.detect import Detection
    from spiders.sources import Source
    from spiders.trial import Sample, Verdict, Way
    from storage.types import Article


def report(target: str, config: Path | None, *, as_json: bool) -> None:
    """Look at *target*, a URL or the id of a source, and print what was found.

    Raises:
        UsageProblem: it is neither.
    """
    held = configured(config)
    source = _named(target, held)
    if source is not None:
        _report_source(source, held, as_json=as_json)
        return
    detection, problem = look_at(web_address(target), held)
    if detection is None or detection.problem:
        said = problem or (detection.problem if detection else "")
        if as_json:
            show.print_json({"url": target, "verdict": "broken", "problem": said})
        else:
            show.say(show.foreign(f"{target}: {said}", "bold red"))
        raise typer.Exit(Exit.FAILED)
    verdict = verdict_of(detection)
    if as_json:
        show.print_json(as_object(detection, verdict, held))
    else:
        show.say(*trial_view.lines(detection, verdict, themes_of(held)))
        if verdict.word != "broken":
            show.say("", "For windcatch.toml:", "")
            show.say_block(table(detection))
    if verdict.word == "broken":
        raise typer.Exit(Exit.FAILED)


def configured(config: Path | None) -> Config | None:
    """Return the configuration; None when there is no file at the default place."""
    if config is None and not config_path(None).exists():
        return None
    return open_config(config)


def web_address(text: str) -> str:
    """Return *text* as a URL: what a person copies often lacks the scheme.

    Raises:
        UsageProblem: it is no URL that may be fetched.
    """
    from crawler.config_model import http_url

    url = text if "://" in text else f"https://{text}"
    try:
        http_url(url)
    except ValueError as error:
        raise UsageProblem(f"{text[:200]}: {error}") from None
    return url


def look_at(url: str, held: Config | None) -> tuple[Detection | None, str]:
    """Return what the site offers, or None and why not."""
    from crawler.crawling import fetch_options
    from crawler.options import FetchOptions
    from crawler.trying import look_at_site

    options = fetch_options(held) if held is not None else FetchOptions()
    try:
        return look_at_site(url, options, now=utcnow()), ""
    except TimeoutError:
        return None, "the site took longer than 90 s"


def verdict_of(detection: Detection) -> Verdict:
    """Return what a look amounts to; a broken one says all that is missing."""
    from spiders.addresses import matching
    from spiders.detect import missing
    from spiders.trial import Verdict, judge

    verdict = judge(detection.kept, detection.samples, now=utcnow())
    if not detection.kept:
        advice = (
            "try the address of a page that lists articles in its HTML, "
            "or write a table by hand (docs/sources.md)"
        )
        return Verdict(word="broken", reasons=(*missing(detection), advice))
    if detection.role == "article" and not matching(detection.source.allow, detection.url):
        note = "the article you named is not of the kind the site lists: see allow"
        return Verdict(word="degraded", reasons=(*verdict.reasons, note))
    return verdict


def table(detection: Detection, source_id: str | None = None) -> str:
    """Return the definition that a look amounts to."""
    from crawler.source_text import source_id as made
    from crawler.source_text import source_table

    id_ = source_id or made(detection.source.home)
    return source_table(detection, id_, now=utcnow())


def as_object(detection: Detection, verdict: Verdict, held: Config | None) -> dict[str, Any]:
    """Return what was found at a site, for programs."""
    definition = None if verdict.word == "broken" else table(detection)
    return trial_view.as_data(detection, verdict, themes_of(held), table=definition)


def themes_of(held: Config | None) -> trial_view.Themes:
    """Return what says which of the configured themes hold for an article."""
    if held is None or not held.watchlist_texts:
        return lambda article: ()
    from alerts.match import Matcher, Subject
    from crawler.watchlists import watchlists_of

    watchlists = watchlists_of(held)
    matcher = Matcher(watchlists)
    names = {t.id: f"{w.name}: {t.name}" for w in watchlists for t in w.themes}

    def themes(article: Article) -> tuple[str, ...]:
        matches = matcher.match(
            Subject(
                title=article.title,
                text=article.text,
                language=article.language,
                source_id=article.source_id,
                url=article.canonical_url,
                published_at=article.published_at,
                agency=article.wire.agency,
            )
        )
        return tuple(dict.fromkeys(names.get(match.theme, match.theme) for match in matches))

    return themes


def _named(target: str, held: Config | None) -> Source | None:
    """Return the source of that id: a configured one, or one that ships with Windcatch."""
    from crawler.builtin import builtin_ids
    from crawler.config_problems import nearest
    from crawler.config_sources import builtin_source

    if held is not None and target in held.sources:
        return held.sources[target]
    if target in builtin_ids():
        return builtin_source(target)
    if "." not in target and "/" not in target:
        known = [*(held.sources if held is not None else ()), *builtin_ids()]
        raise UsageProblem(f'no source "{target}"{nearest(target, known)}, and no URL')
    return None


def _report_source(source: Source, held: Config | None, *, as_json: bool) -> None:
    from crawler.crawling import fetch_options
    from crawler.options import FetchOptions
    from crawler.trying import look_at_source
    from spiders.trial import Verdict, judge

    options = fetch_options(held) if held is not None else FetchOptions()
    ways: Sequence[Way] = ()
    samples: Sequence[Sample] = ()
    try:
        ways, samples = look_at_source(source, options, now=utcnow())
        verdict = judge(ways, samples, now=utcnow())
    except TimeoutError:
        verdict = Verdict(word="broken", reasons=("the site took longer than 90 s",))
    themes = themes_of(held)
    if as_json:
        show.print_json(
            {
                "id": source.id,
                "verdict": verdict.word,
                "reasons": verdict.reasons,
                "name": source.name,
                "checked": source.checked,
                "channels": [trial_view.way_data(way, kept=bool(way.entries)) for way in ways],
                "samples": [trial_view.sample_data(sample, themes) for sample in samples],
            }
        )
    else:
        head = f"{verdict.word.upper()}  {source.id}: {source.name}"
        checked = (
            f"last checked {source.checked}" if source.checked else "never checked by a person"
        )
        show.say(show.foreign(head, trial_view.STYLES[verdict.word]), show.foreign(checked, "dim"))
        show.say(trial_view.body(ways, samples, verdict, themes))
    if verdict.word == "broken":
        raise typer.Exit(Exit.FAILED)
