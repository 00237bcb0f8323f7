"""Whatever Slack does, each alert is in the channel once: the real dispatcher, SQLite and HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from alerts_fakes import BRISK, draft

from alerts.delivery import DeliveryReport, Dispatcher
from alerts.slack import SlackSender
from crawler.world.fakeslack import TOKEN, FakeSlack
from crawler.world.slackfaults import Fault
from storage.archive import Archive
from storage.types import OutboxState

#: Each answer that can go wrong, and what the outbox must make of it.
FAULTS = [
    ("429 with a whole number", Fault(how="status", status=429, retry_after="0")),
    ("500, nothing stored", Fault(how="status", status=500)),
    ("500, stored", Fault(how="status", status=500, stored=True)),
    ("503, stored", Fault(how="status", status=503, stored=True)),
    ("reset, nothing stored", Fault(how="reset")),
    ("reset, stored", Fault(how="reset", stored=True)),
    ("closed, stored", Fault(how="fin", stored=True)),
    ("silence, nothing stored", Fault(how="hang", seconds=0.5)),
    ("silence, stored", Fault(how="hang", stored=True, seconds=0.5)),
    ("half a body", Fault(how="half", stored=True)),
    ("HTML, stored", Fault(how="html", stored=True)),
    ("HTML, nothing stored", Fault(how="html")),
    ("a redirect", Fault(how="redirect")),
    ("garbage, stored", Fault(how="garbage", stored=True)),
    ("fatal_error, stored", Fault(how="error", code="fatal_error", stored=True)),
    ("fatal_error, nothing stored", Fault(how="error", code="fatal_error")),
    ("internal_error", Fault(how="error", code="internal_error")),
    ("too long: the short form goes", Fault(how="error", code="msg_blocks_too_long")),
    ("invalid blocks: the short form goes", Fault(how="error", code="invalid_blocks")),
    ("a word nobody knows", Fault(how="error", code="brand_new_error")),
]


@pytest.fixture
def archive(sqlite_archive: Archive) -> Archive:
    return sqlite_archive


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as found:
        yield found


def dispatcher(archive: Archive, slack: FakeSlack, **fields: object) -> Dispatcher:
    sender = SlackSender.from_token(TOKEN, "#policy-alerts", base_url=slack.url, timeout_s=0.3)
    # Neither the rate of one a second nor the back-off is what is tried here.
    sender.capabilities = replace(sender.capabilities, rate=None)
    return Dispatcher(archive, {"policy": sender}, policy=BRISK, jitter=lambda: 0.0, **fields)  # type: ignore[arg-type]


def deliver_all(archive: Archive, out: Dispatcher, seconds: float = 8.0) -> DeliveryReport:
    """Deliver until nothing waits; the last report."""
    end = time.monotonic() + seconds
    while True:
        report = out.deliver_once()
        with archive.read() as reader:
            counts = reader.outbox_counts()
        open_ = sum(counts.get(s, 0) for s in ("pending", "sending", "check", "held"))
        if not open_ or time.monotonic() > end:
            return report
        time.sleep(0.03)


@pytest.mark.parametrize(("name", "fault"), FAULTS, ids=[name for name, _ in FAULTS])
def test_one_message_whatever_slack_answers(
    archive: Archive, slack: FakeSlack, name: str, fault: Fault
) -> None:
    with archive.begin() as tx:
        assert tx.enqueue(draft(1), now=datetime.now(UTC))
        assert tx.enqueue(draft(2), now=datetime.now(UTC))
    slack.fail(fault)
    deliver_all(archive, dispatcher(archive, slack))
    messages = slack.ledger()
    assert len(messages) == 2, name
    with archive.read() as reader:
        alerts = reader.alerts()
    assert {a.state for a in alerts} == {OutboxState.SENT}
    assert {a.message_id for a in alerts} == {m.ts for m in messages}
    assert not slack.duplicates()
