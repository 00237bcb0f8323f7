"""Lines that recur over a source's pages: what only a crawler can know of chrome. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

#: A line under this many different titles is the site's, not an article's. Two happens with
#: a series' introduction or an agency's standing paragraph; three was wrong on none of the sets.
ENOUGH = 3
#: Lines remembered per source, about 100 kB as JSON.
MOST = 2_000
#: Of these, lines that do not recur yet: those of some ten pages.
ROOM = 700
#: Longer lines are never chrome of the recurring kind worth remembering.
LONGEST = 600

_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
#: Ends as a sentence does. A report's standing sentence ("The share may not exceed 14.4 %.") is
#: told apart by its figures, or its edits would go unseen under three such reports.
_SENTENCE = re.compile(r"[.!?。！？…]['\"”’»)\]）」』】]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A source's memory: which lines stood under which titles, as short hashes.

    Counters and dates inside a line ("12 comments") are folded, so that it recurs as one; those
    inside a sentence are not.
    """

    #: Line hash -> hashes of the first ENOUGH different titles it was seen under, newest line last.
    seen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Pages observed.
    pages: int = 0

    def observe(self, title: str, lines: Iterable[str]) -> Self:
        """Return this memory with one more page in it."""
        under = _hash(title, counters=False)
        seen = dict(self.seen)
        for key in dict.fromkeys(_hash(line) for line in lines if 0 < len(line) <= LONGEST):
            before = seen.pop(key, ())
            if under not in before and len(before) < ENOUGH:
                before = (*before, under)
            seen[key] = before
        if len(seen) > MOST:
            # What recurs stays; of the rest the oldest go first. But some room is always theirs, or
            # a site that was built anew could teach nothing: then what recurs, unmet for longest.
            rare = [key for key, titles in seen.items() if len(titles) < ENOUGH]
            for key in rare[: max(0, min(len(seen) - MOST, len(rare) - ROOM))]:
                del seen[key]
            for key in [k for k, t in seen.items() if len(t) >= ENOUGH][: max(0, len(seen) - MOST)]:
                del seen[key]
        return type(self)(seen=seen, pages=self.pages + 1)

    def recurs(self, line: str) -> bool:
        """Say whether *line* stood under enough different titles to be the site's own."""
        return bool(line) and len(self.seen.get(_hash(line), ())) >= ENOUGH

    def recurring(self) -> Self:
        """Return this memory without the lines that do not recur yet."""
        seen = {key: titles for key, titles in self.seen.items() if len(titles) >= ENOUGH}
        return type(self)(seen=seen, pages=self.pages)

    def filter(self, lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return (*lines* kept, *lines* removed)."""
        kept = tuple(line for line in lines if not self.recurs(line))
        return kept, tuple(line for line in lines if self.recurs(line))

    def clean(self, text: str) -> str:
        """Return *text* (paragraphs separated by blank lines) without the source's own lines.

        An older revision goes through this before it is compared with a new extraction: a line
        learned in between must not look like an edit.
        """
        paragraphs = (
            "\n".join(self.filter(paragraph.split("\n"))[0]) for paragraph in text.split("\n\n")
        )
        return "\n\n".join(filter(None, paragraphs))

    def to_json(self) -> dict[str, Any]:
        """Return this memory as JSON-able values; `from_json` reads them."""
        return {"pages": self.pages, "seen": {key: list(under) for key, under in self.seen.items()}}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return the memory that `to_json` wrote; anything malformed in it is left out."""
        seen = value.get("seen")
        pages = value.get("pages")
        return cls(
            seen={
                str(key): tuple(str(title) for title in under)[:ENOUGH]
                for key, under in (seen.items() if isinstance(seen, Mapping) else ())
                if isinstance(under, list | tuple)
            },
            pages=pages if isinstance(pages, int) and pages >= 0 else 0,
        )


def _hash(text: str, *, counters: bool = True) -> str:
    folded = _SPACE.sub(" ", text).strip().lower()
    if counters and not _SENTENCE.search(folded):
        folded = _DIGITS.sub("0", folded)
    return hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=8).hexdigest()
