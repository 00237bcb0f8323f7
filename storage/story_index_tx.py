"""The story index: who bears which hashes, and the articles they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from storage.models import ArticleRow, RevisionRow, ShingleRow
from storage.part import filled, widened
from storage.reading import ReadPart
from storage.signature import MAX_QUERY
from storage.stories import (
    COMMON,
    MAX_CANDIDATES,
    Document,
    Signature,
    nearest,
    possible,
    signature,
)
from storage.types import Attribution, CopyKind, Wire


class StoryIndexPart(ReadPart):
    """Leaders by what they share with a text."""

    def _candidates(self, marks: Signature) -> tuple[Document, ...]:
        """Return the leaders that share the most with *marks*, but for those it is no kin of."""
        bearers: dict[int, list[int]] = {}
        hashes = marks.query_hashes
        if not hashes:
            return ()
        for row in self._rows(_BEARERS, filled(hashes, MAX_QUERY)):
            bearers.setdefault(row[0], []).append(row[1])
        likely = nearest(bearers.values())
        if not likely:
            return ()
        rows = self._rows(_SIGNATURES, filled(likely, MAX_CANDIDATES))
        held: dict[int, bytes | None] = {row[0]: row[1] for row in rows}
        worth = []
        for one in likely:
            other = _unpacked(held.get(one))
            if other is None or possible(marks, other):
                worth.append(one)
        return self._documents(worth, with_text=False)

    def _index(self, article_id: int, marks: Signature) -> None:
        hashes = marks.index_hashes
        borne = dict(self._db.execute(_BORNE, {"hashes": hashes}).all())
        telling = [value for value in hashes if borne.get(value, 0) < COMMON]
        self._insert_all(
            ShingleRow, [{"hash": value, "article_id": article_id} for value in telling]
        )

    def _unindex(self, article_id: int, marks: Signature) -> None:
        # By hash too: the table is ordered by it, and has no index of articles.
        mine = (ShingleRow.hash.in_(marks.index_hashes), ShingleRow.article_id == article_id)
        self._db.execute(delete(ShingleRow).where(*mine))

    def _marks_of(self, revision_id: int) -> Signature:
        """Return the signature of a revision."""
        columns = (
            RevisionRow.title,
            RevisionRow.text,
            RevisionRow.language,
            RevisionRow.signature,
        )
        query = select(*columns).where(RevisionRow.id == revision_id)
        row = self._db.execute(query).one()
        return _unpacked(row.signature) or signature(row.title, row.text, language=row.language)

    def _documents(self, ids: Sequence[int], *, with_text: bool) -> tuple[Document, ...]:
        """Return these articles as story search sees them, in the order of *ids*."""
        if not ids:
            return ()
        query = _WITH_TEXT if with_text else _DOCUMENTS
        rows = self._db.execute(query, {"ids": list(ids)}).all()
        found = {
            row.id: _stored(
                row,
                _unpacked(row.signature) or self._marks_of(row.revision_id),
                text=row.text if with_text else None,
            )
            for row in rows
        }
        return tuple(found[one] for one in ids if one in found)


# Made once: building a statement of 64 values costs more than SQLite takes to answer it.
_BEARERS = widened("SELECT hash, article_id FROM shingle WHERE hash IN (?)", MAX_QUERY)
_BORNE = (
    select(ShingleRow.hash, func.count())
    .where(ShingleRow.hash.in_(bindparam("hashes", expanding=True)))
    .group_by(ShingleRow.hash)
)
_SIGNATURES = widened(
    "SELECT article.id, revision.signature FROM article JOIN revision"
    " ON revision.article_id = article.id AND revision.number = article.revision"
    " WHERE article.id IN (?)",
    MAX_CANDIDATES,
)
_DOCUMENTS = (
    select(
        *(ArticleRow.id, ArticleRow.title, ArticleRow.published_at, ArticleRow.first_seen_at),
        *(ArticleRow.source_id, ArticleRow.site, ArticleRow.language, ArticleRow.details),
        *(ArticleRow.story_id, ArticleRow.copy_kind, RevisionRow.signature),
        RevisionRow.id.label("revision_id"),
    )
    .join(
        RevisionRow,
        (RevisionRow.article_id == ArticleRow.id) & (RevisionRow.number == ArticleRow.revision),
    )
    .where(ArticleRow.id.in_(bindparam("ids", expanding=True)))
)
_WITH_TEXT = _DOCUMENTS.add_columns(RevisionRow.text)


def _unpacked(packed: bytes | None) -> Signature | None:
    """Return a stored signature; None when it was written by another version of the rules."""
    try:
        return Signature.unpack(bytes(packed or b""))
    except ValueError:
        return None


def _stored(row: Any, marks: Signature, *, text: str | None) -> Document:
    return Document(
        article_id=row.id,
        title=row.title,
        signature=marks,
        text=text,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        source_id=row.source_id,
        site=row.site,
        language=row.language,
        wire=Wire(**row.details.get("wire", {})),
        attribution=Attribution(**row.details.get("attribution", {})),
        story_id=row.story_id,
        kind=CopyKind(row.copy_kind),
    )
