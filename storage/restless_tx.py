"""What changes at every look, learned and kept out of comparing, in the transaction that records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from storage.decide import Seen, Version
from storage.fingerprint import fingerprint
from storage.models import ArticleRow, RevisionRow
from storage.part import Part
from storage.volatile import forms, in_words, restless_lines, without

#: Revisions read back to learn from.
_TEXTS = 6
#: Lines an article remembers; more is not a part of it but the whole.
_MAX_LINES = 64


class RestlessReadPart(Part):
    """What is left out of an article, read back."""

    def left_out(self, article_id: int) -> tuple[str, ...]:
        """Return, in words, what the article was learned to change by itself, in order."""
        memory = self._db.scalar(select(ArticleRow.memory).where(ArticleRow.id == article_id))
        return tuple(map(in_words, sorted((memory or {}).get("volatile", ()))))


class RestlessPart(Part):
    """Articles that change by themselves."""

    def _volatile(self, row: Any, title: str, text: str | None) -> frozenset[str]:
        """Return the lines of the article in *row* that change by themselves, *text* seen now.

        None of *text*: it was seen long ago, and nothing is to be learned from it.
        """
        held = frozenset(row.memory.get("volatile", ()))
        in_a_row = _in_a_row(row)
        if in_a_row < 1 or text is None:
            return held
        texts = self._db.scalars(
            select(RevisionRow.text)
            .where(RevisionRow.article_id == row.id)
            .order_by(RevisionRow.number.desc())
            .limit(min(in_a_row + 1, _TEXTS))
        ).all()
        fresh = restless_lines(title, [*reversed(texts), text])
        found = held | fresh
        if len(found) > _MAX_LINES:
            # Those not met any more make room.
            found = fresh | (held & forms([text]))
        return found if len(found) <= _MAX_LINES else held

    def _version(self, revision_id: int) -> Version:
        row = self._db.execute(
            select(
                RevisionRow.number,
                RevisionRow.fingerprint,
                RevisionRow.title,
                RevisionRow.text,
                RevisionRow.seen_at,
            ).where(RevisionRow.id == revision_id)
        ).one()
        return Version(**row._mapping)


def _in_a_row(row: Any) -> int:
    """Return how many of the last looks each brought a revision, none of them unchanged."""
    streak: list[int] = row.memory.get("streak", [0, 0])
    times, at_check = streak
    return times if row.checks == at_check else 0


def streak_after(row: Any) -> list[int]:
    """Return the memory of a look that brought a revision: how many in a row, at which look."""
    return [_in_a_row(row) + 1, row.checks + 1]


def settled(version: Version | None, lines: frozenset[str]) -> Version | None:
    """Return *version* without its volatile lines, as it is compared."""
    if version is None or not lines:
        return version
    text = without(version.title, version.text, lines)
    return replace(version, text=text, fingerprint=fingerprint(version.title, text))


def settled_seen(seen: Seen, lines: frozenset[str]) -> Seen:
    """Return *seen* without its volatile lines, as it is compared."""
    if not lines:
        return seen
    text = without(seen.title, seen.text, lines)
    return replace(seen, text=text, fingerprint=fingerprint(seen.title, text))
