"""Silences ordered while the service runs: kept, moved, lifted, and what they kept back let go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts_fakes import NOW, draft
from storage_articles import article, record

from storage.archive import Archive
from storage.mutes import MUTED, Mute, reason
from storage.types import OutboxOp

HOUR = timedelta(hours=1)


def test_a_silence_is_kept_moved_and_lifted(archive: Archive) -> None:
    for_ever = Mute(what="source", id="mare")
    an_hour = Mute(what="theme", id="quota", watchlist="fisheries", until=NOW + HOUR)
    with archive.begin() as tx:
        tx.mute(for_ever, now=NOW)
        tx.mute(an_hour, now=NOW)
        assert tx.mutes(now=NOW) == (for_ever, an_hour)
        assert tx.mutes(now=NOW + HOUR) == (for_ever,)
        longer = Mute(what="theme", id="quota", watchlist="fisheries", until=NOW + 3 * HOUR)
        tx.mute(longer, now=NOW)
        assert tx.mutes(now=NOW + HOUR) == (for_ever, longer)
        assert not tx.unmute("theme", "quota")
        assert tx.unmute("theme", "quota", watchlist="fisheries")
        assert not tx.unmute("theme", "quota", watchlist="fisheries")
    with archive.read() as reader:
        assert reader.mutes(now=NOW) == (for_ever,)


def test_what_a_silence_kept_back_can_be_let_go(archive: Archive) -> None:
    marks = [
        (1, reason("theme", ["quota"]), MUTED),
        (2, reason("theme", ["quota", "ports"]), MUTED),
        (3, reason("theme", ["ports"]), MUTED),
        (4, reason("source", ["quota"]), MUTED),
        (5, reason("theme", ["quota"]), "fate_unknown"),
    ]
    with archive.begin() as tx:
        for number, said, code in marks:
            assert tx.enqueue(draft(number), now=NOW)
            tx.hold(number, reason=said, error_class=code)
        # Not yet looked at by the dispatcher, which would keep it back.
        waits = {**draft(6).payload, "held": reason("theme", ["quota"])}
        assert tx.enqueue(draft(6, payload=waits), now=NOW)
        other = Mute(what="theme", id="quota", watchlist="another")
        assert tx.release_muted(other, now=NOW) == 0
        assert tx.release_muted(Mute(what="theme", id="quota"), now=NOW) == 3
    with archive.read() as reader:
        states = {alert.dedupe_key[-1]: alert.state for alert in reader.alerts()}
        assert reader.alert("story:fisheries:6").payload["held"] is None
    held, free = dict.fromkeys("345", "held"), dict.fromkeys("126", "pending")
    assert states == held | free


def test_a_silence_reaches_what_waits_already(archive: Archive) -> None:
    kept = record(archive, article(1, fetched_at=NOW, source_id="mare")).article_id
    other = record(archive, article(2, fetched_at=NOW, text="Of fish and men. " * 60)).member
    assert other is not None
    later = NOW + HOUR
    waiting = [
        draft(1, article_id=kept, themes=()),
        draft(2, article_id=kept, themes=(), due_at=later),
        draft(3, themes=("quota",)),
        draft(4, themes=("quota", "ports")),
        draft(5, story_id=other.story_id, themes=("ports",)),
        draft(6, watchlist="another", themes=("quota",)),
        draft(7, op=OutboxOp.UPDATE, article_id=kept),
        draft(8, themes=("quota",)),
    ]
    mutes = [
        Mute(what="source", id="mare"),
        Mute(what="theme", id="quota", watchlist="fisheries"),
        Mute(what="story", id=str(other.story_id)),
    ]
    with archive.begin() as tx:
        for each in waiting:
            assert tx.enqueue(replace(each, dedupe_key=each.dedupe_key[-1]), now=NOW)
        # It may be out: it must be asked for, and is told.
        (sent,) = tx.outbox_rows([8])
        assert tx.claim_row(sent.id, "me", now=NOW, lease=HOUR)
        assert tx.keep_back(mutes, now=NOW) == 4
        assert tx.keep_back(mutes, now=NOW) == 0
    with archive.read() as reader:
        states = {alert.dedupe_key: alert.state for alert in reader.alerts()}
        assert [key for key, state in sorted(states.items()) if state == "held"] == ["1", "3", "5"]
        assert reader.alert("2").payload["held"] == "source mare is muted"
        assert reader.alert("1").payload["parked"]
    with archive.begin() as tx:
        assert tx.release_muted(mutes[0], now=NOW) == 2
        assert [row.payload["held"] for row in tx.outbox_rows([1, 2])] == [None, None]
