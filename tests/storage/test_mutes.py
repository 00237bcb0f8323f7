"""Silences ordered while the service runs: kept, moved, lifted, and what they kept back let go."""

from __future__ import annotations

from datetime import timedelta

from alerts_fakes import NOW, draft

from storage.archive import Archive
from storage.mutes import MUTED, Mute, reason

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
        assert reader.alert("story:fisheries:6").error_class == MUTED
    held, free = dict.fromkeys("345", "held"), dict.fromkeys("126", "pending")
    assert states == held | free
