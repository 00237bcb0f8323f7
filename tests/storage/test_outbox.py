"""The outbox on both back ends: claims, order, outcomes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from storage_articles import DAY, HOUR, NOW, SECOND, article, draft, record

from storage.archive import Archive
from storage.types import AlertKind, Match, OutboxOp, OutboxRow, OutboxState, Span

LEASE = timedelta(minutes=2)


def enqueue(archive: Archive, *drafts, now=NOW) -> list[bool]:
    with archive.begin() as tx:
        return [tx.enqueue(one, now=now) for one in drafts]


def claim(archive: Archive, *, now=NOW, owner="a", **options) -> tuple[OutboxRow, ...]:
    with archive.begin() as tx:
        return tx.claim_outbox(owner, now=now, lease=LEASE, limit=10, **options)


def send(archive: Archive, row: OutboxRow, *, at=NOW) -> bool:
    with archive.begin() as tx:
        return tx.mark_sent(row.id, channel="C1", message_id=f"ts{row.id}", at=at)


def states(archive: Archive) -> dict[str, str]:
    with archive.read() as reader:
        return {alert.dedupe_key: alert.state for alert in reader.alerts()}


def drain(archive: Archive, *, now=NOW) -> list[tuple[str, OutboxOp]]:
    """Send everything that may go, and return in which order."""
    order = []
    while rows := claim(archive, now=now):
        for row in rows:
            order.append((row.dedupe_key, row.op))
            send(archive, row, at=now)
    return order


def reply(key: str, **fields):
    return draft(key, op=OutboxOp.REPLY, kind=AlertKind.CHANGE, parent_key="post", **fields)


def update(key: str, **fields):
    return draft(key, op=OutboxOp.UPDATE, kind=AlertKind.CHANGE, parent_key="post", **fields)


def test_the_same_thing_is_queued_once(archive: Archive) -> None:
    assert enqueue(archive, draft("a"), draft("a")) == [True, False]
    assert enqueue(archive, draft("a")) == [False]
    assert states(archive) == {"a": "pending"}


def test_a_claim_is_marked_uncertain_but_says_what_was_before(archive: Archive) -> None:
    enqueue(archive, draft("a"))
    (row,) = claim(archive)
    assert (row.uncertain, row.attempts, row.state) == (False, 0, OutboxState.PENDING)
    with archive.read() as reader:
        held = reader.alert("a")
    assert (held.uncertain, held.attempts, held.state) == (True, 1, "sending")
    assert claim(archive) == ()
    # Its sender died: after the lease the next one is told that a message may be out.
    (again,) = claim(archive, now=NOW + LEASE + SECOND, owner="b")
    assert (again.uncertain, again.attempts, again.id) == (True, 1, row.id)


def test_one_message_in_flight_a_destination(archive: Archive) -> None:
    enqueue(archive, draft("a"), draft("b"), draft("c", destination="other"))
    first = claim(archive)
    assert {row.dedupe_key for row in first} == {"a", "c"}
    assert claim(archive) == ()
    send(archive, first[0])
    assert [row.dedupe_key for row in claim(archive)] == ["b"]


def test_only_the_destinations_asked_for_and_only_what_is_due(archive: Archive) -> None:
    enqueue(archive, draft("a"), draft("b", destination="other"), draft("c", due_at=NOW + HOUR))
    (row,) = claim(archive, destinations=["other"])
    assert row.dedupe_key == "b"
    send(archive, row)
    assert drain(archive) == [("a", OutboxOp.POST)]
    assert drain(archive, now=NOW + HOUR) == [("c", OutboxOp.POST)]


def test_what_matters_more_goes_first(archive: Archive) -> None:
    enqueue(archive, draft("a"), draft("b", priority="high"))
    assert [key for key, _ in drain(archive)] == ["b", "a"]


def test_replies_wait_for_their_post_and_keep_their_order(archive: Archive) -> None:
    enqueue(archive, draft("post"), reply("r2", revision=2), reply("r3", revision=3))
    (post,) = claim(archive)
    assert post.dedupe_key == "post"
    with archive.begin() as tx:
        tx.postpone(post.id, next_at=NOW + HOUR, error_class="rate", error="429", uncertain=False)
    assert claim(archive) == ()
    order = drain(archive, now=NOW + HOUR)
    assert [key for key, _ in order] == ["post", "r2", "r3"]


def test_a_reply_that_must_wait_keeps_the_next_one_waiting(archive: Archive) -> None:
    enqueue(archive, draft("post"), reply("r2", revision=2), reply("r3", revision=3))
    (post,) = claim(archive)
    send(archive, post)
    (row,) = claim(archive)
    assert row.dedupe_key == "r2"
    with archive.begin() as tx:
        again = {"error_class": "rate", "error": "429", "uncertain": False}
        tx.postpone(row.id, next_at=NOW + HOUR, **again)
    assert claim(archive) == ()
    assert [key for key, _ in drain(archive, now=NOW + HOUR)] == ["r2", "r3"]


def test_a_child_knows_where_its_parent_went(archive: Archive) -> None:
    enqueue(archive, draft("post"), reply("r2"))
    (post,) = claim(archive)
    send(archive, post)
    (row,) = claim(archive)
    assert (row.parent_id, row.parent_state) == (post.id, OutboxState.SENT)
    assert (row.parent_channel, row.parent_message_id) == ("C1", f"ts{post.id}")


@pytest.mark.parametrize("uncertain", [True, False])
def test_postponed_it_is_tried_again(archive: Archive, uncertain: bool) -> None:
    enqueue(archive, draft("a"))
    (row,) = claim(archive)
    with archive.begin() as tx:
        again = {"error_class": "timeout", "error": "no answer", "uncertain": uncertain}
        assert tx.postpone(row.id, next_at=NOW + HOUR, **again)
    assert states(archive)["a"] == ("check" if uncertain else "pending")
    assert claim(archive) == ()
    (row,) = claim(archive, now=NOW + HOUR)
    assert (row.uncertain, row.error_class) == (uncertain, "timeout")


def test_the_newest_update_wins(archive: Archive) -> None:
    enqueue(archive, draft("post"))
    drain(archive)
    assert enqueue(archive, update("u2", revision=2), update("u3", revision=3)) == [True, True]
    # One that comes late is remembered, and stays silent.
    enqueue(archive, update("u1", revision=1))
    assert [key for key, _ in drain(archive)] == ["u3"]
    assert states(archive) == {"post": "sent", "u2": "folded", "u3": "sent", "u1": "folded"}


def test_a_dead_post_leaves_its_place_to_its_update(archive: Archive) -> None:
    enqueue(archive, draft("post"), reply("r2", revision=2), update("u2", revision=2))
    (post,) = claim(archive)
    with archive.begin() as tx:
        assert tx.bury(post.id, error_class="invalid_blocks", error="refused", at=NOW)
    assert drain(archive) == [("u2", OutboxOp.POST), ("r2", OutboxOp.REPLY)]
    with archive.read() as reader:
        assert reader.alert("post").error == "refused"


def test_folding_tells_many_by_one(archive: Archive) -> None:
    enqueue(archive, draft("post"), draft("b"), reply("r2"), update("u2"))
    digest = draft("digest", kind=AlertKind.DIGEST)
    with archive.begin() as tx:
        ids = [tx.outbox_of("post"), tx.outbox_of("b")]
        assert tx.fold(ids, digest, NOW) == 2
        assert tx.fold(ids, draft("again", kind=AlertKind.DIGEST), NOW) == 0
    assert [key for key, _ in drain(archive)] == ["digest", "r2"]
    assert states(archive)["u2"] == "folded"


def test_what_may_be_out_is_not_folded(archive: Archive) -> None:
    enqueue(archive, draft("a"))
    (row,) = claim(archive)
    with archive.begin() as tx:
        assert tx.fold([row.id], draft("digest", kind=AlertKind.DIGEST), NOW) == 0


def test_held_until_released_or_until_its_time(archive: Archive) -> None:
    enqueue(archive, draft("a"), draft("b", destination="other"))
    for row in claim(archive):
        until = NOW + HOUR if row.dedupe_key == "b" else None
        with archive.begin() as tx:
            tx.hold(row.id, reason="muted", error_class="muted", until=until, uncertain=False)
    assert claim(archive) == ()
    assert [row.dedupe_key for row in claim(archive, now=NOW + DAY)] == ["b"]
    with archive.begin() as tx:
        assert tx.release_held("desk", now=NOW) == 1
    (row,) = claim(archive)
    assert (row.dedupe_key, row.uncertain) == ("a", False)


def test_sent_is_noted_once_and_stays(archive: Archive) -> None:
    enqueue(archive, draft("a"))
    (row,) = claim(archive)
    with archive.begin() as tx:
        assert tx.mark_sent(row.id, channel="C", message_id="1", at=NOW, reconciled=True)
        assert not tx.mark_sent(row.id, channel="C", message_id="2", at=NOW)
        assert not tx.bury(row.id, error_class="x", error="x", at=NOW)
        assert not tx.postpone(row.id, next_at=NOW, error_class="x", error="x", uncertain=True)
        assert tx.outbox_counts() == {"sent": 1}
    with archive.read() as reader:
        assert (reader.alert("a").message_id, reader.alert("a").reconciled) == ("1", True)


def test_a_person_may_retry_the_dead(archive: Archive) -> None:
    enqueue(archive, draft("a"))
    (row,) = claim(archive)
    with archive.begin() as tx:
        tx.bury(row.id, error_class="gone", error="channel_not_found", at=NOW)
        assert tx.retry([row.id], now=NOW) == 1
    (row,) = claim(archive)
    assert row.uncertain


def test_what_is_told_of_a_story(archive: Archive) -> None:
    recorded = record(archive, article())
    story_id = recorded.member.story_id
    enqueue(archive, draft("post", story_id=story_id, article_id=1))
    drain(archive)
    with archive.begin() as tx:
        told = tx.told("energy", story_id)
        assert tx.told("other", story_id) is None
    assert (told.dedupe_key, told.state, told.message_id) == ("post", OutboxState.SENT, "ts1")
    assert (told.themes, told.payload) == (("batteries",), {"title": "post"})


def test_only_matches_that_never_held_before_are_news(archive: Archive) -> None:
    def match(theme: str) -> Match:
        span = Span(field="title", start=0, end=7, term="Battery")
        return Match(watchlist="energy", theme=theme, theme_name=theme, score=1.0, spans=(span,))

    first = record(archive, article())
    edited = record(archive, article(text="A new text of 99 words.", fetched_at=NOW + HOUR))
    with archive.begin() as tx:
        assert tx.add_matches(first, [match("a")]) == (match("a"),)
        assert tx.add_matches(edited, [match("a"), match("b")]) == (match("b"),)
        assert tx.add_matches(edited, [match("a"), match("b")]) == ()
    with archive.read() as reader:
        found = reader.matches(theme="a")
    assert [(one.revision, one.spans) for one in found] == [
        (2, (("title", 0, 7, "Battery"),)),
        (1, (("title", 0, 7, "Battery"),)),
    ]
