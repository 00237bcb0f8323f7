"""What a run came to: counts per source, for the log of runs, the command line and the schedule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spiders.gate import without_secrets
from spiders.items import Found, Searched
from storage.types import Article, SourceState

#: Always present in counts, so that readers need not guess.
COUNTED = (
    "found",
    "known",
    "left",
    "fetched",
    "unchanged",
    "new",
    "revised",
    "refused",
    "failed",
)
#: How spiders.extract refuses a page on which one of its parsers broke.
BROKEN = "extraction failed: "
#: Lines kept for people; the counts hold the rest.
MAX_WARNINGS = 20
#: So many new pages refused to us, and none given, is no good pass: we are shut out.
_HOPELESS = 3


@dataclass(slots=True)
class Tally:
    """The counts of one source while it is crawled."""

    source_id: str
    counts: Counter[str] = field(default_factory=Counter)
    #: By class of spiders.failures.
    errors: Counter[str] = field(default_factory=Counter)
    #: Readable lines: the first failures, what feeds warned of.
    notes: list[str] = field(default_factory=list)
    #: Discovery documents that came and could be read, and those that did not.
    documents: int = 0
    lost_documents: int = 0
    #: Why Scrapy closed the spider: finished, shutdown, closespider_timeout...
    closed: str = ""
    #: Something broke that is no page's fault (the database, a bug).
    broken: str | None = None
    #: Pages that were fetched and then lost by a bug or by the database.
    lost_pages: int = 0
    #: New entries whose page did not come.
    lost_entries: int = 0
    #: Another site on which a discovery document was found.
    moved_to: str | None = None
    #: Discovery documents that could not be read, and the longest validity any of them stated.
    lost: list[str] = field(default_factory=list)
    hint_s: float = 0.0
    #: What became of a document that had rolled over.
    searched: Searched | None = None

    def note(self, line: str) -> None:
        """Keep *line* for people, unless there are many already."""
        if len(self.notes) < MAX_WARNINGS and line not in self.notes:
            self.notes.append(line)

    def judge(self, article: Article) -> None:
        """Count what extraction made of the page of a new entry."""
        self.counts["pages"] += 1
        if article.is_article:
            self.counts["articles"] += 1
            self.counts["dated"] += article.published_at is not None
            self.counts["chars"] += len(article.text)

    def see(self, found: Found) -> None:
        """Count a discovery document that came."""
        self.documents += 1
        self.hint_s = max(self.hint_s, found.hint_s)
        for name in ("count", "known", "left"):
            self.counts["found" if name == "count" else name] += getattr(found, name)
        for warning in found.warnings:
            self.note(f"{without_secrets(found.url)}: {warning}")

    def search(self, searched: Searched) -> None:
        """Count what a search for a gap brought."""
        self.searched = searched
        self.counts["caught_up"] += searched.found
        self.counts["left"] += searched.left
        came = f"{searched.found} entries found in {searched.documents} documents"
        end = "" if searched.reached else ", which do not reach back to what is held"
        self.note(f"rolled over since {searched.since:%Y-%m-%d %H:%M}Z: {came}{end}")

    def fail(self, error_class: str, line: str) -> None:
        """Count one failure."""
        self.counts["failed"] += 1
        self.errors[error_class] += 1
        self.note(f"{error_class}: {line}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """What the pass over one source came to."""

    source_id: str
    #: False when no discovery document could be read, or something broke.
    ok: bool
    interrupted: bool
    counts: Mapping[str, int]
    errors: Mapping[str, int]
    notes: tuple[str, ...]
    #: One line for `status`; None when ok.
    error: str | None
    moved_to: str | None = None
    lost: tuple[str, ...] = ()
    #: How long the discovery documents say they stay as they are, in seconds.
    hint_s: float = 0.0
    searched: Searched | None = None

    @property
    def error_class(self) -> str | None:
        """The class of the errors that were met most."""
        return max(self.errors, key=lambda word: self.errors[word], default=None)

    def as_json(self) -> dict[str, Any]:
        """Return the counts as kept in the log of runs."""
        return {
            **{name: self.counts.get(name, 0) for name in COUNTED},
            **{name: number for name, number in self.counts.items() if name not in COUNTED},
            "errors": dict(self.errors),
            "ok": self.ok,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run came to."""

    run_id: int
    #: finished, failed, interrupted.
    outcome: str
    sources: Mapping[str, SourceResult]
    #: Asked for, but held by another process at the time.
    skipped: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when every source could be read to the end."""
        return self.outcome == "finished" and all(s.ok for s in self.sources.values())

    @property
    def totals(self) -> Counter[str]:
        """The counts of all sources together."""
        total: Counter[str] = Counter()
        for source in self.sources.values():
            total.update(source.counts)
        return total


def close(tally: Tally, *, channels: int, interrupted: bool) -> SourceResult:
    """Return the end result of *tally* for a source with so many live *channels*."""
    error = tally.broken
    if error is None and interrupted and tally.documents == 0:
        error = "stopped before anything was read"
    if error is None and channels and tally.documents == 0:
        error = tally.notes[0] if tally.notes else "nothing could be read"
    if error is None and tally.lost_pages and tally.lost_pages >= tally.counts["fetched"]:
        error = f"every page that came was lost: {_last_loss(tally)}"
    if error is None and not tally.counts["fetched"] and tally.lost_entries >= _HOPELESS:
        error = f"none of {tally.lost_entries} new pages could be fetched: {tally.notes[0]}"
    return SourceResult(
        source_id=tally.source_id,
        ok=error is None,
        interrupted=interrupted,
        counts=dict(tally.counts),
        errors=dict(tally.errors),
        notes=tuple(tally.notes),
        error=error,
        moved_to=tally.moved_to,
        lost=tuple(tally.lost) if tally.documents else (),
        hint_s=tally.hint_s,
        searched=tally.searched,
    )


def _last_loss(tally: Tally) -> str:
    lines = [
        note for note in tally.notes if note.startswith(("parse:", "store:", f"refused: {BROKEN}"))
    ]
    return lines[-1] if lines else "see the log"


def baseline_open(state: SourceState) -> bool:
    """Tell whether what stood there before the first pass is still being taken in.

    A first pass may leave entries for the next (`max_articles`), or be stopped half way; those
    are old news then, too.
    """
    return state.baseline_at is None or bool(state.memory.get("baseline_open"))
