"""One published piece of a scripted site, and what can become of it. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Fate(StrEnum):
    """What stands at a piece's address now."""

    LIVE = "live"
    #: 404.
    NOT_FOUND = "404"
    #: 410.
    GONE = "410"
    #: 200 with "page not found".
    SOFT_GONE = "soft404"
    #: Redirect to the home page.
    HOME = "home"
    #: 200 with a challenge instead of the page.
    BLOCKED = "block"
    #: The page without its text.
    EMPTIED = "emptied"
    #: Redirect to another address.
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article as its publisher holds it."""

    #: With query where the site uses one.
    path: str
    title: str
    #: Paragraphs separated by one blank line. "## " starts a sub-heading, "* " list items.
    text: str
    published_at: datetime
    #: When this revision went on line.
    changed_at: datetime
    revision: int = 1
    section: str = "Policies"
    authors: tuple[str, ...] = ()
    #: "Xinhua": shown where the style shows it.
    agency: str | None = None
    #: "BEIJING": printed before the first paragraph.
    dateline: str | None = None
    #: For aggregators: "甲子光年", author, editor.
    attribution: tuple[str, str, str] | None = None
    captions: tuple[str, ...] = ()
    language: str | None = None
    #: rel=canonical where it is not the piece's own URL.
    canonical: str | None = None
    #: Named by feeds, sitemaps and listings.
    listed: bool = True
    fate: Fate = Fate.LIVE
    moved_to: str | None = None

    def edited(self, at: datetime, *, title: str | None = None, text: str | None = None) -> Piece:
        """Return the next revision, live, with what was given replaced."""
        return replace(
            self,
            title=self.title if title is None else title,
            text=self.text if text is None else text,
            revision=self.revision + 1,
            changed_at=at,
            fate=Fate.LIVE,
        )

    def paragraphs(self) -> tuple[str, ...]:
        """Return the paragraphs, sub-headings and lists as marked."""
        return tuple(part.strip() for part in self.text.split("\n\n") if part.strip())
