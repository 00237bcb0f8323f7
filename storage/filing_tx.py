"""Which article a page is, and the rows around it: revisions in order, changes, aliases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from storage.clean import MAX_URL, details_of
from storage.decide import same_document
from storage.ingest_tx import TOUCHED, IngestPart, clip_url, forms
from storage.look import Look
from storage.models import (
    AliasRow,
    ArticleRow,
    CaptureRow,
    ChangeRow,
    RevisionRow,
)
from storage.part import filled, widened
from storage.reading import read_change
from storage.stories import Signature
from storage.types import Article, Capture, Change, ChangeClass
from storage.urls import is_front, same_site, twin_key

#: Twins looked at: more than a handful of articles under one weak key is no evidence at all.
_MAX_TWINS = 3


# Made once: to build a statement costs more than SQLite takes to answer it.
_FILED = select(ArticleRow).where(ArticleRow.url == bindparam("url")).with_for_update()
_SAME = (
    select(*TOUCHED)
    .join(
        RevisionRow,
        (RevisionRow.article_id == ArticleRow.id) & (RevisionRow.number == ArticleRow.revision),
    )
    .where(
        ArticleRow.url == bindparam("url"),
        ArticleRow.status != "withdrawn",
        RevisionRow.title == bindparam("title"),
        RevisionRow.text == bindparam("text"),
        RevisionRow.seen_at <= bindparam("seen_at"),
    )
)
_PROVE = (
    update(CaptureRow)
    .where(CaptureRow.id == bindparam("capture"))
    .values(article_id=bindparam("article"))
)
_KNOWN_AS = (
    select(ArticleRow.id)
    .where(ArticleRow.url.in_(bindparam("urls", expanding=True)))
    .union(select(AliasRow.article_id).where(AliasRow.url.in_(bindparam("urls", expanding=True))))
)
_TWINS = (
    select(ArticleRow)
    .where(ArticleRow.twin == bindparam("twin"), ArticleRow.source_id == bindparam("source_id"))
    .order_by(ArticleRow.id)
    .limit(_MAX_TWINS)
)

#: URLs looked up in one go; a longer chain of redirects is looked up one by one.
_MAX_SPELLINGS = 8
_ANY = widened(
    "SELECT id FROM article WHERE url IN (?)"
    " UNION ALL SELECT article_id FROM alias WHERE url IN (?)"
    " UNION ALL SELECT id FROM article WHERE twin = ? AND source_id = ? LIMIT 1",
    _MAX_SPELLINGS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a page is filed."""

    #: The article's row; None when it is a new one.
    row: Any | None
    #: Found only by its weaker key: another dress of the same URL.
    twin: bool = False
    aliases: frozenset[str] = frozenset()
    #: The URLs that led to the page.
    way: tuple[str, ...] = ()


