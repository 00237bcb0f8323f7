"""Watchlists tried on stored articles before they ring: how often, on what, with whom. Pure."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from alerts.match import Matcher, Subject
from alerts.snippets import snippet_of
from alerts.theme import Watchlist
from storage.types import Match

#: Latest hits kept for each theme.
LATEST = 10
_BARS = " ▁▂▃▄▅▆▇█"

#: Watchlist and theme.
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One stored revision to try the themes on."""

    article_id: int
    subject: Subject
    #: Stands in for a publication time that is not known.
    seen_at: datetime | None = None

    @property
    def at(self) -> datetime | None:
        """When it was published, or else seen."""
        return self.subject.published_at or self.seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedHit:
    """One article a theme would have rung for."""

    article_id: int
    source_id: str | None
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
    #: The newest, the newest first.
    latest: tuple[TriedHit, ...]
    #: Drawn at random, the same ones each time.
    sample: tuple[TriedHit, ...]
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


class _Best:
    """The *size* hits of the highest key; which they are does not hang on the order they come in."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[tuple[tuple[str | int, int], TriedHit]] = []

    def offer(self, key: tuple[str | int, int], make: Callable[[], TriedHit]) -> None:
        """Take what *make* gives, if its key is among the highest."""
        if len(self._heap) < self._size:
            heapq.heappush(self._heap, (key, make()))
        elif self._heap and key > self._heap[0][0]:
            heapq.heapreplace(self._heap, (key, make()))

    def merge(self, other: _Best) -> None:
        """Take what *other* has."""
        self._heap += other._heap
        # Ascending: a heap again.
        self._heap = heapq.nlargest(self._size, self._heap, key=_key)[::-1]

    def sorted(self) -> tuple[TriedHit, ...]:
        """Return the hits, the highest key first."""
        return tuple(hit for _, hit in sorted(self._heap, key=_key, reverse=True))


def _key(pair: tuple[tuple[str | int, int], TriedHit]) -> tuple[str | int, int]:
    return pair[0]


@dataclass
class _Tally:
    """What is counted for one theme."""

    latest: _Best
    sample: _Best
    hits: int = 0
    months: Counter[str] = field(default_factory=Counter)
    overlaps: Counter[_Key] = field(default_factory=Counter)
    terms: set[str] = field(default_factory=set)


class Count:
    """Counts matches; counts of pieces, made by other processes, add up to that of the whole."""

    def __init__(self, *, sample: int = 0, seed: str = "") -> None:
        """Count from nothing.

        Args:
            sample: hits to draw for each theme.
            seed: another one draws others.
        """
        self.articles = 0
        self.matched = 0
        self._sample, self._seed = sample, seed
        self._months: Counter[str] = Counter()
        self._tallies: dict[_Key, _Tally] = {}

    def add(self, tried: Tried, matches: Sequence[Match]) -> None:
        """Count one article and the themes it matches."""
        at = tried.at
        month, day = (at.strftime("%Y-%m"), at.strftime("%Y-%m-%d")) if at else ("", "")
        self.articles += 1
        self.matched += bool(matches)
        self._months[month] += 1
        keys = [(match.watchlist, match.theme) for match in matches]
        moment = (at.isoformat() if at else "", tried.article_id)
        for key, match in zip(keys, matches, strict=True):
            tally = self._tally(key)
            tally.hits += 1
            tally.months[month] += 1
            tally.terms.update(span.term for span in match.spans)
            tally.overlaps.update(other for other in keys if other != key)

            def made(match: Match = match) -> TriedHit:
                return _hit(tried, match, day)

            tally.latest.offer(moment, made)
            if self._sample:
                drawn = blake2b(f"{self._seed}/{key}/{tried.article_id}".encode(), digest_size=8)
                tally.sample.offer((drawn.hexdigest(), tried.article_id), made)

    def merge(self, other: Count) -> None:
        """Add what *other* counted."""
        self.articles += other.articles
        self.matched += other.matched
        self._months.update(other._months)
        for key, more in other._tallies.items():
            tally = self._tally(key)
            tally.hits += more.hits
            tally.months.update(more.months)
            tally.terms |= more.terms
            tally.overlaps.update(more.overlaps)
            tally.latest.merge(more.latest)
            tally.sample.merge(more.sample)

    def report(self, watchlists: Iterable[Watchlist], matcher: Matcher) -> Report:
        """Return what was counted, for each theme of *watchlists*."""
        themes = [
            self._theme((one.id, theme.id), matcher) for one in watchlists for theme in one.themes
        ]
        return Report(articles=self.articles, matched=self.matched, themes=tuple(themes))

    def _tally(self, key: _Key) -> _Tally:
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = _Tally(_Best(LATEST), _Best(self._sample))
        return tally

    def _theme(self, key: _Key, matcher: Matcher) -> ThemeReport:
        tally = self._tally(key)
        terms = dict.fromkeys(matcher.terms(*key))
        return ThemeReport(
            watchlist=key[0],
            theme=key[1],
            hits=tally.hits,
            months=tuple((month, tally.months[month]) for month in sorted(self._months)),
            latest=tally.latest.sorted(),
            sample=tally.sample.sorted(),
            overlaps=tuple(
                (theme if watchlist == key[0] else f"{watchlist}/{theme}", count)
                for (watchlist, theme), count in sorted(
                    tally.overlaps.items(), key=lambda pair: (-pair[1], pair[0])
                )
            ),
            silent_terms=tuple(term for term in terms if term not in tally.terms),
        )


def backtest(
    watchlists: Iterable[Watchlist],
    articles: Iterable[Tried],
    *,
    sample: int = 0,
    seed: str = "",
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Return what *watchlists* would have matched in *articles*; memory does not grow with them.

    *progress* is told the number of articles done, every hundred.
    """
    lists = tuple(watchlists)
    matcher = Matcher(lists)
    count = Count(sample=sample, seed=seed)
    for tried in articles:
        count.add(tried, matcher.match(tried.subject))
        if progress is not None and count.articles % 100 == 0:
            progress(count.articles)
    return count.report(lists, matcher)


def _hit(tried: Tried, match: Match, day: str) -> TriedHit:
    snippet, marks = snippet_of(tried.subject, match)
    return TriedHit(
        article_id=tried.article_id,
        source_id=tried.subject.source_id,
        title=tried.subject.title,
        url=tried.subject.url,
        day=day,
        score=match.score,
        snippet=snippet,
        marks=marks,
    )


def chart(months: Iterable[tuple[str, int]]) -> str:
    """Return a bar for each month, the highest full: "▁▃█"."""
    counts = [count for _, count in months]
    most = max(counts, default=0) or 1
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in counts)


def every_month(months: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return *months* with those between them that had nothing; without those of unknown date."""
    known = {month: count for month, count in months if month}
    if not known:
        return ()
    first, last = min(known), max(known)
    begin = int(first[:4]) * 12 + int(first[5:]) - 1
    end = int(last[:4]) * 12 + int(last[5:]) - 1
    names = (f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(begin, end + 1))
    return tuple((name, known.get(name, 0)) for name in names)
