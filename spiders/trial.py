"""Trying a source: each channel walked, a few articles read, and a verdict. No network of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from spiders.discovery import Answer, Get, discover
from spiders.extract import extract
from spiders.gate import GatePolicy
from spiders.house import of_house
from spiders.items import Failed
from spiders.select import Selector
from spiders.sources import Channel, ChannelKind, Source
from storage.types import Article, Capture, Entry

#: Documents read of one channel, and articles read: a look, not a crawl.
DOCUMENTS = 3
SAMPLES = 3
#: A channel whose newest entry is older has gone quiet, or is an archive.
QUIET = timedelta(days=30)
#: Shorter texts are more often a teaser than an article.
SHORT = {"zh": 120, "ja": 150, "ko": 200}
SHORT_ELSE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One channel, tried."""

    channel: Channel
    #: How we came to it: "announced by the page", "robots.txt", "a usual place", "configured".
    why: str
    #: Those that the source's rules let through, newest first.
    entries: tuple[Entry, ...] = ()
    #: How many entries there were before the rules.
    found: int = 0
    #: The document's address after redirects.
    final_url: str | None = None
    problem: str | None = None

    @property
    def newest_at(self) -> datetime | None:
        """When the newest dated entry was published, or changed if that is all its list tells."""
        return max((e.not_after for e in self.entries if e.not_after), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One article page, read."""

    url: str
    article: Article | None = None
    #: Why nothing could be read.
    problem: str | None = None

    @property
    def good(self) -> bool:
        """Whether an article came out."""
        return self.article is not None and self.article.is_article


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a trial amounts to."""

    #: works, degraded, broken.
    word: str
    #: What is not as it should be, and what to do about it.
    reasons: tuple[str, ...] = ()


async def try_channel(
    channel: Channel, *, source: Source, now: datetime, get: Get, why: str = "configured"
) -> Way:
    """Return how *channel* of *source* does."""
    selector = Selector(source, GatePolicy())
    entries: list[Entry] = []
    problem = final_url = None
    documents = 0
    async for reading in discover(channel, source=source, now=now, get=get):
        if reading.answer is not None and final_url is None:
            final_url = reading.answer.final_url
        entries += reading.entries
        if reading.failure is not None and problem is None:
            problem = reading.failure.detail or reading.failure.error_class
        documents += 1
        if documents >= DOCUMENTS:
            break
    chosen = selector.select(entries, now=now)
    if entries and not chosen.entries and problem is None:
        reason = ", ".join(f"{n} {word}" for word, n in chosen.refused.most_common(3))
        problem = f"{len(entries)} entries, none that the source's rules let through ({reason})"
    return Way(
        channel=channel,
        why=why,
        entries=chosen.entries,
        found=len(entries),
        final_url=final_url,
        problem=None if chosen.entries else problem or "no entries",
    )


async def try_source(
    source: Source, *, now: datetime, get: Get
) -> tuple[tuple[Way, ...], tuple[Sample, ...]]:
    """Return how each channel of *source* does, and what a few of its articles give."""
    # What would be too old to store still shows whether the source works.
    patient = replace(source, max_age=None)
    ways = [
        await try_channel(channel, source=patient, now=now, get=get)
        for channel in source.channels
        if channel.kind is not ChannelKind.ARCHIVE
    ]
    samples = [await read_sample(e, source=source, now=now, get=get) for e in to_read(ways)]
    return tuple(ways), tuple(samples)


def to_read(ways: Iterable[Way], count: int = SAMPLES) -> tuple[Entry, ...]:
    """Return *count* entries to look at: the newest of each way in turn."""
    lists = [list(way.entries) for way in ways if way.entries]
    chosen: dict[str, Entry] = {}
    while any(lists) and len(chosen) < count:
        for entries in lists:
            if entries and len(chosen) < count:
                entry = entries.pop(0)
                chosen.setdefault(entry.url, entry)
    return tuple(chosen.values())


async def read_sample(entry: Entry, *, source: Source, now: datetime, get: Get) -> Sample:
    """Return what the page of *entry* gives."""
    answer = await get(entry.url)
    if isinstance(answer, Failed):
        return Sample(url=entry.url, problem=answer.detail or answer.error_class)
    read = extract(
        capture(answer, now),
        source_id=source.id,
        hints=source.hints,
        zone=source.zone,
        language=source.language,
        entry=entry,
    )
    article = of_house(read, source)
    problem = None if article.is_article else f"refused: {article.refusal or 'not an article'}"
    return Sample(url=entry.url, article=article, problem=problem)


def capture(answer: Answer, now: datetime) -> Capture:
    """Return *answer* as evidence."""
    return Capture(
        url=answer.url,
        final_url=answer.final_url,
        status=answer.status,
        headers=tuple(answer.headers.items()),
        body=answer.body,
        fetched_at=now,
    )


def judge(ways: Sequence[Way], samples: Sequence[Sample], *, now: datetime) -> Verdict:
    """Return whether a source with these *ways* and *samples* works.

    Broken: nothing would be stored. Degraded: something would, but less, or worse, than it should.
    """
    live = [way for way in ways if way.entries]
    if not live:
        advice = "no channel brings entries: try the site's address, which looks for other ways"
        return Verdict(word="broken", reasons=(advice,))
    good = [sample.article for sample in samples if sample.good and sample.article]
    if not good:
        why = samples[0].problem if samples else "none was listed"
        return Verdict(word="broken", reasons=(f"no article could be read ({why})",))
    reasons = [f"{w.channel.kind.value} {w.channel.url}: {w.problem}" for w in ways if w.problem]
    newest = max((way.newest_at for way in live if way.newest_at), default=None)
    if newest is not None and now - newest > QUIET:
        reasons.append(f"nothing newer than {newest:%Y-%m-%d}: is it still published?")
    reasons += [f"{s.url}: {s.problem}" for s in samples if s.problem]
    reasons += [text for article in good for text in complaints(article)]
    return Verdict(word="degraded" if reasons else "works", reasons=tuple(dict.fromkeys(reasons)))


def complaints(article: Article) -> list[str]:
    """Return what an article lacks that a reader would miss, with what helps."""
    found = []
    least = SHORT.get((article.language or "")[:2], SHORT_ELSE)
    if len(article.text) < least:
        found.append(f"a text of {len(article.text)} characters: a teaser? `body` under [hints]")
    if article.published_at is None:
        found.append("no publication time: `published` under [hints]")
    if any("zone unknown" in warning for warning in article.warnings):
        found.append("times without a zone: set `zone`")
    if not article.title:
        found.append("no title: `title` under [hints]")
    return found
