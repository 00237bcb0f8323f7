"""Slack closes a channel, or refuses the token: kept, alarmed elsewhere, and sent once when mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from alerts_fakes import NOW, Recorder, Skipping, draft

from alerts.delivery import Dispatcher
from alerts.slack import SlackSender
from crawler.world.fakeslack import TOKEN, FakeSlack
from crawler.world.slackfaults import Fault
from storage.archive import Archive
from storage.types import AlertKind

#: Of section 1.5 of the reliability notes: what holds for every message of a channel or a token.
CHANNEL = (
    *("channel_not_found", "not_in_channel", "is_archived", "restricted_action"),
    "ekm_access_denied",
)
TOKENS = (
    *("invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed"),
    "missing_scope",
)
#: More than there are tries before somebody mends it.
REFUSALS = 50


@pytest.fixture
def timer() -> Skipping:
    return Skipping()


@pytest.fixture
def slack(timer: Skipping) -> Iterator[FakeSlack]:
    clock = lambda: timer.now().timestamp()
    with FakeSlack(["#policy", "#second"], clock=clock) as found:
        yield found


@pytest.mark.parametrize("code", [*CHANNEL, *TOKENS])
def test_kept_alarmed_and_sent_once_when_mended(
    sqlite_archive: Archive, slack: FakeSlack, timer: Skipping, code: str
) -> None:
    archive, ops = sqlite_archive, Recorder(account="another")
    with archive.begin() as tx:
        for number in range(1, 7):
            where = "policy" if number < 5 else "second"
            tx.enqueue(draft(number, destination=where), now=NOW)
    senders = {}
    for name in ("policy", "second"):
        senders[name] = SlackSender.from_token(TOKEN, f"#{name}", base_url=slack.url)
        senders[name].capabilities = replace(senders[name].capabilities, rate=None)
    out = Dispatcher(archive, {**senders, "ops": ops}, operator="ops", clock=timer.now, timer=timer)
    # A refused token is refused to whoever asks first.
    where = "#policy" if code in CHANNEL else None
    slack.fail(*[Fault(how="error", code=code, channel=where)] * REFUSALS)

    report = out.deliver_once()
    assert any(code in problem for problem in report.problems)
    there = len(slack.ledger())
    # The other channel goes on, unless the token is what is refused.
    assert there == (2 if code in CHANNEL else there)
    with archive.read() as reader:
        assert "dead" not in reader.outbox_counts()
    # Probes come after 1, 2 and 4 minutes; the third finds it mended.
    for minutes in (1, 2, 4, 1):
        if minutes == 4:
            slack.heal()
        timer.passed += timedelta(minutes=minutes).total_seconds()
        out.deliver_once()

    assert len(slack.ledger()) == 6
    assert not slack.duplicates()
    with archive.read() as reader:
        assert set(reader.outbox_counts()) == {"sent"}
    told = [message.text for row, message in ops.took if row.kind is AlertKind.OPERATOR]
    opened = [text for text in told if "refuses messages" in text]
    mended = [text for text in told if "works again" in text]
    assert (len(opened), len(mended)) == (1, 1), told
