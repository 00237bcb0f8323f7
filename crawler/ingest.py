"""The one transaction: a page's evidence, article, revision, story, matches, alerts and outbox rows.

Crawl, import, backfill and the demo all come through `ingest`; nothing else opens that transaction.
Nothing is sent before it is committed, and no article is stored without its alerts.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.match import Matcher, Subject
from alerts.payload import article_view
from alerts.plan import plan
from alerts.watchlist import Watchlist
from spiders.items import Page
from spiders.sources import Source
from storage.archive import Archive, Transaction
from storage.failpoints import failpoint
from storage.gone import Verdict, VerdictKind, judge
from storage.types import Article, Discovery, Match, Recorded, WithdrawalPolicy

logger = logging.getLogger(__name__)

_AWAY = (VerdictKind.GONE, VerdictKind.SOFT_GONE)
#: How long a change waits that reads like another article's of its source: long enough for a run
#: to find the same edit on a fifth page (storage/template_tx.py), short enough to be news.
TEMPLATE_WAIT = timedelta(minutes=10)

_SAID_NOTHING = (VerdictKind.BLOCKED, VerdictKind.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What ingesting needs besides the page: who listens, and what sources are called."""

    matcher: Matcher
    watchlists: tuple[Watchlist, ...]
    sources: Mapping[str, Source] = field(default_factory=dict)
    withdrawal: WithdrawalPolicy = field(default_factory=WithdrawalPolicy)

    @property
    def names(self) -> dict[str, str]:
        """Readable names of sources, by id."""
        return {source.id: source.name for source in self.sources.values()}


def ingest(
    archive: Archive,
    page: Page,
    article: Article,
    *,
    desk: Desk,
    now: datetime,
    run_id: int | None = None,
    baseline: bool = False,
    history: bool = False,
) -> Recorded:
    """File *page*, read as *article*, with all that follows from it, in one commit.

    Args:
        history: the page is of the past; see `ingest_into`.

    Returns:
        What was done; `outcome` and `reason` say why when nothing was stored.

    Raises:
        StorageError: the database refused; nothing of the page was stored.
    """
    with archive.begin() as tx:
        recorded = ingest_into(
            tx,
            page,
            article,
            desk=desk,
            now=now,
            run_id=run_id,
            baseline=baseline,
            history=history,
        )
        failpoint("ingest.before_commit")
    failpoint("ingest.after_commit")
    logger.debug("%s %s: %s", recorded.outcome, page.capture.final_url, recorded.reason or "")
    return recorded


def ingest_into(
    tx: Transaction,
    page: Page,
    article: Article,
    *,
    desk: Desk,
    now: datetime,
    run_id: int | None = None,
    baseline: bool = False,
    history: bool = False,
) -> Recorded:
    """Do the work of `ingest` inside a transaction that somebody else opened (dry runs, batches).

    Args:
        history: the page is of the past: it cannot say that an article is gone today.
    """
    capture = page.capture
    previous = tx.newest_text(page.entry.url)
    verdict = judge(
        capture,
        title=article.title,
        text=article.text,
        is_article=article.is_article,
        refusal=article.refusal,
        previous_text=previous,
    )
    known = previous is not None
    if verdict.kind in _AWAY and known and not history:
        capture_id = tx.add_capture(page.source_id, capture, run_id=run_id)
        recorded = tx.record_gone(
            page.entry.url,
            verdict=verdict,
            capture_id=capture_id,
            now=now,
            run_id=run_id,
            policy=desk.withdrawal,
        )
    elif verdict.kind in _AWAY + _SAID_NOTHING or not article.is_article:
        return _refuse(tx, page, _why(verdict, article), now=now, run_id=run_id)
    else:
        recorded = tx.record(
            article,
            capture=capture,
            asked=page.entry.url,
            found_by=page.entry.found_by,
            now=now,
            run_id=run_id,
            baseline=baseline,
        )
    if recorded.change is not None:
        _tell(tx, recorded, article, desk=desk, now=now)
    return recorded


def ingest_read(
    tx: Transaction,
    article: Article,
    *,
    found_by: Discovery,
    desk: Desk,
    now: datetime,
    run_id: int | None = None,
    baseline: bool = False,
) -> Recorded:
    """File an *article* that was read elsewhere and came without its page (imports)."""
    recorded = tx.record(article, found_by=found_by, now=now, run_id=run_id, baseline=baseline)
    if recorded.change is not None:
        _tell(tx, recorded, article, desk=desk, now=now)
    return recorded


def _why(verdict: Verdict, article: Article) -> str:
    if verdict.kind in _AWAY + _SAID_NOTHING:
        return verdict.reason
    return article.refusal or "not an article"


def _refuse(
    tx: Transaction, page: Page, reason: str, *, now: datetime, run_id: int | None
) -> Recorded:
    """Remember a page that is no article, with its evidence the first time.

    A wall or a fault in front of an article we hold changes nothing about that article; it is
    remembered as a refusal of that URL all the same, so that `status` can show it.
    """
    url = page.entry.url
    seen_before = tx.refused_as(url) == reason
    capture_id = (
        None if seen_before else tx.add_capture(page.source_id, page.capture, run_id=run_id)
    )
    tx.record_refusal(url, source_id=page.source_id, reason=reason, capture_id=capture_id, now=now)
    return Recorded(article_id=None, change=None, outcome="refused", reason=reason)


def _tell(
    tx: Transaction, recorded: Recorded, article: Article, *, desk: Desk, now: datetime
) -> None:
    """Match the newest revision and put what must be told into the outbox."""
    change, member = recorded.change, recorded.member
    assert change is not None
    source = desk.sources.get(article.source_id)
    matches: tuple[Match, ...] = desk.matcher.match(
        Subject(
            title=change.after.title,
            text=change.after.text,
            language=change.after.language,
            source_id=article.source_id,
            url=article.canonical_url,
            published_at=article.published_at,
            agency=article.wire.agency,
        )
    )
    first = tx.add_matches(recorded, matches)
    if recorded.baseline:
        # As `plan` would say, which need not be asked.
        return
    drafts = plan(
        recorded,
        matches,
        desk.watchlists,
        told=lambda watchlist: tx.told(watchlist, member.story_id) if member is not None else None,
        now=now,
        article_view=article_view(
            article,
            source_name=source.name if source else article.site or article.source_id,
            zone=source.zone if source else None,
            names=desk.names,
        ),
        first=first,
        mutes=tx.mutes(now=now),
    )
    # The same edit on a second page may be the template's: told a little later, if it is not.
    later = now + TEMPLATE_WAIT if recorded.repeats else None
    for draft in drafts:
        if later is not None and (draft.due_at is None or draft.due_at < later):
            draft = replace(draft, due_at=later)
        tx.enqueue(draft, now=now)
