"""Watchlists tried on given texts, files and pages: what `windcatch themes test` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts.match import Matcher, Subject
from alerts.watchlist import Watchlist, WatchlistError, load_watchlists
from crawler.config_problems import ConfigError
from crawler.inputs import STDIN, InputProblem, Line, read_bytes, read_lines, text_of
from crawler.options import FetchOptions
from storage.types import Article, Capture, Match

#: Files that are one text, and files that are one page; any other is JSON Lines.
_TEXTS = (".txt", ".md")
_PAGES = (".html", ".htm", ".html.gz", ".htm.gz", ".xhtml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One text and what holds for it."""

    #: As the line states it; the file or URL for others.
    id: Any
    subject: Subject
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenExample:
    """An example of a theme that does not do what the watchlist says."""

    watchlist: str
    theme: str
    text: str
    #: It should match and does not; else the other way round.
    should_match: bool


def read_watchlists(files: Sequence[Path]) -> tuple[Watchlist, ...]:
    """Return the watchlists in *files*, without regard to any configuration.

    Raises:
        InputProblem: a file cannot be read.
        ConfigError: with every problem of every file.
    """
    texts = {}
    for file in files:
        try:
            texts[str(file)] = read_bytes(file).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputProblem(f"{file}: not text in UTF-8") from None
    try:
        return load_watchlists(texts)
    except WatchlistError as error:
        raise ConfigError(error.problems) from None


def is_url(given: str) -> bool:
    """Say whether *given* is a page on the web, not a file."""
    return given.startswith(("http://", "https://"))


def is_lines(given: str) -> bool:
    """Say whether *given* is JSON Lines: standard input, and any file of no other kind."""
    return not is_url(given) and not given.lower().endswith(_TEXTS + _PAGES)


def try_out(watchlists: Sequence[Watchlist], path: str) -> Iterator[Trial]:
    """Yield each text in a JSON Lines input with its matches, in order.

    Raises:
        InputProblem: a line cannot be used; the message says which.
    """
    matcher = Matcher(tuple(watchlists))
    for line in read_lines(path):
        subject = _subject(line, path)
        yield Trial(id=line.data.get("id"), subject=subject, matches=matcher.match(subject))


def try_text(watchlists: Sequence[Watchlist], subject: Subject, *, id_: str | None) -> Trial:
    """Return *subject* with its matches."""
    return Trial(id=id_, subject=subject, matches=Matcher(tuple(watchlists)).match(subject))


def subject_in(given: str, *, now: datetime) -> Subject:
    """Return the text in a file: a text whose first line is the title, or a page.

    Raises:
        InputProblem: it cannot be read.
    """
    data = read_bytes(given)
    if given != STDIN and given.lower().endswith(_PAGES):
        nowhere = "https://page.invalid/"
        capture = Capture(url=nowhere, final_url=nowhere, status=200, body=data, fetched_at=now)
        return _of_page(capture, given)
    try:
        return of_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputProblem(f"{given}: not text in UTF-8") from None


def of_text(text: str) -> Subject:
    """Return a bare text: a short first line with a blank line behind it is the title."""
    title, blank, rest = text.strip().partition("\n\n")
    if blank and "\n" not in title and len(title) <= 200:
        return Subject(title=title.strip(), text=rest.strip())
    return Subject(title="", text=text.strip())


def subject_at(url: str, options: FetchOptions) -> Subject:
    """Return the article at *url*, fetched as a crawl would.

    Raises:
        InputProblem: it cannot be fetched, or is no article.
    """
    # Only now: it loads Scrapy.
    from crawler.probe import Look, Looked, look_around

    found: list[Looked] = []

    async def work(look: Look) -> None:
        found.append(await look(url))

    try:
        look_around(work, options, named=[url])
    except TimeoutError:
        raise InputProblem(f"{url}: it took longer than 90 s") from None
    capture = found[0].good
    if capture is None:
        raise InputProblem(f"{url}: {found[0].failure}")
    return _of_page(capture, url)


def broken_examples(watchlists: Sequence[Watchlist]) -> tuple[int, tuple[BrokenExample, ...]]:
    """Return how many examples the themes state, and those that do not do what they should."""
    checked = 0
    broken = []
    for watchlist in watchlists:
        matcher = Matcher((watchlist,))
        for theme in watchlist.themes:
            for should, texts in ((True, theme.positive), (False, theme.negative)):
                for text in texts:
                    checked += 1
                    found = matcher.match(Subject(title="", text=text))
                    if any(match.theme == theme.id for match in found) is not should:
                        broken.append(
                            BrokenExample(
                                watchlist=watchlist.id,
                                theme=theme.id,
                                text=text,
                                should_match=should,
                            )
                        )
    return checked, tuple(broken)


def _of_page(capture: Capture, name: str) -> Subject:
    from crawler.extract_pool import ExtractPool

    with ExtractPool(1) as pool:
        article: Article = pool.extract(capture, source_id="given")
    if not article.title and not article.text:
        raise InputProblem(f"{name}: {article.refusal or 'no text found'}")
    return Subject(
        title=article.title,
        text=article.text,
        language=article.language,
        url=capture.final_url,
        published_at=article.published_at,
        agency=article.wire.agency,
    )


def _subject(line: Line, path: str) -> Subject:
    wire = line.data.get("wire")
    agency = wire.get("agency") if isinstance(wire, dict) else None
    return Subject(
        title=text_of(line, "title", path) or "",
        text=text_of(line, "text", path) or "",
        language=text_of(line, "language", path),
        source_id=text_of(line, "source_id", path),
        url=text_of(line, "url", path),
        published_at=_published(text_of(line, "published_at", path)),
        agency=agency if isinstance(agency, str) else None,
    )


def _published(stated: str | None) -> datetime | None:
    """Return the stated time; one that cannot be read decides nothing here."""
    try:
        moment = datetime.fromisoformat(stated) if stated else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
