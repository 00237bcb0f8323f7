"""What a crawl writes beside articles: captures, refusals, validators; and what it may ask."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, null, select, update

from storage.blobs import CODEC, pack
from storage.clean import MAX_URL, clean
from storage.models import (
    AliasRow,
    ArticleRow,
    BlobRow,
    CaptureRow,
    RefusalRow,
    RevisionRow,
    ValidatorRow,
)
from storage.recheck import next_check
from storage.types import Capture, Known
from storage.urls import canonical_url
from storage.validator_tx import ValidatorPart

# Answers carry sessions of ours; evidence does not need them, and a database is copied about.
_SECRET_HEADERS = re.compile(
    r"set-cookie|cookie|authorization|token|secret|api-?key", re.IGNORECASE
)

#: Longest header value kept, and how many headers.
_MAX_HEADER, _MAX_HEADERS = 4000, 100

#: Values in one IN (...): SQLite before 3.32 allowed 999 variables.
_CHUNK = 400

#: How long a redirect is believed at first, and at last: as long as it has held so far.
_ALIAS_TRUST, _ALIAS_TRUST_MAX = timedelta(hours=12), timedelta(days=30)


# Made once: to build a statement costs more than SQLite takes to answer it.
_BLOB = select(BlobRow.size).where(BlobRow.hash == bindparam("hash"))
_DIRECT = select(ArticleRow.id).where(ArticleRow.url.in_(bindparam("urls", expanding=True)))
_LED_TO = select(AliasRow.article_id).where(AliasRow.url.in_(bindparam("urls", expanding=True)))
_AT = select(func.coalesce(_DIRECT.limit(1).scalar_subquery(), _LED_TO.limit(1).scalar_subquery()))
_NEWEST_TEXT = (
    select(RevisionRow.text)
    .join(
        ArticleRow,
        (RevisionRow.article_id == ArticleRow.id) & (RevisionRow.number == ArticleRow.revision),
    )
    .where(ArticleRow.id == bindparam("id"))
)

#: What `touch` needs of an article.
TOUCHED = (
    *(ArticleRow.id, ArticleRow.url, ArticleRow.status, ArticleRow.published_at),
    *(ArticleRow.first_seen_at, ArticleRow.last_seen_at, ArticleRow.last_changed_at),
    ArticleRow.gone_since,
)


class IngestPart(ValidatorPart):
    """Captures, refusals, validators, and the memory discovery asks."""

    def add_capture(self, source_id: str, capture: Capture, *, run_id: int | None = None) -> int:
        """Store one response with its body, and return its id.

        The body is kept once however often it is served; headers that may carry a secret are not.
        """
        # Looked up first: compressing is what costs, and most bodies repeat.
        if capture.body and not self._has_blob(capture.body_hash):
            blob = {
                "hash": capture.body_hash,
                "codec": CODEC,
                "size": len(capture.body),
                "data": pack(capture.body),
            }
            self._insert_new(BlobRow, blob)
        return self._insert(
            CaptureRow,
            {
                "source_id": source_id,
                "run_id": run_id,
                "url": clip_url(capture.url),
                "final_url": clip_url(capture.final_url),
                "redirects": [clip_url(url) for url in capture.redirects],
                "status": capture.status,
                "headers": _kept(capture.headers),
                "body_hash": capture.body_hash if capture.body else None,
                "fetched_at": capture.fetched_at,
            },
        )

    def _has_blob(self, body_hash: str) -> bool:
        return self._db.scalar(_BLOB, {"hash": body_hash}) is not None

    def record_refusal(
        self, url: str, *, source_id: str, reason: str, capture_id: int | None, now: datetime
    ) -> None:
        """Remember that what stands at *url* is not an article, and why; counted when repeated."""
        values = {
            "url": clip_url(url),
            "source_id": source_id,
            "reason": clean(reason)[:500],
            "first_at": now,
            "last_at": now,
            "count": 1,
            "capture_id": capture_id,
        }
        again = {key: values[key] for key in ("reason", "last_at", "capture_id")}
        self._upsert(RefusalRow, ("url",), values, {**again, "count": RefusalRow.count + 1})

    def touch(self, url: str, *, now: datetime) -> bool:
        """Note that the article at *url* was seen unchanged; say if there is one.

        An article that seemed to be gone is live again; a withdrawn one is for `record` to
        restore, which has the evidence.
        """
        row = self._db.execute(
            select(*TOUCHED).where(ArticleRow.id == self._article_at(url))
        ).first()
        if row is None:
            return False
        self._touch_row(row, now, seen_at=now)
        return True

    def _touch_row(self, row: Any, now: datetime, *, seen_at: datetime) -> None:
        """Note that the article of *row* stood at *seen_at* as we know it."""
        values: dict[str, Any] = {
            "last_seen_at": max(row.last_seen_at, seen_at),
            "checks": ArticleRow.checks + 1,
            "next_check_at": next_check(
                url=row.url,
                first_seen_at=row.first_seen_at,
                last_changed_at=row.last_changed_at,
                published_at=row.published_at,
                now=now,
            ),
        }
        if row.status == "missing" and seen_at >= (row.gone_since or seen_at):
            values |= {"status": "live", "gone_count": 0, "gone_since": None}
        self._db.execute(update(ArticleRow).where(ArticleRow.id == row.id).values(**values))

    def _article_at(self, url: str) -> int | None:
        """Return the article filed under *url*, in this form, its canonical one, or an alias."""
        found: int | None = self._db.scalar(_AT, {"urls": list(forms(url))})
        return found

    def newest_text(self, url: str) -> str | None:
        """Return the newest text of the article at *url*; None when there is no such article."""
        found = self._article_at(url)
        return None if found is None else self._db.scalar(_NEWEST_TEXT, {"id": found})

    def refused_as(self, url: str) -> str | None:
        """Return why what stands at *url* is not an article; None when it was never refused."""
        return self._db.scalar(select(RefusalRow.reason).where(RefusalRow.url == clip_url(url)))

    def known(self, urls: Collection[str], *, now: datetime | None = None) -> dict[str, Known]:
        """Return what we hold of *urls*, by the URL as given; what we do not know is left out.

        With *now*, neither is a URL that only led to an article, some time ago: `/latest.html`
        leads to another one every day. It is to be followed again after half a day, and after
        ever longer as long as it leads to the same.
        """
        wanted: dict[str, list[str]] = {}
        for url in urls:
            for form in forms(url):
                wanted.setdefault(form, []).append(url)
        held: dict[str, Known] = {}
        for forms_ in _chunks(list(wanted)):
            # The weakest first: what is an article now may have been refused once.
            for form, known in (*self._refused(forms_), *self._filed(forms_, now)):
                held |= {url: _under(known, url) for url in wanted[form]}
        return held

    def _refused(self, urls: list[str]) -> Iterator[tuple[str, Known]]:
        rows = self._db.execute(
            select(RefusalRow.url, RefusalRow.last_at, RefusalRow.reason, RefusalRow.count).where(
                RefusalRow.url.in_(urls)
            )
        )
        for url, last_at, reason, count in rows:
            yield (
                url,
                Known(
                    url=url, article_id=None, last_seen_at=last_at, refused=reason, refusals=count
                ),
            )

    def _filed(self, urls: list[str], now: datetime | None) -> Iterator[tuple[str, Known]]:
        columns = (
            ArticleRow.id,
            ArticleRow.last_seen_at,
            ArticleRow.title,
            ArticleRow.status,
            ArticleRow.published_at,
        )
        aliased = (
            select(AliasRow.url, *columns, AliasRow.seen_at, ArticleRow.first_seen_at)
            .join(ArticleRow, ArticleRow.id == AliasRow.article_id)
            .where(AliasRow.url.in_(urls))
        )
        direct = select(ArticleRow.url, *columns, null(), null()).where(ArticleRow.url.in_(urls))
        for statement in (aliased, direct):
            for (
                url,
                article_id,
                seen_at,
                title,
                status,
                published_at,
                led,
                born,
            ) in self._db.execute(statement):
                if now is not None and led is not None and not _still_leads(led, born, now):
                    continue
                yield (
                    url,
                    Known(
                        url=url,
                        article_id=article_id,
                        last_seen_at=seen_at,
                        title=title,
                        status=status,
                        published_at=published_at,
                    ),
                )

    def drop_validators(self, source_id: str) -> int:
        """Forget what *source_id* answered before, so that all is fetched in full; say how many."""
        return self._db.execute(
            delete(ValidatorRow).where(ValidatorRow.source_id == source_id)
        ).rowcount


def forms(url: str) -> tuple[str, ...]:
    """Return the spellings under which *url* may be filed: as given, and canonical."""
    try:
        canonical = canonical_url(url)
    except ValueError:
        return (url,)
    return (url,) if canonical == url else (url, canonical)


def clip_url(url: str) -> str:
    """Return *url* as a column can hold it: cleaned, and no longer than an index key may be."""
    return clean(url).encode()[:MAX_URL].decode(errors="ignore")


def _still_leads(seen_at: datetime, first_seen_at: datetime, now: datetime) -> bool:
    """Return whether a URL seen to lead to an article at *seen_at* is taken to do so at *now*."""
    proven = min(max(seen_at - first_seen_at, _ALIAS_TRUST), _ALIAS_TRUST_MAX)
    return now - seen_at < proven


def _under(known: Known, url: str) -> Known:
    return replace(known, url=url)


def _kept(headers: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [
        [clean(name)[:200], clean(value)[:_MAX_HEADER]]
        for name, value in headers[:_MAX_HEADERS]
        if not _SECRET_HEADERS.search(name)
    ]


def _chunks(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
