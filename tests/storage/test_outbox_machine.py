"""The outbox against a model of a channel, under crashes and lost answers, in any order."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event
from storage_articles import NOW, draft

from storage.archive import Archive
from storage.types import AlertKind, OutboxOp, OutboxRow, OutboxState

LEASE = timedelta(seconds=60)
TEMPLATE: list[Path] = []


class Channel:
    """What the destination has: messages by key, in the order in which they were stored."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str | None]] = []
        self.revisions: dict[str, int] = {}

    def post(self, row: OutboxRow) -> str:
        if row.op is OutboxOp.UPDATE:
            assert row.parent_message_id is not None
            self.revisions[row.parent_message_id] = row.revision or 0
            return row.parent_message_id
        self.messages.append((row.dedupe_key, row.parent_message_id))
        self.revisions[row.dedupe_key] = row.revision or 0
        return row.dedupe_key

    def has(self, row: OutboxRow) -> bool:
        return any(key == row.dedupe_key for key, _ in self.messages)


class OutboxMachine(RuleBasedStateMachine):
    """A dispatcher that may die anywhere, and a queue that grows meanwhile."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "windcatch.db"
        shutil.copy(TEMPLATE[0], path)
        self.archive = Archive(f"sqlite:///{path}")
        event.listen(
            self.archive._writers, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF")
        )
        self.channel, self.now, self.count = Channel(), NOW, 0
        self.posts: list[str] = []
        self.dead: set[str] = set()
        self.replies: list[str] = []

    def teardown(self) -> None:
        if not hasattr(self, "archive"):
            return
        for _ in range(200):
            self.now += LEASE * 2
            if not (rows := self.claim()):
                break
            for row in rows:
                self.settle(row)
        self.check_end()
        self.archive.close()
        self.folder.cleanup()

    def claim(self) -> tuple[OutboxRow, ...]:
        with self.archive.begin() as tx:
            return tx.claim_outbox("x", now=self.now, lease=LEASE, limit=5)

    def settle(self, row: OutboxRow) -> None:
        found = row.uncertain and row.op is not OutboxOp.UPDATE and self.channel.has(row)
        message = row.dedupe_key if found else self.channel.post(row)
        with self.archive.begin() as tx:
            tx.mark_sent(row.id, channel="C", message_id=message, at=self.now, reconciled=found)

    @rule(destination=st.sampled_from(["desk", "other"]))
    def queue_post(self, destination: str) -> None:
        self.count += 1
        key = f"post{self.count}"
        with self.archive.begin() as tx:
            assert tx.enqueue(draft(key, destination=destination), now=self.now)
            assert not tx.enqueue(draft(key, destination=destination), now=self.now)
        self.posts.append(key)

    @precondition(lambda self: self.posts)
    @rule(place=st.integers(0, 50), op=st.sampled_from([OutboxOp.UPDATE, OutboxOp.REPLY]))
    def queue_child(self, place: int, op: OutboxOp) -> None:
        self.count += 1
        parent = self.posts[-1 - place % min(len(self.posts), 2)]
        key = f"{op.value}{self.count:04}"
        with self.archive.begin() as tx:
            destination = tx.alert(parent).destination
            child = draft(
                key,
                op=op,
                kind=AlertKind.CHANGE,
                parent_key=parent,
                destination=destination,
                revision=self.count,
            )
            assert tx.enqueue(child, now=self.now)
        if op is OutboxOp.REPLY:
            self.replies.append(key)

    @rule(
        fate=st.sampled_from(["sent", "lost answer", "crash before", "crash after", "not sent"]),
        later=st.booleans(),
    )
    def work(self, fate: str, later: bool) -> None:
        # Half of the time every lease has run out, so that a crash is found out.
        self.now += LEASE * 2 if later else timedelta(seconds=1)
        for row in self.claim():
            if fate == "sent":
                self.settle(row)
            elif fate == "not sent" and not row.uncertain:
                with self.archive.begin() as tx:
                    wait = {"next_at": self.now + LEASE, "error_class": "busy", "error": "429"}
                    assert tx.postpone(row.id, uncertain=False, **wait)
            elif fate in {"lost answer", "crash after"}:
                if not (row.uncertain and self.channel.has(row)):
                    self.channel.post(row)
                if fate == "lost answer":
                    with self.archive.begin() as tx:
                        wait = {"next_at": self.now + LEASE, "error_class": "t", "error": "?"}
                        assert tx.postpone(row.id, uncertain=True, **wait)

    @rule()
    def bury_one(self) -> None:
        for row in self.claim()[:1]:
            if row.uncertain:
                continue
            with self.archive.begin() as tx:
                assert tx.bury(row.id, error_class="no", error="refused", at=self.now)
            self.dead.add(row.dedupe_key)

    @invariant()
    def nothing_is_said_twice(self) -> None:
        if hasattr(self, "channel"):
            keys = [key for key, _ in self.channel.messages]
            assert len(keys) == len(set(keys)), keys

    def check_end(self) -> None:
        with self.archive.read() as reader:
            alerts = reader.alerts(limit=1000)
        said = {key for key, _ in self.channel.messages}
        for alert in alerts:
            ended = {OutboxState.SENT, OutboxState.FOLDED, OutboxState.DEAD}
            assert OutboxState(alert.state) in ended, alert
            assert (alert.state == OutboxState.DEAD) == (alert.dedupe_key in self.dead)
        assert set(self.posts) - self.dead <= said
        assert set(self.replies) - self.dead <= said
        # In each thread, replies stand in the order in which they were queued.
        threads: dict[str | None, list[str]] = {}
        for key, thread in self.channel.messages:
            if key.startswith("reply"):
                threads.setdefault(thread, []).append(key)
        for thread, keys in threads.items():
            if thread is not None:
                assert keys == sorted(keys), (thread, keys)


def test_nothing_lost_nothing_twice(sqlite_template: Path) -> None:
    TEMPLATE[:] = [sqlite_template]
    run_state_machine_as_test(
        OutboxMachine,
        settings=settings(
            max_examples=int(os.environ.get("WINDCATCH_EXAMPLES", "6")),
            stateful_step_count=25,
            phases=[Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
