"""record: one look at an article becomes a revision, a change and a place in a story, or nothing."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import update

from storage.changes import compare
from storage.clean import clean_article
from storage.decide import Held, Step, decide
from storage.failpoints import failpoint
from storage.filing_tx import Found
from storage.fingerprint import fingerprint
from storage.look import (
    Look,
    check_after,
    columns_of,
    in_order,
    is_past,
    memory_after,
    place_of,
    refusal_of,
    seen_of,
)
from storage.models import ArticleRow
from storage.part import INGEST_LOCK
from storage.past_tx import PastPart
from storage.restless_tx import RestlessPart, settled, settled_seen, streak_after
from storage.stories import signature
from storage.story_tx import StoryPart
from storage.template_tx import TemplatePart
from storage.types import Article, Capture, Change, Difference, Discovery, Recorded
from storage.urls import twin_key
from storage.volatile import masks

logger = logging.getLogger(__name__)


class RecordPart(PastPart, StoryPart, TemplatePart, RestlessPart):
    """Articles, revisions, changes."""

    def lock_articles(self) -> None:
        """Let no other transaction record an article until this one ends."""
        self._serialise(INGEST_LOCK)

    def record(
        self,
        article: Article,
        *,
        found_by: Discovery,
        now: datetime,
        capture: Capture | None = None,
        capture_id: int | None = None,
        asked: str | None = None,
        run_id: int | None = None,
        baseline: bool = False,
    ) -> Recorded:
        """Store what was seen of *article*, once: recording the same again does nothing.

        The order of revisions is that of `article.fetched_at`, never of what the publisher
        claims. What is not an article is noted as a refusal.

        Args:
            capture: The response it was read from; stored when it proves something new.
            capture_id: The same, when it is stored already.
            asked: The URL discovery found, if another than the capture's.
            baseline: Whether this is the first crawl of its source.
        """
        self.lock_articles()
        article = clean_article(article)
        if reason := refusal_of(article):
            if capture is not None:
                capture_id = self.add_capture(article.source_id, capture, run_id=run_id)
            self.record_refusal(
                article.url,
                source_id=article.source_id,
                reason=reason,
                capture_id=capture_id,
                now=now,
            )
            return Recorded(article_id=None, change=None, outcome="refused", reason=reason)
        way = self._way(capture_id, capture, article, asked)
        if (known := self._same_as_held(article, way)) is not None:
            self._touch_row(known, now, seen_at=article.fetched_at)
            if capture_id is not None:
                self._prove(capture_id, known.id)
            return Recorded(
                article_id=known.id,
                change=None,
                outcome="unchanged",
                reason="the same text",
                baseline=baseline,
            )
        look = Look(
            article=article,
            fingerprint=fingerprint(article.title, article.text),
            seen_at=article.fetched_at,
            capture_id=capture_id,
            capture=capture,
            found_by=found_by,
            now=now,
            run_id=run_id,
            baseline=baseline,
        )
        found = self._file(article, look.fingerprint, way)
        new = found.row is None
        recorded = self._record_new(look) if new else self._record_known(look, found)
        assert recorded.article_id is not None
        if capture_id is not None:
            self._prove(capture_id, recorded.article_id)
        self._add_aliases(recorded.article_id, article, found)
        return recorded

    def _record_new(self, look: Look) -> Recorded:
        step = decide(None, seen_of(look, twin=False), _compare)
        look = self._keep_capture(look)
        text = look.article
        marks = signature(text.title, text.text, language=text.language)
        place = self._find_place(look.article, marks, first_seen_at=look.seen_at)
        article_id = self._insert(
            ArticleRow,
            {
                "source_id": text.source_id,
                "url": text.canonical_url,
                "twin": twin_key(text.canonical_url),
                "status": "live",
                "revision": 1,
                "found_by": look.found_by.value,
                "first_seen_at": look.seen_at,
                "last_seen_at": look.seen_at,
                "last_changed_at": look.seen_at,
                "baseline": look.baseline,
                "next_check_at": check_after(
                    text.canonical_url, look, look.seen_at, look.seen_at, text.published_at
                ),
                **place.columns,
                **columns_of(text),
            },
        )
        failpoint("ingest.article_inserted")
        if look.capture_id is not None:
            self._prove(look.capture_id, article_id)
        revision_id = self._add_revision(article_id, 1, look, marks)
        self._take_place(article_id, place, marks)
        return self._told(look, article_id, step, None, revision_id)

    def _record_known(self, look: Look, found: Found) -> Recorded:
        row = found.row
        assert row is not None
        prints = self._prints(row.id)
        until = max(prints[-1].seen_at, row.last_seen_at, row.gone_since or row.last_seen_at)
        look = in_order(look, until)
        position = place_of(look, prints)
        before = self._version(prints[position - 1].id) if position else None
        after = self._version(prints[position].id) if position < len(prints) else None
        # Lines learned to be the site's own since the last look: their going is no edit.
        lines = masks(look.article.facts.get("site_lines", ()))
        past = after is not None or is_past(look, until)
        lines |= self._volatile(row, look.article.title, None if past else look.article.text)
        held = Held(
            url=row.url,
            status=row.status,
            before=settled(before, lines),
            after=settled(after, lines),
            past=past,
            prints=tuple((held.number, held.fingerprint) for held in prints),
            cosmetic=frozenset(row.memory.get("cosmetic", ())),
            flips=tuple(datetime.fromisoformat(at) for at in row.memory.get("flips", ())),
            aliases=found.aliases,
        )
        step = decide(held, settled_seen(seen_of(look, twin=found.twin), lines), _compare)
        if step.change is not None or step.antedates:
            look = self._keep_capture(look)
            if look.capture_id is not None:
                self._prove(look.capture_id, row.id)
        before_id = prints[position - 1].id if position else None
        if step.antedates:
            self._antedate(prints[position].id, look)
        if step.outcome == "older":
            return self._record_older(look, row, step, before_id, newest=after is None)
        return self._record_latest(look, row, step, before_id, lines)

    def _record_latest(
        self, look: Look, row: Any, step: Step, before_id: int | None, lines: frozenset[str]
    ) -> Recorded:
        url = look.article.canonical_url if step.moves else row.url
        changed_at = look.seen_at if step.number is not None else row.last_changed_at
        values: dict[str, Any] = {
            "status": "live",
            "gone_count": 0,
            "gone_since": None,
            "checks": ArticleRow.checks + 1,
            "last_seen_at": max(row.last_seen_at, look.seen_at),
            "last_changed_at": changed_at,
            "next_check_at": check_after(
                url, look, row.first_seen_at, changed_at, row.published_at
            ),
        }
        if step.moves:
            values |= {"url": url, "twin": twin_key(url)}
            self._move_alias(row.id, old=row.url, new=url, seen_at=look.seen_at)
        memory = memory_after(row.memory, look, step, volatile=lines, streak=streak_after(row))
        if memory is not None:
            values["memory"] = memory
        marks = None
        if step.number is not None:
            values |= {"revision": step.number, **columns_of(look.article)}
            text = look.article
            marks = signature(text.title, text.text, language=text.language)
        elif row.published_at is None and look.article.published_at is not None:
            values["published_at"] = look.article.published_at
        self._db.execute(update(ArticleRow).where(ArticleRow.id == row.id).values(**values))
        after_id = before_id
        if step.number is not None and marks is not None:
            assert before_id is not None
            after_id = self._add_revision(row.id, step.number, look, marks)
            old = self._marks_of(before_id)
            self._replace_marks(row.id, look.article, old=old, marks=marks)
        return self._told(look, row.id, step, before_id, after_id)

    def _record_older(
        self, look: Look, row: Any, step: Step, before_id: int | None, *, newest: bool
    ) -> Recorded:
        self._note_older(look, row, step)
        if step.number is None:
            return self._told(look, row.id, step, before_id, before_id)
        next_id = None if newest else self._shift(row.id, step.number)
        text = look.article
        marks = signature(text.title, text.text, language=text.language)
        inserted = self._add_revision(row.id, step.number, look, marks)
        recorded = self._told(look, row.id, step, before_id, inserted)
        if next_id is not None:
            self._relink(row.id, inserted, next_id, language=text.language)
        elif before_id is not None and not self._restate(
            row, look, newest_id=before_id, inserted=inserted
        ):
            values = columns_of(text)
            self._db.execute(update(ArticleRow).where(ArticleRow.id == row.id).values(**values))
            self._replace_marks(row.id, text, old=self._marks_of(before_id), marks=marks)
        return recorded

    def _told(
        self, look: Look, article_id: int, step: Step, before_id: int | None, after_id: int | None
    ) -> Recorded:
        change: Change | None = None
        repeats = 0
        if step.change is not None:
            assert after_id is not None
            step, repeats = self._as_template(
                step, source_id=look.article.source_id, seen_at=look.seen_at
            )
            assert step.change is not None
            change = self._add_change(
                article_id,
                step.change,
                score=step.score,
                reasons=step.reasons,
                before_id=before_id,
                after_id=after_id,
                seen_at=look.seen_at,
                run_id=look.run_id,
            )
            logger.debug("%s: article %d, %s", step.outcome, article_id, "; ".join(step.reasons))
        member, story = (None, ()) if change is None else self._standing(article_id)
        return Recorded(
            article_id=article_id,
            change=change,
            outcome=step.outcome,
            reason=step.reason,
            member=member,
            story=story,
            baseline=look.baseline,
            repeats=repeats,
        )


def _compare(old: tuple[str, str], new: tuple[str, str], language: str | None) -> Difference:
    return compare(old, new, language=language)
