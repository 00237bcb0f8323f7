"""storage/rematch_tx.py: matches brought up to date in batches, without a single alert."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select
from storage_articles import DAY, NOW, OTHER, TEXT, article, record

from storage.archive import Archive
from storage.models import AlertRow, RematchRow
from storage.types import Match, Span


def match(theme: str, score: float = 0.5) -> Match:
    spans = (Span(field="title", start=0, end=7, term="battery"),)
    return Match(watchlist="w", theme=theme, theme_name=theme, score=score, spans=spans)


def filled(archive: Archive) -> None:
    """Three articles; the first has two revisions and matches a theme "old"."""
    first = record(archive, article(1, text=TEXT, published_at=NOW - 9 * DAY))
    record(archive, article(2, text=OTHER))
    record(archive, article(3, text=OTHER.replace("herring", "cod"), language="fr"))
    with archive.begin() as tx:
        tx.add_matches(first, [match("old"), match("kept")])
    later = {"published_at": NOW - 9 * DAY, "fetched_at": NOW + DAY}
    record(archive, article(1, title="Swapping stops", text=OTHER[:900], **later))


def held(archive: Archive) -> set[tuple[int, int, str, float]]:
    with archive.read() as reader:
        return {(m.article_id, m.revision, m.theme, m.score) for m in reader.matches()}


def test_stored_revisions_come_in_order_and_in_pieces(archive: Archive) -> None:
    filled(archive)
    with archive.read() as reader:
        everything = reader.stored_revisions()
        assert [(one.article_id, one.number) for one in everything] == [
            (1, 1), (2, 1), (3, 1), (1, 2),
        ]  # fmt: skip
        assert everything[0].published_at == NOW - 9 * DAY
        assert everything[2].language == "fr"
        newest = reader.stored_revisions(newest=True)
        assert [(one.article_id, one.number) for one in newest] == [(2, 1), (3, 1), (1, 2)]
        assert reader.stored_revisions(limit=2) == everything[:2]
        assert reader.stored_revisions(after=everything[1].id) == everything[2:]
        assert reader.stored_revisions(after=1, until=2) == everything[1:2]
        since = reader.stored_revisions(since=NOW - DAY)
        assert {one.article_id for one in since} == {2, 3}
        assert reader.last_revision() == everything[-1].id
        assert reader.revision_count() == 4
        assert reader.revision_count(after=everything[2].id) == 1


def test_a_rematch_adds_changes_and_removes_and_rings_for_nobody(archive: Archive) -> None:
    filled(archive)
    with archive.begin() as tx:
        tx.begin_rematch("k1", now=NOW)
        one, two, *_ = tx.stored_revisions()
        done = tx.rematched("k1", [(one, [match("kept", 0.7), match("new")]), (two, [])], now=NOW)
    assert done is not None
    assert done.cursor == two.id
    assert dict(done.counts) == {"added": 1, "removed": 1, "changed": 1, "revisions": 2}
    assert held(archive) == {(1, 1, "kept", 0.7), (1, 1, "new", 0.5)}
    with archive.begin() as tx:
        again = tx.rematched("k1", [(one, [match("kept", 0.7), match("new")])], now=NOW)
        assert again is not None
        assert dict(again.counts) == {"added": 1, "removed": 1, "changed": 1, "revisions": 3}
        assert tx._db.scalar(select(func.count()).select_from(AlertRow)) == 0


def test_a_rematch_goes_on_and_other_themes_begin_anew(archive: Archive) -> None:
    filled(archive)
    with archive.begin() as tx:
        assert tx.rematch() is None
        begun = tx.begin_rematch("k1", now=NOW)
        (one,) = tx.stored_revisions(limit=1)
        tx.rematched("k1", [(one, [])], now=NOW + DAY)
    with archive.begin() as tx:
        on = tx.begin_rematch("k1", now=NOW + 2 * DAY)
        assert on == replace(begun, cursor=one.id, counts=on.counts, updated_at=NOW + DAY)
        assert tx.begin_rematch("k1", now=NOW, anew=True).cursor == 0
        other = tx.begin_rematch("k2", now=NOW)
        assert (other.key, other.cursor) == ("k2", 0)
        assert tx._db.scalar(select(func.count()).select_from(RematchRow)) == 1
        # The one that was at work meanwhile stores nothing and is told to stop.
        assert tx.rematched("k1", [(one, [match("late")])], now=NOW) is None
    assert "late" not in {theme for _, _, theme, _ in held(archive)}
