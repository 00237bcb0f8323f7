"""The dispatcher's rules, on a real database and in skipped time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alerts_fakes import NOW, Recorder, Skipping, draft

from alerts.delivery import Dispatcher
from alerts.errors import (
    CannotLook,
    NotSent,
    ParentGone,
    PermanentAlert,
    PermanentChannel,
    PermanentToken,
    Scope,
    Uncertain,
)
from alerts.senders import OnUncertain, Sender, Sent
from storage.archive import Archive
from storage.mutes import Mute
from storage.types import AlertDraft, AlertKind, OutboxOp, OutboxRow


@pytest.fixture
def archive(sqlite_archive: Archive) -> Archive:
    return sqlite_archive


def put(archive: Archive, *drafts: AlertDraft, now: datetime = NOW) -> None:
    with archive.begin() as tx:
        for each in drafts:
            assert tx.enqueue(each, now=now)


def states(archive: Archive) -> dict[str, int]:
    with archive.read() as reader:
        return reader.outbox_counts()


class World:
    """One dispatcher in skipped time."""

    def __init__(self, archive: Archive, senders: Mapping[str, Sender], **fields: Any) -> None:
        self.timer = Skipping()
        self.out = Dispatcher(
            archive, senders, clock=self.timer.now, timer=self.timer, jitter=lambda: 0.5, **fields
        )

    def run(self, for_: timedelta = timedelta(), step: timedelta = timedelta(minutes=5)) -> Any:
        report = self.out.deliver_once(budget=timedelta(days=30))
        end = self.timer.passed + for_.total_seconds()
        while self.timer.passed < end:
            self.timer.wait(step.total_seconds())
            report = self.out.deliver_once(budget=timedelta(days=30))
        return report


def replies(parent: AlertDraft, **fields: Any) -> AlertDraft:
    return draft(
        0,
        **{
            "dedupe_key": "change:fisheries:1",
            "kind": AlertKind.CHANGE,
            "op": OutboxOp.REPLY,
            "parent_key": parent.dedupe_key,
            **fields,
        },
    )


def test_post_before_update_before_reply(archive: Archive) -> None:
    post = draft(1)
    update = draft(
        2, dedupe_key="update:1", op=OutboxOp.UPDATE, parent_key=post.dedupe_key, revision=2
    )
    put(archive, post, update, replies(post))
    sender = Recorder()
    World(archive, {"policy": sender}).run()
    assert [(r.op, r.parent_message_id) for r, _ in sender.took] == [
        (OutboxOp.POST, None),
        (OutboxOp.UPDATE, "1"),
        (OutboxOp.REPLY, "1"),
    ]


def test_without_threads_and_updates_replies_are_posts(archive: Archive) -> None:
    post = draft(1)
    update = draft(2, dedupe_key="update:1", op=OutboxOp.UPDATE, parent_key=post.dedupe_key)
    put(archive, post, update, replies(post))
    sender = Recorder(threads=False, updates=False)
    report = World(archive, {"policy": sender}).run()
    assert [r.op for r, _ in sender.took] == [OutboxOp.POST, OutboxOp.POST]
    assert report.passed_over == 1
    assert states(archive) == {"sent": 2, "folded": 1}


def test_a_reply_to_a_deleted_message_goes_alone(archive: Archive) -> None:
    post = draft(1)
    sender = Recorder()
    world = World(archive, {"policy": sender})
    put(archive, post)
    world.run()
    put(archive, replies(post))
    sender.errors = [ParentGone("thread_not_found")]
    world.run()
    assert sender.took[-1][0].op is OutboxOp.POST
    assert states(archive) == {"sent": 2}


def test_an_update_of_a_deleted_message_is_let_go(archive: Archive) -> None:
    post = draft(1)
    sender = Recorder()
    world = World(archive, {"policy": sender})
    put(archive, post)
    world.run()
    put(archive, draft(2, dedupe_key="u", op=OutboxOp.UPDATE, parent_key=post.dedupe_key))
    sender.errors = [ParentGone("message_not_found")]
    world.run(timedelta(minutes=30))
    assert len(sender.took) == 1
    assert states(archive) == {"sent": 1, "folded": 1}


def test_one_a_second_after_a_burst(archive: Archive) -> None:
    put(archive, *(draft(n) for n in range(13)))
    world = World(archive, {"policy": Recorder(rate=1.0, burst=3)})
    world.run()
    assert world.timer.passed == pytest.approx(10)


def test_retry_after_pauses_the_channel_and_nothing_else(archive: Archive) -> None:
    put(archive, *(draft(n) for n in range(3)), draft(9, destination="other"))
    limited = NotSent("ratelimited", retry_after=30, scope=Scope.CHANNEL)
    slow, other = Recorder(limited), Recorder(account="b")
    world = World(archive, {"policy": slow, "other": other})
    world.run()
    assert (len(slow.took), len(other.took)) == (0, 1)
    world.run(timedelta(seconds=25), step=timedelta(seconds=12.5))
    assert not slow.took
    world.run(timedelta(seconds=15), step=timedelta(seconds=5))
    assert len(slow.took) == 3


def test_a_second_429_within_a_minute_pauses_the_workspace(archive: Archive) -> None:
    first = Recorder(*(NotSent("ratelimited", retry_after=20, scope=Scope.CHANNEL) for _ in "ab"))
    second = Recorder()
    world = World(archive, {"policy": first, "other": second})
    put(archive, draft(1))
    world.run(timedelta(seconds=25), step=timedelta(seconds=12.5))
    put(archive, draft(2, destination="other"))
    assert any("pause" in p for p in world.run().problems)
    assert not second.took
    world.run(timedelta(minutes=2))
    assert len(second.took) == 1


def test_nothing_is_given_up_in_an_outage_of_a_night(archive: Archive) -> None:
    put(archive, *(draft(n) for n in range(20)))
    down = Recorder(*(NotSent("cannot_connect") for _ in range(400)))
    world = World(archive, {"policy": down})
    world.run(timedelta(hours=10))
    # The lane rests instead of trying every row: far fewer tries than minutes.
    assert 400 - len(down.errors) < 130
    down.errors.clear()
    world.run(timedelta(hours=1))
    assert states(archive) == {"sent": 20}


def test_a_message_that_never_goes_is_given_up_after_a_day(archive: Archive) -> None:
    put(archive, draft(1))
    world = World(archive, {"policy": Recorder(*(NotSent("odd") for _ in range(4000)))})
    world.run(timedelta(hours=30), step=timedelta(minutes=30))
    assert states(archive) == {"dead": 1}
    with archive.read() as reader:
        assert reader.alerts()[0].error_class == "odd"


def test_a_closed_channel_is_alarmed_elsewhere_and_mended_once(archive: Archive) -> None:
    put(archive, *(draft(n) for n in range(5)))
    closed = Recorder(*(PermanentChannel("is_archived") for _ in range(3)))
    ops = Recorder(account="b")
    world = World(archive, {"policy": closed, "ops": ops}, operator="ops")
    report = world.run()
    assert any("is_archived" in p for p in report.problems)
    assert [m.text for _, m in ops.took] == ["Windcatch: destination policy refuses messages"]
    world.run(timedelta(hours=2))
    # Every alert once after repair, and one notice for each turn.
    assert sorted(r.dedupe_key for r, _ in closed.took) == [
        f"story:fisheries:{n}" for n in range(5)
    ]
    assert len(ops.took) == 2
    assert "works again" in ops.took[1][1].text


def test_refused_credentials_stop_all_their_channels(archive: Archive) -> None:
    put(archive, draft(1), draft(2, destination="other"), draft(3, destination="mail"))
    refused = [PermanentToken("token_revoked") for _ in range(2)]
    first, second, mail = Recorder(*refused), Recorder(*refused), Recorder(account="b")
    world = World(archive, {"policy": first, "other": second, "mail": mail}, operator="other")
    world.run()
    # The operator's own destination shares the token: the alarm takes another way.
    assert [m.plain.splitlines()[0] for r, m in mail.took if r.kind is AlertKind.OPERATOR] == [
        "*Windcatch: destination policy refuses messages*"
    ] or any(r.kind is AlertKind.OPERATOR for r, _ in mail.took)
    world.run(timedelta(hours=4), step=timedelta(minutes=10))
    assert {r.dedupe_key for r, _ in first.took} == {"story:fisheries:1"}
    assert [r.dedupe_key for r, _ in second.took if r.kind is AlertKind.STORY] == [
        "story:fisheries:2"
    ]


def test_a_refused_message_goes_short_once_then_is_given_up(archive: Archive) -> None:
    put(archive, draft(1), draft(2))
    sender = Recorder(PermanentAlert("invalid_blocks"))
    World(archive, {"policy": sender}).run()
    short = next(m for r, m in sender.took if r.dedupe_key == "story:fisheries:1")
    assert short.blocks == ()
    assert "Story 1" in short.text
    put(archive, draft(3))
    sender.errors = [PermanentAlert("invalid_blocks"), PermanentAlert("msg_too_long")]
    report = World(archive, {"policy": sender}).run()
    assert report.dead == 1
    assert not report.ok


class Dumb(Recorder):
    """Takes a message, loses the answer, and cannot be asked."""

    def __init__(self, choice: OnUncertain) -> None:
        super().__init__(lookup=False, on_uncertain=choice, threads=False, updates=False)
        self.lose = 1

    def send(self, row: OutboxRow, message: Any) -> Sent:
        sent = super().send(row, message)
        if self.lose:
            self.lose -= 1
            raise Uncertain("timeout")
        return sent


@pytest.mark.parametrize(
    ("choice", "after"),
    [
        # Kept back a quarter of an hour, for a person to look.
        (OnUncertain.HOLD, timedelta(minutes=16)),
        (OnUncertain.RESEND, timedelta(minutes=5)),
        (OnUncertain.IDEMPOTENT, timedelta(minutes=5)),
    ],
)
def test_a_possible_repeat_is_never_silent(
    archive: Archive, choice: OnUncertain, after: timedelta
) -> None:
    put(archive, draft(1))
    sender = Dumb(choice)
    world = World(archive, {"policy": sender})
    world.run()
    if choice is OnUncertain.HOLD:
        world.run(timedelta(minutes=10))
        assert states(archive) == {"held": 1}
    world.run(after)
    assert states(archive) == {"sent": 1}
    assert "may be a repeat" not in sender.took[0][1].plain
    assert "may be a repeat" in sender.took[1][1].plain


def test_a_message_that_shows_late_is_looked_for_twice(archive: Archive) -> None:
    class Late(Recorder):
        looks = 0

        def send(self, row: OutboxRow, message: Any) -> Sent:
            super().send(row, message)
            raise Uncertain("connection_broken")

        def find(self, row: OutboxRow) -> Sent | None:
            self.looks += 1
            return super().find(row) if self.looks > 1 else None

    put(archive, draft(1))
    sender = Late()
    World(archive, {"policy": sender}).run(timedelta(minutes=15))
    assert (len(sender.took), sender.looks) == (1, 2)
    with archive.read() as reader:
        assert reader.alerts()[0].reconciled


def test_unreadable_history_holds_then_marks(archive: Archive) -> None:
    class Blind(Recorder):
        def find(self, row: OutboxRow) -> Sent | None:
            raise CannotLook("missing_scope")

    put(archive, draft(1))
    sender = Blind(Uncertain("timeout"))
    world = World(archive, {"policy": sender})
    world.run(timedelta(minutes=5))
    assert states(archive) == {"held": 1}
    world.run(timedelta(minutes=15))
    assert states(archive) == {"sent": 1}
    assert "may be a repeat" in sender.took[0][1].plain


def test_muted_alerts_wait_for_a_person(archive: Archive) -> None:
    put(archive, draft(1, payload={**draft(1).payload, "held": "theme quota is muted"}))
    sender = Recorder()
    world = World(archive, {"policy": sender})
    world.run(timedelta(days=2), step=timedelta(hours=12))
    assert states(archive) == {"held": 1}
    with archive.begin() as tx:
        tx.release_held("policy", now=world.timer.now())
    world.run()
    assert states(archive) == {"sent": 1}


def test_what_a_person_let_go_is_not_kept_back_again_after_a_failure(archive: Archive) -> None:
    put(archive, draft(1, payload={**draft(1).payload, "held": "theme quota is muted"}))
    sender = Recorder(NotSent("http_500"))
    world = World(archive, {"policy": sender})
    world.run()
    with archive.begin() as tx:
        assert tx.release_held("policy", now=world.timer.now()) == 1
    world.run(timedelta(minutes=5))
    assert states(archive) == {"sent": 1}


def test_the_rest_of_a_flood_is_one_digest_that_names_its_count(archive: Archive) -> None:
    put(
        archive,
        *(draft(n, payload={**draft(n).payload, "cap": 20}) for n in range(100)),
        draft(900, priority="high", payload={**draft(900).payload, "cap": 20}),
    )
    sender = Recorder(rate=1.0, burst=3)
    world = World(archive, {"policy": sender})
    world.run(timedelta(minutes=20))
    stories = [r for r, _ in sender.took if r.kind is AlertKind.STORY]
    digests = [m for r, m in sender.took if r.kind is AlertKind.DIGEST]
    assert len(stories) == 20
    assert stories[0].priority == "high"
    assert len(digests) == 1
    assert "Rate cap reached: 81 alerts folded into this digest" in digests[0].plain
    assert states(archive) == {"sent": 21, "folded": 81}


def test_what_is_muted_is_for_no_digest_until_it_is_let_go(archive: Archive) -> None:
    fold = {"fold": "digest:2026-11-21T09:00:policy:fisheries"}
    muted = {**fold, "held": "theme quota is muted"}
    due = NOW + timedelta(hours=1)
    for number, rules in enumerate((fold, muted), 1):
        put(archive, draft(number, payload={**draft(number).payload, **rules}, due_at=due))
    sender = Recorder()
    world = World(archive, {"policy": sender})
    world.run(timedelta(hours=2))
    (digest,) = sender.took
    assert "Digest of 1 alert" in digest[1].plain
    assert states(archive) == {"sent": 1, "folded": 1, "held": 1}
    with archive.begin() as tx:
        assert tx.release_muted(Mute(what="theme", id="quota"), now=world.timer.now()) == 1
    world.run()
    assert "Digest of 1 alert" in sender.took[1][1].plain
    assert states(archive) == {"sent": 2, "folded": 2}


def test_a_restart_does_not_reset_the_cap(archive: Archive) -> None:
    capped = [draft(n, payload={**draft(n).payload, "cap": 3}) for n in range(8)]
    put(archive, *capped[:4])
    sender = Recorder()
    World(archive, {"policy": sender}).run()
    put(archive, *capped[4:])
    World(archive, {"policy": sender}).run()
    assert len([r for r, _ in sender.took if r.kind is AlertKind.STORY]) == 3


def test_rows_of_a_slot_are_one_digest_with_the_newest_state(archive: Archive) -> None:
    due = NOW + timedelta(hours=1)
    fold = {"fold": "digest:2026-11-21T10:00:policy:fisheries"}
    first = draft(1, payload={**draft(1).payload, **fold}, due_at=due)
    newer = {**draft(1).payload, "headline": "Story 1, corrected"}
    put(
        archive,
        first,
        draft(2, payload={**draft(2).payload, **fold}, due_at=due),
        draft(3, dedupe_key="u", op=OutboxOp.UPDATE, parent_key=first.dedupe_key, payload=newer),
    )
    sender = Recorder()
    world = World(archive, {"policy": sender})
    world.run(timedelta(minutes=50))
    assert not sender.took
    world.run(timedelta(minutes=20))
    assert [r.kind for r, _ in sender.took] == [AlertKind.DIGEST]
    assert "Story 1, corrected" in sender.took[0][1].plain
    assert states(archive) == {"sent": 1, "folded": 3}
    # A row committed late for the same slot is told too, by a digest of its own.
    put(archive, draft(4, payload={**draft(4).payload, **fold}, due_at=due))
    world.run()
    assert [r.dedupe_key[-2:] for r, _ in sender.took] == ["es", "#2"]


def test_a_destination_that_is_gone_is_a_problem_not_a_loss(archive: Archive) -> None:
    put(archive, draft(1, destination="former"), now=datetime.now(UTC))
    report = Dispatcher(archive, {"policy": Recorder()}).deliver_once()
    assert report.problems == ("former: 1 messages wait for a destination that is not configured",)
    assert states(archive) == {"pending": 1}


def test_a_slow_destination_delays_nobody(archive: Archive) -> None:
    import threading

    release = threading.Event()

    class Stuck(Recorder):
        def send(self, row: OutboxRow, message: Any) -> Sent:
            assert release.wait(10)
            return super().send(row, message)

    class Quick(Recorder):
        def send(self, row: OutboxRow, message: Any) -> Sent:
            sent = super().send(row, message)
            if len(self.took) == 5:
                release.set()
            return sent

    put(archive, draft(0), *(draft(n, destination="quick") for n in range(1, 6)))
    stuck, quick = Stuck(), Quick()
    # The stuck one is let go by the quick one's last message: in one thread this would hang.
    World(archive, {"policy": stuck, "quick": quick}).run()
    assert (len(stuck.took), len(quick.took)) == (1, 5)
