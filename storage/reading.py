"""Reading articles, their history and their evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from storage.ingest_tx import forms
from storage.models import (
    AliasRow,
    ArticleRow,
    ChangeRow,
    MatchRow,
    RevisionRow,
)
from storage.part import Part
from storage.reading_captures import ReadCapturesPart
from storage.reading_stories import ReadStoriesPart
from storage.types import Change, ChangeClass, CopyKind, Revision
from storage.views import ArticleView

_NEWEST = (RevisionRow.article_id == ArticleRow.id) & (RevisionRow.number == ArticleRow.revision)
_MEMORY = frozenset({"memory", "gone_count", "gone_since", "checks", "twin", "copy_adds"})


class ReadPart(ReadStoriesPart, ReadCapturesPart):
    """Articles, revisions, changes, captures, stories."""

    def articles(
        self,
        *,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        status: str | None = None,
        theme: str | None = None,
        watchlist: str | None = None,
        language: str | None = None,
        words: str | None = None,
        with_text: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[ArticleView, ...]:
        """Return articles, the newest first: by publication, or when it is not known, first seen.

        *since* (included) and *until* (excluded) bound that time. *words* must all occur in title
        or text, in any case: a scan, made for a person, not for a service.
        """
        wanted: list[ColumnElement[bool]] = []
        for column, value in (
            (ArticleRow.source_id, source),
            (ArticleRow.status, status),
            (ArticleRow.language, language),
        ):
            if value is not None:
                wanted.append(column == value)
        if theme is not None or watchlist is not None:
            matched = select(MatchRow.id).where(MatchRow.article_id == ArticleRow.id)
            if theme is not None:
                matched = matched.where(MatchRow.theme == theme)
            if watchlist is not None:
                matched = matched.where(MatchRow.watchlist == watchlist)
            wanted.append(matched.exists())
        # A scan: `search` is the one with an index.
        wanted += [
            or_(
                RevisionRow.title.icontains(word, autoescape=True),
                RevisionRow.text.icontains(word, autoescape=True),
            )
            for word in (words or "").split()
        ]
        # Two halves, each in the order of an index: one order over both is a sort of the whole
        # table (measured: 100 ms for 50 of 100,000 rows).
        halves = [
            _half(moment, is_known, wanted, since, until, limit=limit + offset, joined=bool(words))
            for moment, is_known in (
                (ArticleRow.published_at, ArticleRow.published_at.is_not(None)),
                (ArticleRow.first_seen_at, ArticleRow.published_at.is_(None)),
            )
        ]
        both = union_all(*(select(half.c.id, half.c.moment) for half in halves)).subquery()
        query = _article_query(with_text=with_text or bool(words)).join(
            both, both.c.id == ArticleRow.id
        )
        query = query.order_by(both.c.moment.desc(), ArticleRow.id.desc())
        return tuple(_article(row) for row in self._db.execute(query.limit(limit).offset(offset)))

    def article(self, ref: int | str) -> ArticleView | None:
        """Return one article with its text, by id, or by any URL it is or was known under."""
        key = self.article_id(ref)
        if key is None:
            return None
        row = self._db.execute(_article_query(with_text=True).where(ArticleRow.id == key)).first()
        if row is None:
            return None
        aliases = self._db.scalars(
            select(AliasRow.url).where(AliasRow.article_id == key).order_by(AliasRow.url)
        )
        return _article(row, tuple(aliases))

    def article_id(self, ref: int | str) -> int | None:
        """Return the id behind *ref*: an id (also as digits), or a URL; None when there is none."""
        if isinstance(ref, int) or ref.isdecimal():
            number = int(ref)
            # Beyond this no database of ours can hold an id.
            if number >= 2**63:
                return None
            return self._db.scalar(select(ArticleRow.id).where(ArticleRow.id == number))
        spellings = forms(ref)
        direct = select(ArticleRow.id).where(ArticleRow.url.in_(spellings))
        alias = select(AliasRow.article_id).where(AliasRow.url.in_(spellings))
        return self._db.scalar(direct) or self._db.scalar(alias)

    def revisions(self, article_id: int) -> tuple[Revision, ...]:
        """Return every version of an article, the first first."""
        rows = self._db.execute(
            select(*REVISION)
            .where(RevisionRow.article_id == article_id)
            .order_by(RevisionRow.number)
        )
        return tuple(Revision(**row._mapping) for row in rows)

    def changes(self, article_id: int) -> tuple[Change, ...]:
        """Return everything that happened to an article, the first first."""
        return read_changes(self, ChangeRow.article_id == article_id)


REVISION = (
    RevisionRow.article_id,
    RevisionRow.number,
    RevisionRow.fingerprint,
    RevisionRow.title,
    RevisionRow.text,
    RevisionRow.seen_at,
    RevisionRow.capture_id,
    RevisionRow.language,
)

_NAMES = tuple(column.key for column in REVISION)
_BEFORE, _AFTER = aliased(RevisionRow), aliased(RevisionRow)

# Built once: building it costs more than running it.
_CHANGES = (
    select(
        ChangeRow.id,
        ChangeRow.change_class,
        ChangeRow.score,
        ChangeRow.reasons,
        ChangeRow.seen_at,
        _BEFORE.id.label("b"),
        *(getattr(_BEFORE, name).label(f"b_{name}") for name in _NAMES),
        *(getattr(_AFTER, name).label(f"a_{name}") for name in _NAMES),
    )
    .join(_BEFORE, _BEFORE.id == ChangeRow.before_id, isouter=True)
    .join(_AFTER, _AFTER.id == ChangeRow.after_id)
    .order_by(ChangeRow.seen_at, ChangeRow.id)
)


_CHANGE = _CHANGES.where(ChangeRow.id == bindparam("id"))


def read_changes(part: Part, wanted: ColumnElement[bool]) -> tuple[Change, ...]:
    """Return these changes with the revisions on both sides, in the order they happened."""
    return _changes(part._db.execute(_CHANGES.where(wanted)))


def read_change(part: Part, change_id: int) -> Change:
    """Return one change that is known to be there."""
    return _changes(part._db.execute(_CHANGE, {"id": change_id}))[0]


def _changes(rows: Iterable[Row[Any]]) -> tuple[Change, ...]:
    found = []
    for row in rows:
        fields = row._mapping
        old = None if row.b is None else Revision(**{n: fields[f"b_{n}"] for n in _NAMES})
        new = Revision(**{n: fields[f"a_{n}"] for n in _NAMES})
        found.append(
            Change(
                id=row.id,
                article_id=new.article_id,
                change_class=ChangeClass(row.change_class),
                score=row.score,
                reasons=tuple(row.reasons),
                seen_at=row.seen_at,
                before=old,
                after=new,
            )
        )
    return tuple(found)


def _article_query(*, with_text: bool) -> Select[Any]:
    columns = [column for column in ArticleRow.__table__.c if column.key not in _MEMORY]
    text = (RevisionRow.text, RevisionRow.fingerprint) if with_text else (RevisionRow.fingerprint,)
    return select(*columns, *text).join(RevisionRow, _NEWEST, isouter=True)


def _half(
    moment: InstrumentedAttribute[Any],
    is_known: ColumnElement[bool],
    wanted: list[ColumnElement[bool]],
    since: datetime | None,
    until: datetime | None,
    *,
    limit: int,
    joined: bool,
) -> Any:
    """Return ids and times of the newest articles whose time is *moment*."""
    query = select(ArticleRow.id, moment.label("moment")).where(is_known, *wanted)
    if joined:
        query = query.join(RevisionRow, _NEWEST, isouter=True)
    if since is not None:
        query = query.where(moment >= since)
    if until is not None:
        query = query.where(moment < until)
    return query.order_by(moment.desc(), ArticleRow.id.desc()).limit(limit).subquery()


def _article(row: Row[Any], aliases: tuple[str, ...] = ()) -> ArticleView:
    fields = dict(row._mapping)
    fields.setdefault("text", None)
    read_from = fields.pop("published_from")
    details = dict(fields.pop("details"))
    if read_from is not None:
        details["published_from"] = read_from
    kind = CopyKind(fields.pop("copy_kind"))
    return ArticleView(**fields, details=details, copy_kind=kind, aliases=aliases)
