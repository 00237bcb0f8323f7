"""Slack's answers, class by class, through the real SDK and a real socket."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from alerts_fakes import row

from alerts import slack_errors
from alerts.errors import (
    CannotLook,
    DeliveryError,
    NotSent,
    ParentGone,
    PermanentAlert,
    PermanentChannel,
    PermanentToken,
    Scope,
    Uncertain,
)
from alerts.message import Message
from alerts.slack import SlackSender
from crawler.world.fakeslack import TOKEN, FakeSlack
from crawler.world.slackfaults import Fault
from storage.types import OutboxOp, OutboxRow

HELLO = Message(text="hello", blocks=(), plain="hello")


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(["#policy-alerts", "#empty"]) as found:
        yield found


@pytest.fixture(autouse=True)
def fresh(slack: FakeSlack) -> None:
    slack.heal()
    slack.space.token = TOKEN


@pytest.fixture
def sender(slack: FakeSlack) -> SlackSender:
    return SlackSender.from_token(TOKEN, "#policy-alerts", base_url=slack.url, timeout_s=0.4)


def fresh_row(**fields: object) -> OutboxRow:
    now = datetime.now(UTC)
    return row(**{"created_at": now, "first_attempt_at": now, **fields})


def refused(sender: SlackSender, one: OutboxRow | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        sender.send(one or fresh_row(), HELLO)
    return caught.value


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (slack_errors.LIMITED, NotSent),
        (slack_errors.DOUBTFUL, Uncertain),
        (slack_errors.CONTENT, PermanentAlert),
        (slack_errors.CHANNEL, PermanentChannel),
        (slack_errors.TOKEN, PermanentToken),
        (slack_errors.PARENT, ParentGone),
        ({"a_code_of_tomorrow"}, NotSent),
    ],
)
def test_each_word_of_slack_has_its_class(
    slack: FakeSlack, sender: SlackSender, codes: set[str], kind: type[DeliveryError]
) -> None:
    for code in sorted(codes):
        slack.fail(Fault(how="error", code=code))
        error = refused(sender)
        assert type(error) is kind, code
        assert error.code == code


def test_no_word_has_two_classes() -> None:
    sets = [
        slack_errors.LIMITED,
        slack_errors.DOUBTFUL,
        slack_errors.CONTENT,
        slack_errors.CHANNEL,
        slack_errors.TOKEN,
        slack_errors.PARENT,
    ]
    assert sum(map(len, sets)) == len(frozenset().union(*sets))


TRANSPORT = [
    (Fault(how="status", status=500), Uncertain),
    (Fault(how="status", status=502), Uncertain),
    (Fault(how="status", status=503), Uncertain),
    (Fault(how="html"), Uncertain),
    # What a gateway in front of Slack says: Slack has not seen the message.
    (Fault(how="html", status=404), NotSent),
    (Fault(how="html", status=502), Uncertain),
    (Fault(how="garbage"), Uncertain),
    (Fault(how="half"), Uncertain),
    (Fault(how="reset"), Uncertain),
    (Fault(how="fin"), Uncertain),
    (Fault(how="hang", seconds=0.8), Uncertain),
    (Fault(how="redirect"), NotSent),
]


@pytest.mark.parametrize(("fault", "kind"), TRANSPORT, ids=[f.how for f, _ in TRANSPORT])
def test_each_broken_answer_has_its_class(
    slack: FakeSlack, sender: SlackSender, fault: Fault, kind: type[DeliveryError]
) -> None:
    slack.fail(fault)
    before = slack.requests["chat.postMessage"]
    assert type(refused(sender)) is kind
    # The SDK's own retry, which posts twice, is off.
    assert slack.requests["chat.postMessage"] == before + 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30), ("0", 1), ("1.5", 1.5), ("99999", 3600), ("-1", 30), ("soon", 30), (None, 30)],
)
def test_retry_after(
    slack: FakeSlack, sender: SlackSender, header: str | None, seconds: float
) -> None:
    slack.fail(Fault(how="status", status=429, retry_after=header))
    error = refused(sender)
    assert isinstance(error, NotSent)
    assert (error.retry_after, error.scope) == (seconds, Scope.CHANNEL)


def test_nobody_listens() -> None:
    sender = SlackSender.from_token(TOKEN, "#x", base_url="http://127.0.0.1:9/")
    assert refused(sender).code == "cannot_connect"


def test_a_proxy_in_the_environment_is_not_followed(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    sender = SlackSender.from_token(TOKEN, "#policy-alerts", base_url=slack.url)
    assert sender.send(fresh_row(), HELLO).message_id


def test_the_token_is_in_no_log(
    slack: FakeSlack, sender: SlackSender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sender.send(fresh_row(), HELLO)
    slack.fail(Fault(how="reset"))
    refused(sender)
    assert TOKEN not in caplog.text


def test_what_was_sent_is_found_by_its_metadata(slack: FakeSlack, sender: SlackSender) -> None:
    one, two = fresh_row(alert_id="find-1"), fresh_row(alert_id="find-2")
    sent = sender.send(one, HELLO)
    # A sender that never posted must find the channel's id first.
    other = SlackSender.from_token(TOKEN, "#policy-alerts", base_url=slack.url)
    assert other.find(one) == sent
    assert other.find(two) is None


def test_a_reply_is_found_in_its_thread(slack: FakeSlack, sender: SlackSender) -> None:
    parent = sender.send(fresh_row(alert_id="parent"), HELLO)
    reply = fresh_row(
        alert_id="reply",
        op=OutboxOp.REPLY,
        parent_channel=parent.channel,
        parent_message_id=parent.message_id,
    )
    assert sender.find(reply) is None
    sent = sender.send(reply, HELLO)
    assert sender.find(reply) == sent
    assert slack.ledger()[-1].thread_ts == parent.message_id


def test_a_message_behind_pages_of_others_is_found(slack: FakeSlack, sender: SlackSender) -> None:
    wanted = fresh_row(alert_id="deep")
    sent = sender.send(wanted, HELLO)
    channel = {"channel": sent.channel, "text": "noise"}
    for _ in range(450):
        slack.space.call("chat.postMessage", channel, TOKEN)
    assert sender.find(wanted) == sent


def test_an_update_keeps_the_metadata_it_is_found_by(slack: FakeSlack, sender: SlackSender) -> None:
    post = fresh_row(alert_id="kept")
    parent = sender.send(post, HELLO)
    update = fresh_row(
        alert_id="u",
        op=OutboxOp.UPDATE,
        parent_channel=parent.channel,
        parent_message_id=parent.message_id,
    )
    sender.send(update, Message(text="newer", blocks=(), plain="newer"))
    shown = next(p for p in slack.ledger() if p.ts == parent.message_id)
    assert (shown.text, shown.alert_id, len(shown.edits)) == ("newer", "kept", 1)
    assert sender.find(post) == parent


def test_without_the_right_to_read_it_says_so(slack: FakeSlack, sender: SlackSender) -> None:
    slack.space.scopes.discard("channels:history")
    try:
        with pytest.raises(CannotLook):
            sender.find(fresh_row())
    finally:
        slack.space.scopes.add("channels:history")


def test_without_the_right_to_list_the_id_must_be_configured(slack: FakeSlack) -> None:
    slack.space.scopes.discard("channels:read")
    try:
        by_name = SlackSender.from_token(TOKEN, "#empty", base_url=slack.url)
        with pytest.raises(CannotLook, match="channel's id"):
            by_name.find(fresh_row())
        by_id = SlackSender.from_token(TOKEN, "C00000002", base_url=slack.url)
        assert by_id.find(fresh_row()) is None
    finally:
        slack.space.scopes.add("channels:read")


def test_a_revoked_token_stops_the_search_too(slack: FakeSlack, sender: SlackSender) -> None:
    slack.space.token = None
    with pytest.raises(PermanentToken):
        sender.find(fresh_row())


def test_old_messages_are_not_searched(slack: FakeSlack, sender: SlackSender) -> None:
    one = fresh_row(alert_id="old")
    sender.send(one, HELLO)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert sender.find(fresh_row(alert_id="old", first_attempt_at=tomorrow)) is None


def test_it_says_who_it_is(sender: SlackSender) -> None:
    assert "chat:write" in sender.identity()["scopes"]
    assert abs(sender.skew()) < timedelta(seconds=5)
