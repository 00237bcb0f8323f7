"""Full-text search over revisions: FTS5 on SQLite, tsvector on PostgreSQL, the same tokens on both.

The index is derived from the revisions and holds no text of its own. A revision never changes, so
rows are only added, in order of id: the newest one in the index is the mark up to which it is
complete. It is made when first needed, outside the schema: dropping it loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, column, func, literal, literal_column, select, table, text

from storage.models import ArticleRow, MatchRow, RevisionRow
from storage.part import Part
from storage.searching import Term, excerpt, indexed, read_query, tokens

#: Revisions put into the index in one transaction: some 100 ms.
BATCH = 200
#: Finds that are put in order of publication, those recorded last: a word that stands in every
#: article must not be a scan of all.
MAX_FOUND = 1000

#: PostgreSQL: the last position a lexeme can have, and how many bytes one may be long.
_MAX_POSITION, _MAX_LEXEME = 16_383, 2000
#: PostgreSQL: a tsvector holds at most a megabyte.
_MAX_VECTOR = 900_000

_NAME = "revision_search"
_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {_NAME} USING fts5"
    "(title, text, content='', tokenize='unicode61 remove_diacritics 2')"
)
_POSTGRES = (
    (
        f"CREATE TABLE IF NOT EXISTS {_NAME} ("
        "id bigint PRIMARY KEY REFERENCES revision(id) ON DELETE CASCADE, words tsvector NOT NULL)"
    ),
    f"CREATE INDEX IF NOT EXISTS ix_{_NAME}_words ON {_NAME} USING gin (words)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One revision that a query found."""

    article_id: int
    #: The number of the revision, and how many there are.
    revision: int
    revisions: int
    source_id: str
    url: str
    title: str
    status: str
    language: str | None
    published_at: datetime | None
    published_precision: str | None
    first_seen_at: datetime
    excerpt: str


class SearchReadPart(Part):
    """Finding."""

    def search(
        self,
        query: str,
        *,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        language: str | None = None,
        theme: str | None = None,
        older: bool = False,
        limit: int = 20,
    ) -> tuple[Hit, ...]:
        """Return what holds every word of *query* (see `searching.read_query`), newest first.

        Only what is in the index is found: call `index_pending` before. Only newest revisions
        are asked, unless *older*. At most `MAX_FOUND` finds, those recorded last, are ordered.

        Raises:
            QueryProblem: there is nothing to look for in *query*.
        """
        terms = read_query(query)
        if not self._search_ready():
            return ()
        when = func.coalesce(ArticleRow.published_at, ArticleRow.first_seen_at)
        wanted: list[ColumnElement[bool]] = []
        if not older:
            wanted.append(RevisionRow.number == ArticleRow.revision)
        for held, value in ((ArticleRow.source_id, source), (ArticleRow.language, language)):
            if value is not None:
                wanted.append(held == value)
        if since is not None:
            wanted.append(when >= since)
        if until is not None:
            wanted.append(when < until)
        if theme is not None:
            matched = select(MatchRow.id).where(
                MatchRow.article_id == ArticleRow.id, MatchRow.theme == theme
            )
            wanted.append(matched.exists())
        ids = self._matching(terms)
        found = (
            select(RevisionRow.id, when.label("dated"))
            .join(ids, ids.c.id == RevisionRow.id)
            .join(ArticleRow, ArticleRow.id == RevisionRow.article_id)
            .where(*wanted)
            .order_by(ids.c.id.desc())
            .limit(MAX_FOUND)
            .subquery()
        )
        rows = self._db.execute(
            select(*_HIT)
            .join(found, found.c.id == RevisionRow.id)
            .join(ArticleRow, ArticleRow.id == RevisionRow.article_id)
            .order_by(found.c.dated.desc(), RevisionRow.id.desc())
            .limit(limit)
        )
        return tuple(_hit(dict(row._mapping), terms) for row in rows)

    def _search_ready(self) -> bool:
        if self._postgres:
            return self._db.scalar(select(func.to_regclass(_NAME))) is not None
        there = text("SELECT 1 FROM sqlite_master WHERE name = :name")
        return self._db.scalar(there, {"name": _NAME}) is not None

    def _matching(self, terms: tuple[Term, ...]) -> Any:
        if self._postgres:
            made = table(_NAME, column("id"), column("words"))
            question = literal(_tsquery(terms)).op("::")(literal_column("tsquery"))
            return select(made.c.id).where(made.c.words.op("@@")(question)).subquery()
        made = table(_NAME, column("rowid"))
        matched = literal_column(_NAME).op("MATCH")(_fts(terms))
        return select(made.c.rowid.label("id")).where(matched).subquery()


