"""What `windcatch sources test` prints: one screen on whether a source works, or what a site offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import typer

from crawler.cli import show
from crawler.cli.errors import Exit, UsageProblem
from crawler.cli.opening import config_path, open_config
from crawler.clock import utcnow

if TYPE_CHECKING:
    from crawler.config import Config
    from spiders.detect import Detection
    from spiders.sources import Source
    from spiders.trial import Sample, Verdict, Way
    from storage.types import Article

#: What themes hold for an article: "watchlist: theme".
Themes = Callable[["Article"], tuple[str, ...]]

#: Ways that nobody announced: it is no fault of a site's to lack one.
_GUESSES = frozenset({"a usual place", "links in the page"})
_STYLES = {"works": "bold green", "degraded": "bold yellow", "broken": "bold red"}


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
        show.print_json(as_data(detection, verdict, themes_of(held)))
    else:
        show.say(*lines(detection, verdict, themes_of(held)))
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


def themes_of(held: Config | None) -> Themes:
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


def lines(detection: Detection, verdict: Verdict, themes: Themes) -> Iterator[Any]:
    """Yield what was found at a site, for people."""
    source = detection.source
    about = ", ".join(
        word
        for word in (source.home, source.language, source.zone and f"zone {source.zone}")
        if word
    )
    yield show.foreign(f"{verdict.word.upper()}  {source.name}, {about}", _STYLES[verdict.word])
    yield _body(detection.ways, detection.samples, verdict, themes)


def as_data(detection: Detection, verdict: Verdict, themes: Themes) -> dict[str, Any]:
    """Return what was found at a site, for programs."""
    source = detection.source
    return {
        "url": detection.url,
        "verdict": verdict.word,
        "reasons": verdict.reasons,
        "role": detection.role,
        "name": source.name,
        "language": source.language,
        "zone": source.zone,
        "allow": source.allow,
        "requests": detection.requests,
        "problem": detection.problem,
        "channels": [_way(way, kept=way in detection.kept) for way in detection.ways],
        "samples": [_sample(sample, themes) for sample in detection.samples],
        "toml": table(detection) if verdict.word != "broken" else None,
    }


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
                "channels": [_way(way, kept=bool(way.entries)) for way in ways],
                "samples": [_sample(sample, themes) for sample in samples],
            }
        )
    else:
        head = f"{verdict.word.upper()}  {source.id}: {source.name}"
        checked = (
            f"last checked {source.checked}" if source.checked else "never checked by a person"
        )
        show.say(show.foreign(head, _STYLES[verdict.word]), show.foreign(checked, "dim"))
        show.say(_body(ways, samples, verdict, themes))
    if verdict.word == "broken":
        raise typer.Exit(Exit.FAILED)


def _body(ways: Sequence[Way], samples: Sequence[Sample], verdict: Verdict, themes: Themes) -> Any:
    """Return a line per channel, article and complaint, each with a mark before it."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for mark, text, style in _told(ways, samples, verdict, themes):
        grid.add_row(Text(f" {mark:2}", style), show.foreign(text, style))
    return grid


def _told(
    ways: Sequence[Way], samples: Sequence[Sample], verdict: Verdict, themes: Themes
) -> Iterator[tuple[str, str, str]]:
    vain = [way for way in ways if way.problem and way.why in _GUESSES]
    for way in (way for way in ways if way not in vain):
        what = f"{way.channel.kind.value} {way.channel.url}"
        why = "" if way.why == "configured" else f" ({way.why})"
        if way.problem:
            yield "no", f"{what}: {way.problem}{why}", "yellow"
        else:
            newest = f", newest {show.when(way.newest_at)}" if way.newest_at else ", undated"
            yield "ok", f"{what}: {len(way.entries)} entries{newest}{why}", "green"
    if vain:
        text = f"tried in vain: {', '.join(_place(way) for way in vain)}"
        yield "", text, "dim"
    for sample in samples:
        yield from _sample_lines(sample, themes)
    for reason in verdict.reasons:
        yield "!", reason, "yellow"


def _place(way: Way) -> str:
    if way.channel.kind.value == "listing":
        return "the page's own links"
    return urlsplit(way.channel.url).path


def _sample_lines(sample: Sample, themes: Themes) -> Iterator[tuple[str, str, str]]:
    article = sample.article
    if article is None or not article.is_article:
        yield "no", f"{sample.url}: {sample.problem}", "yellow"
        return
    published = show.day(article.published_at, article.published_precision) or "no date"
    by = f", {article.wire.agency}" if article.wire.agency else ""
    yield "ok", article.title, "bold"
    language = article.language or "language unknown"
    size = f"{len(article.text)} characters"
    yield "", f"{published}, {language}, {size}{by}, {sample.url}", ""
    if held := themes(article):
        yield "", f"would match {', '.join(held)}", "cyan"


def _way(way: Way, *, kept: bool) -> dict[str, Any]:
    return {
        "kind": way.channel.kind,
        "url": way.channel.url,
        "why": way.why,
        "entries": len(way.entries),
        "found": way.found,
        "newest_at": way.newest_at,
        "problem": way.problem,
        "kept": kept,
    }


def _sample(sample: Sample, themes: Themes) -> dict[str, Any]:
    article = sample.article
    good = article is not None and article.is_article
    return {
        "url": sample.url,
        "title": article.title if article is not None else None,
        "published_at": article.published_at if article is not None else None,
        "language": article.language if article is not None else None,
        "length": len(article.text) if article is not None else 0,
        "agency": article.wire.agency if article is not None else None,
        "problem": sample.problem,
        "warnings": article.warnings if article is not None else (),
        "matches": themes(article) if good and article is not None else (),
    }
