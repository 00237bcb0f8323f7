"""Watchlists tried on stored articles before they ring: how often, on what, with whom. Pure."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from alerts.match import Matcher, Subject
from alerts.sentences import sentence_ends
from alerts.theme import Watchlist
from storage.types import Match

#: Latest hits kept for each theme.
LATEST = 10
#: Longest snippet, in characters.
SNIPPET = 240
_BARS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One stored revision to try the themes on."""

    article_id: int
    subject: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestHit:
    """One article a theme would have rung for."""

    article_id: int
    title: str
    url: str | None
    #: ISO day, or "" when unknown.
    day: str
    score: float
    snippet: str
    #: Code points of the snippet that are terms.
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeReport:
    """What one theme would have done."""

    watchlist: str
    theme: str
    hits: int
    #: (YYYY-MM, hits) for each month with articles, in order; articles without date are "".
    months: tuple[tuple[str, int], ...]
    #: The last ones in the order given.
    latest: tuple[LatestHit, ...]
    #: (theme, articles both match), the most first.
    overlaps: tuple[tuple[str, int], ...]
    #: Terms as written that never occurred in a match of this theme.
    silent_terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What all themes would have done."""

    articles: int
    matched: int
    themes: tuple[ThemeReport, ...]


class _Tally:
    """What is counted for one theme."""

    def __init__(self) -> None:
        self.hits = 0
        self.months: Counter[str] = Counter()
        self.latest: deque[LatestHit] = deque(maxlen=LATEST)
        self.overlaps: Counter[str] = Counter()
        self.terms: set[str] = set()


def backtest(
    watchlists: Iterable[Watchlist],
    articles: Iterable[Tried],
    *,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Return what *watchlists* would have matched in *articles*; memory does not grow with them.

    *progress* is told the number of articles done, every hundred.
    """
    lists = tuple(watchlists)
    matcher = Matcher(lists)
    tallies = {(one.id, theme.id): _Tally() for one in lists for theme in one.themes}
    months: Counter[str] = Counter()
    done = matched = 0
    for tried in articles:
        done += 1
        published = tried.subject.published_at
        months[published.strftime("%Y-%m") if published else ""] += 1
        matches = matcher.match(tried.subject)
        matched += bool(matches)
        _count(tallies, tried, matches)
        if progress is not None and done % 100 == 0:
            progress(done)
    themes = []
    for one in lists:
        for theme in one.themes:
            tally = tallies[one.id, theme.id]
            terms = dict.fromkeys(matcher.terms(one.id, theme.id))
            themes.append(
                ThemeReport(
                    watchlist=one.id,
                    theme=theme.id,
                    hits=tally.hits,
                    months=tuple((month, tally.months[month]) for month in sorted(months)),
                    latest=tuple(tally.latest),
                    overlaps=tuple(tally.overlaps.most_common()),
                    silent_terms=tuple(term for term in terms if term not in tally.terms),
                )
            )
    return Report(articles=done, matched=matched, themes=tuple(themes))


def _count(
    tallies: dict[tuple[str, str], _Tally], tried: Tried, matches: tuple[Match, ...]
) -> None:
    published = tried.subject.published_at
    for match in matches:
        tally = tallies[match.watchlist, match.theme]
        tally.hits += 1
        tally.months[published.strftime("%Y-%m") if published else ""] += 1
        tally.terms.update(span.term for span in match.spans)
        tally.overlaps.update(
            other.theme
            if other.watchlist == match.watchlist
            else f"{other.watchlist}/{other.theme}"
            for other in matches
            if other is not match
        )
        snippet, marks = snippet_of(tried.subject, match)
        tally.latest.append(
            LatestHit(
                article_id=tried.article_id,
                title=tried.subject.title,
                url=tried.subject.url,
                day=published.strftime("%Y-%m-%d") if published else "",
                score=match.score,
                snippet=snippet,
                marks=marks,
            )
        )


def snippet_of(subject: Subject, match: Match) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the sentence with the most different terms, and where they stand in it.

    The title when no term stands in the text. A long sentence is cut around its first term.
    """
    spans = [span for span in match.spans if span.field == "text"]
    if not spans:
        return subject.title, tuple((span.start, span.end) for span in match.spans)
    start, end = max(
        _sentences(subject.text),
        key=lambda piece: len({s.term for s in spans if piece[0] <= s.start < piece[1]}),
    )
    first = min(span.start for span in spans if start <= span.start < end)
    if end - start > SNIPPET:
        start = max(start, first - SNIPPET // 3)
        end = min(end, start + SNIPPET)
    piece = subject.text[start:end]
    text = piece.rstrip()
    marks = tuple(
        (span.start - start, span.end - start)
        for span in spans
        if start <= span.start and span.end <= start + len(text)
    )
    return text, marks


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in sentence_ends(text):
        yield start, end
        start = end


def chart(months: Iterable[tuple[str, int]]) -> str:
    """Return a bar for each month, the highest full: "▁▃█"."""
    counts = [count for _, count in months]
    most = max(counts, default=0) or 1
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in counts)