class SearchPart(SearchReadPart):
    """Keeping the index."""

    def index_pending(self, limit: int = BATCH) -> int:
        """Put up to *limit* further revisions into the index; return how many there were."""
        if not self._search_ready():
            for statement in _POSTGRES if self._postgres else (_SQLITE,):
                self._db.execute(text(statement))
        key = "id" if self._postgres else "rowid"
        mark = text(f"SELECT {key} FROM {_NAME} ORDER BY {key} DESC LIMIT 1")  # noqa: S608 - constants
        done = self._db.scalar(mark) or 0
        rows = self._db.execute(
            select(RevisionRow.id, RevisionRow.title, RevisionRow.text)
            .where(RevisionRow.id > done)
            .order_by(RevisionRow.id)
            .limit(limit)
        ).all()
        if not rows:
            return 0
        if self._postgres:
            insert = text(f"INSERT INTO {_NAME} VALUES (:id, CAST(:words AS tsvector))")  # noqa: S608 - likewise
            values = [{"id": row.id, "words": _vector(row.title, row.text)} for row in rows]
        else:
            insert = text(f"INSERT INTO {_NAME}(rowid, title, text) VALUES (:id, :title, :text)")  # noqa: S608 - likewise
            values = [
                {"id": row.id, "title": indexed(row.title), "text": indexed(row.text)}
                for row in rows
            ]
        self._db.execute(insert, values)
        return len(rows)


def _fts(terms: tuple[Term, ...]) -> str:
    """Return the query in FTS5's language; tokens hold letters and digits only."""
    wanted = [_phrase(term) for term in terms if not term.excluded]
    unwanted = [_phrase(term) for term in terms if term.excluded]
    said = "(" + " AND ".join(wanted) + ")"
    return said + "".join(f" NOT {one}" for one in unwanted)


def _phrase(term: Term) -> str:
    return f'"{" ".join(term.tokens)}"' + ("*" if term.prefix else "")


def _tsquery(terms: tuple[Term, ...]) -> str:
    """Return the query in PostgreSQL's language."""
    said = []
    for term in terms:
        lexemes = [f"'{token}'" for token in term.tokens]
        if term.prefix:
            lexemes[-1] += ":*"
        said.append(("!" if term.excluded else "") + "(" + " <-> ".join(lexemes) + ")")
    return " & ".join(said)


def _vector(title: str, body: str) -> str:
    """Return a tsvector's text: made here, since its parser knows letters only as its locale does."""
    parts: list[str] = []
    size = 0
    for place, token in enumerate(tokens(f"{title}\n{body}"), start=1):
        part = f"'{token}':{min(place, _MAX_POSITION)}"
        size += len(part.encode())
        if size > _MAX_VECTOR:
            break
        if len(token.encode()) <= _MAX_LEXEME:
            parts.append(part)
    return " ".join(parts)


_HIT = (
    ArticleRow.id.label("article_id"),
    RevisionRow.number.label("revision"),
    ArticleRow.revision.label("revisions"),
    ArticleRow.source_id,
    ArticleRow.url,
    RevisionRow.title,
    RevisionRow.text,
    ArticleRow.status,
    ArticleRow.language,
    ArticleRow.published_at,
    ArticleRow.published_precision,
    ArticleRow.first_seen_at,
)


def _hit(fields: dict[str, Any], terms: tuple[Term, ...]) -> Hit:
    return Hit(excerpt=excerpt(fields.pop("text"), terms), **fields)