class FilingPart(IngestPart):
    """Finding an article, and keeping its history in order."""

    def _file(self, article: Article, print_: str, way: tuple[str, ...]) -> Found:
        """Find the article a page is: by its canonical URL, or by the way that led there.

        Only the canonical URL itself is proof. An alias, a redirect, a twin may lead to another
        document by now, so there the texts must agree.
        """
        spellings = {
            form for url in {article.canonical_url, article.url, *way} for form in forms(url)
        }
        twin = twin_key(article.canonical_url)
        if self._unheard_of(spellings, twin, article.source_id):
            return Found(row=None, way=way)
        row = self._db.execute(_FILED, {"url": article.canonical_url}).first()
        if row is not None:
            return Found(row=row, aliases=self._aliases(row.id), way=way)
        ids = self._db.scalars(_KNOWN_AS, {"urls": sorted(spellings)}).all()
        for article_id in sorted(ids):
            row = self._row(ArticleRow.id == article_id)
            if row is not None and self._agrees(row, article, print_):
                alike = twin == row.twin
                return Found(row=row, twin=alike, aliases=self._aliases(row.id), way=way)
        key = {"twin": twin, "source_id": article.source_id}
        twins = self._db.execute(_TWINS, key).all()
        for row in twins:
            if self._agrees(row, article, print_):
                return Found(row=row, twin=True, aliases=self._aliases(row.id), way=way)
        return Found(row=None, way=way)

    def _unheard_of(self, spellings: Collection[str], twin: str, source_id: str) -> bool:
        """Return whether nothing is filed under any of these keys: so it is for a new article."""
        if len(spellings) > _MAX_SPELLINGS:
            return False
        urls = filled(sorted(spellings), _MAX_SPELLINGS)
        return not self._rows(_ANY, (*urls, *urls, twin, source_id))

    def _same_as_held(self, article: Article, way: tuple[str, ...]) -> Any | None:
        """Return the article's row if this look can tell nothing new of it, without comparing.

        Nine looks in ten are such: the very same characters, under the URL it is filed under.
        """
        if any(url != article.canonical_url for url in way):
            return None
        look = {
            "url": article.canonical_url,
            "title": article.title,
            "text": article.text,
            "seen_at": article.fetched_at,
        }
        return self._db.execute(_SAME, look).first()

    def _agrees(self, row: Row[Any], article: Article, print_: str) -> bool:
        held = self._db.execute(
            select(RevisionRow.title, RevisionRow.text, RevisionRow.fingerprint).where(
                RevisionRow.article_id == row.id
            )
        ).all()
        return any(revision.fingerprint == print_ for revision in held) or any(
            same_document((revision.title, revision.text), (article.title, article.text))
            for revision in held[-3:]
        )

    def _row(self, wanted: Any) -> Row[Any] | None:
        return self._db.execute(select(ArticleRow).where(wanted).with_for_update()).first()

    def _way(
        self,
        capture_id: int | None,
        capture: Capture | None,
        article: Article,
        asked: str | None,
    ) -> tuple[str, ...]:
        """Return the URLs that led to the page: what was asked for first, where it stands last."""
        hops: tuple[str, ...] = ()
        if capture is not None:
            hops = (capture.url, *capture.redirects, capture.final_url)
        elif capture_id is not None:
            row = self._db.execute(
                select(CaptureRow.url, CaptureRow.final_url, CaptureRow.redirects).where(
                    CaptureRow.id == capture_id
                )
            ).one()
            hops = (row.url, *row.redirects, row.final_url)
        urls = (asked, *hops, article.url)
        return tuple(dict.fromkeys(clip_url(url) for url in urls if url))

    def _aliases(self, article_id: int) -> frozenset[str]:
        return frozenset(
            self._db.scalars(select(AliasRow.url).where(AliasRow.article_id == article_id))
        )

    def _add_aliases(self, article_id: int, article: Article, found: Found) -> None:
        """Remember the URLs that led here, but never a home page, nor another article's URL."""
        spellings = {
            form
            for url in (article.canonical_url, *found.way)
            if not is_front(url) and (url == found.way[0] or same_site(url, article.canonical_url))
            for form in forms(url)
        }
        wanted = {
            url
            for url in spellings - {article.canonical_url if found.row is None else found.row.url}
            if len(url.encode()) <= MAX_URL
        }
        if not wanted:
            return
        filed = set(self._db.scalars(select(ArticleRow.url).where(ArticleRow.url.in_(wanted))))
        for url in sorted(wanted - filed):
            values = {"url": url, "article_id": article_id, "seen_at": article.fetched_at}
            # It may have led to another article before; where it leads now is what counts.
            self._upsert(
                AliasRow,
                ("url",),
                values,
                {"article_id": article_id, "seen_at": article.fetched_at},
            )

    def _move_alias(self, article_id: int, *, old: str, new: str, seen_at: datetime) -> None:
        """The URL it was filed under becomes an alias; the one it has now is none any more."""
        self._db.execute(delete(AliasRow).where(AliasRow.url == new))
        self._insert_new(AliasRow, {"url": old, "article_id": article_id, "seen_at": seen_at})

    def _prints(self, article_id: int) -> Sequence[Any]:
        """Return id, number, fingerprint and time of every revision, the first first."""
        return self._db.execute(
            select(RevisionRow.id, RevisionRow.number, RevisionRow.fingerprint, RevisionRow.seen_at)
            .where(RevisionRow.article_id == article_id)
            .order_by(RevisionRow.number)
        ).all()

    def _newest_revision_id(self, article_id: int) -> int:
        found = self._db.scalar(
            select(RevisionRow.id)
            .where(RevisionRow.article_id == article_id)
            .order_by(RevisionRow.number.desc())
            .limit(1)
        )
        assert found is not None, "an article without a revision"
        return found

    def _add_change(
        self,
        article_id: int,
        change_class: ChangeClass,
        *,
        score: float,
        reasons: Sequence[str],
        before_id: int | None,
        after_id: int,
        seen_at: datetime,
        run_id: int | None,
    ) -> Change:
        change_id = self._insert(
            ChangeRow,
            {
                "article_id": article_id,
                "change_class": change_class.value,
                "score": score,
                "reasons": list(reasons),
                "before_id": before_id,
                "after_id": after_id,
                "seen_at": seen_at,
                "run_id": run_id,
            },
        )
        return read_change(self, change_id)

    def _keep_capture(self, look: Look) -> Look:
        """Store the response that proves something new, unless it is stored."""
        if look.capture is None or look.capture_id is not None:
            return look
        source_id = look.article.source_id
        kept = self.add_capture(source_id, look.capture, run_id=look.run_id)
        return replace(look, capture_id=kept)

    def _add_revision(self, article_id: int, number: int, look: Look, marks: Signature) -> int:
        return self._insert(
            RevisionRow,
            {
                "article_id": article_id,
                "number": number,
                "fingerprint": look.fingerprint,
                "title": look.article.title,
                "text": look.article.text,
                "language": look.article.language,
                "seen_at": look.seen_at,
                "capture_id": look.capture_id,
                "signature": marks.pack(),
                "details": details_of(look.article),
            },
        )

    def _prove(self, capture_id: int, article_id: int) -> None:
        """Note which article a capture is evidence of."""
        self._db.execute(_PROVE, {"capture": capture_id, "article": article_id})
