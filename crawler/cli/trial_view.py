"""How a look at a site or a source is told: lines for people, objects for programs. Fetches nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.cli import show

if TYPE_CHECKING:
    from spiders.detect import Detection
    from spiders.trial import Sample, Verdict, Way
    from storage.types import Article

#: What themes hold for an article: "watchlist: theme".
Themes = Callable[["Article"], tuple[str, ...]]

#: Ways that nobody announced: it is no fault of a site's to lack one.
_GUESSES = frozenset({"a usual place", "links in the page"})
STYLES = {"works": "bold green", "degraded": "bold yellow", "broken": "bold red"}


def lines(detection: Detection, verdict: Verdict, themes: Themes) -> Iterator[Any]:
    """Yield what was found at a site, for people."""
    source = detection.source
    about = ", ".join(
        word
        for word in (source.home, source.language, source.zone and f"zone {source.zone}")
        if word
    )
    yield show.foreign(f"{verdict.word.upper()}  {source.name}, {about}", STYLES[verdict.word])
    yield body(detection.ways, detection.samples, verdict, themes)


def as_data(
    detection: Detection, verdict: Verdict, themes: Themes, *, table: str | None
) -> dict[str, Any]:
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
        "channels": [way_data(way, kept=way in detection.kept) for way in detection.ways],
        "samples": [sample_data(sample, themes) for sample in detection.samples],
        "toml": table,
    }


def body(ways: Sequence[Way], samples: Sequence[Sample], verdict: Verdict, themes: Themes) -> Any:
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


def way_data(way: Way, *, kept: bool) -> dict[str, Any]:
    """Return one channel and how it did, for programs."""
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


def sample_data(sample: Sample, themes: Themes) -> dict[str, Any]:
    """Return one article that was read, for programs."""
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
