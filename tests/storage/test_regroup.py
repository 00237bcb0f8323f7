"""Stories put together and taken apart by a person, and revisions read anew."""

from __future__ import annotations

import pytest
from sqlalchemy import text as sql
from storage_articles import HOUR, NOW, OTHER, TEXT, article, record

from storage.archive import Archive
from storage.types import ChangeClass, CopyKind


def _kinds(archive: Archive, *ids: int) -> list[tuple[int, str]]:
    with archive.read() as reader:
        found = [reader.article(one) for one in ids]
    return [(one.story_id, one.copy_kind.value) for one in found if one is not None]


def test_a_copy_taken_out_stays_out_whatever_becomes_of_its_text(archive: Archive) -> None:
    record(archive, article(1))
    record(archive, article(2, source_id="second", fetched_at=NOW + HOUR))
    assert _kinds(archive, 1, 2) == [(1, "origin"), (1, "exact")]
    with archive.begin() as tx:
        story = tx.split_story(2, now=NOW)
    assert _kinds(archive, 1, 2) == [(1, "origin"), (story, "origin")]
    # An edit looks for its story again; this one has been told where it belongs.
    edited = article(2, source_id="second", text=TEXT + "\n\nOne more.", fetched_at=NOW + 2 * HOUR)
    record(archive, edited)
    record(archive, article(2, source_id="second", fetched_at=NOW + 3 * HOUR))
    assert _kinds(archive, 1, 2) == [(1, "origin"), (story, "origin")]


def test_an_origin_taken_out_leaves_the_story_to_the_next(archive: Archive) -> None:
    for number in (1, 2, 3):
        record(archive, article(number, source_id=f"s{number}", fetched_at=NOW + number * HOUR))
    with archive.begin() as tx:
        story = tx.split_story(1, now=NOW)
    assert _kinds(archive, 1, 2, 3) == [(story, "origin"), (1, "origin"), (1, "exact")]
    with archive.read() as reader:
        assert [m.article_id for m in reader.story(1).members] == [2, 3]


def test_stories_put_together_are_one_and_told_as_one(archive: Archive) -> None:
    record(archive, article(1))
    record(archive, article(2, title="Herring", text=OTHER, fetched_at=NOW + HOUR))
    with archive.begin() as tx:
        tx.join_stories(1, 2)
    assert _kinds(archive, 1, 2) == [(1, "origin"), (1, "edited")]
    with archive.read() as reader:
        assert all(story.id != 2 for story in reader.stories(min_members=1))
    edited = article(2, title="Herring", text=OTHER + "\n\nMore.", fetched_at=NOW + 2 * HOUR)
    record(archive, edited)
    assert _kinds(archive, 2)[0][0] == 1
    with archive.begin() as tx:
        assert tx.split_story(2, now=NOW) > 2


@pytest.mark.parametrize(("one", "two"), [(1, 1), (1, 99), (99, 1)])
def test_stories_that_are_not_there_are_refused(archive: Archive, one: int, two: int) -> None:
    record(archive, article(1))
    with archive.begin() as tx, pytest.raises(ValueError, match="story"):
        tx.join_stories(one, two)
    with archive.begin() as tx, pytest.raises(ValueError, match="no article 99"):
        tx.split_story(99, now=NOW)


def test_a_revision_read_anew_is_replaced_and_its_changes_weighed_again(archive: Archive) -> None:
    messy = "Share this\n\nFrom our partners: buy 12 lamps.\n\n" + TEXT
    record(archive, article(text=messy))
    edited = TEXT.replace("12 provinces", "21 provinces")
    record(archive, article(text=edited, fetched_at=NOW + HOUR))
    with archive.read() as reader:
        before = reader.changes(1)[1]
    assert any("lamps" in reason for reason in before.reasons)
    with archive.begin() as tx:
        assert tx.rewrite(1, article(), now=NOW) == "rewritten"
        assert tx.rewrite(1, article(), now=NOW) == "same"
        assert tx.rewrite(2, article(is_article=False, refusal="listing"), now=NOW) == "refused"
    with archive.read() as reader:
        first, second = reader.revisions(1)
        change = reader.changes(1)[1]
        alerts = reader.alerts()
    assert (first.text, second.text) == (TEXT, edited)
    assert change.change_class is ChangeClass.SUBSTANTIVE
    assert not any("lamps" in reason for reason in change.reasons)
    assert alerts == ()


def test_the_newest_read_anew_is_found_as_a_copy_by_what_it_says_now(archive: Archive) -> None:
    record(archive, article(1, text="Broken."))
    with archive.begin() as tx:
        tx.rewrite(1, article(1), now=NOW)
        tx.drop_search()
    assert record(archive, article(1, fetched_at=NOW + HOUR)).outcome == "unchanged"
    copy = record(archive, article(2, source_id="second", fetched_at=NOW + HOUR))
    assert copy.member is not None
    assert copy.member.kind is CopyKind.EXACT
    with archive.read() as reader:
        assert reader._db.scalar(sql("SELECT count(*) FROM shingle")) > 0
