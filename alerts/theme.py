"""What a watchlist and its themes are, and what they are matched against. Pure, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.query.tree import Node
from alerts.rules import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A named query with optional weights."""

    id: str
    name: str
    #: With its groups resolved.
    query: Node
    #: Term as written in the query -> how much it counts; 1 for terms not named.
    weights: tuple[tuple[str, float], ...] = ()
    #: 0..1; a match that scores less is none.
    min_score: float = 0.0
    #: Lower-case language codes of the articles it looks at; empty means all. An article of
    #: unknown language is looked at. They also choose the rules of word forms.
    languages: tuple[str, ...] = ()
    #: Sources it looks at, as after `source:`; empty means all; an unknown one is looked at.
    sources: tuple[str, ...] = ()
    #: high, normal, low.
    priority: str = "normal"
    note: str = ""
    #: Texts that must match and texts that must not; `themes test` checks them.
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """A file owned by a team: destination, delivery rules and themes."""

    id: str
    name: str
    destination: str
    delivery: Delivery
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is matched: one revision, with what is known of its article."""

    title: str
    text: str
    #: ISO 639-1, may have a script or region behind it (zh-hant); None when unknown.
    language: str | None = None
    source_id: str | None = None
    url: str | None = None
    #: Aware.
    published_at: datetime | None = None
    #: The wire agency the text names.
    agency: str | None = None
