"""The fake Slack refuses what Slack refuses, or the other tests prove nothing."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.world.slackrules import refusal
from crawler.world.slackspace import Refused, Workspace

TOKEN = "xoxb-test"


@pytest.fixture
def space() -> Workspace:
    return Workspace(["#one", "#two"], token=TOKEN)


def post(space: Workspace, **args: Any) -> dict[str, Any]:
    return space.call("chat.postMessage", {"channel": "#one", "text": "x", **args}, TOKEN)


def refused(space: Workspace, method: str, token: str | None = TOKEN, **args: Any) -> str:
    with pytest.raises(Refused) as caught:
        space.call(method, args, token)
    return caught.value.code


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(**fields: Any) -> dict[str, Any]:
    made = {"type": "button", "text": {"type": "plain_text", "text": "x"}, "action_id": "a"}
    return {"type": "actions", "elements": [{**made, **fields}]}


def words(text: str) -> dict[str, Any]:
    run = {"type": "text", "text": text}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [run]}],
    }


REFUSED = [
    ("msg_too_long", {"text": "x" * 40_001}),
    ("no_text", {}),
    ("invalid_blocks_format", {"text": "x", "blocks": "x"}),
    ("invalid_blocks", {"blocks": [section("x")] * 51}),
    ("invalid_blocks", {"blocks": [section("x" * 3001)]}),
    ("invalid_blocks", {"blocks": [section("")]}),
    ("invalid_blocks", {"blocks": [{"type": "section"}]}),
    ("invalid_blocks", {"blocks": [{"type": "nonsense"}]}),
    (
        "invalid_blocks",
        {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]},
    ),
    (
        "invalid_blocks",
        {"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]},
    ),
    ("invalid_blocks", {"blocks": [{"type": "context", "elements": []}]}),
    (
        "invalid_blocks",
        {"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}]},
    ),
    ("invalid_blocks", {"blocks": [button(url="javascript:alert(1)")]}),
    ("invalid_blocks", {"blocks": [button(url="https://a/" + "x" * 3000)]}),
    ("invalid_blocks", {"blocks": [words("")]}),
    ("invalid_blocks", {"blocks": [{"type": "rich_text", "elements": []}]}),
    ("msg_blocks_too_long", {"blocks": [section("x" * 2900)] * 5}),
    ("invalid_metadata_format", {"text": "x", "metadata": {"event_type": "a"}}),
    ("invalid_metadata_schema", {"text": "x", "metadata": {"event_payload": {}}}),
    (
        "metadata_too_large",
        {"text": "x", "metadata": {"event_type": "a", "event_payload": {"b": "x" * 9000}}},
    ),
]


@pytest.mark.parametrize(("code", "message"), REFUSED)
def test_limits(code: str, message: dict[str, Any]) -> None:
    assert refusal(message) == code


def test_what_slack_takes() -> None:
    blocks = [
        section("x" * 3000),
        button(url="https://a.example/"),
        words("x"),
        {"type": "divider"},
    ]
    assert refusal({"text": "x", "blocks": blocks}) is None


def test_who_may_do_what(space: Workspace) -> None:
    assert refused(space, "auth.test", token=None) == "not_authed"
    assert refused(space, "auth.test", token="xoxb-other") == "invalid_auth"
    assert refused(space, "chat.unknown") == "unknown_method"
    assert refused(space, "chat.postMessage", channel="#nowhere", text="x") == "channel_not_found"
    space.channels["#one"].archived = True
    assert refused(space, "chat.postMessage", channel="#one", text="x") == "is_archived"
    space.channels["#two"].member = False
    assert refused(space, "chat.postMessage", channel="#two", text="x") == "not_in_channel"
    space.scopes.clear()
    assert refused(space, "chat.postMessage", channel="#one", text="x") == "missing_scope"


def test_only_posting_takes_a_channels_name(space: Workspace) -> None:
    sent = post(space)
    assert refused(space, "conversations.history", channel="#one") == "channel_not_found"
    found = space.call("conversations.history", {"channel": sent["channel"]}, TOKEN)
    assert len(found["messages"]) == 1


def test_history_hides_replies_and_asks_for_metadata(space: Workspace) -> None:
    meta = {"event_type": "a", "event_payload": {"alert_id": "1"}}
    parent = post(space, metadata=meta)
    post(space, thread_ts=parent["ts"])
    where = {"channel": parent["channel"]}
    plain = space.call("conversations.history", where, TOKEN)["messages"]
    assert [m["ts"] for m in plain] == [parent["ts"]]
    assert "metadata" not in plain[0]
    full = space.call("conversations.history", {**where, "include_all_metadata": "1"}, TOKEN)
    assert full["messages"][0]["metadata"] == meta
    thread = space.call("conversations.replies", {**where, "ts": parent["ts"]}, TOKEN)
    assert len(thread["messages"]) == 2
    assert list(space.by_alert()) == ["1"]


def test_one_message_a_second() -> None:
    now = [100.0]
    space = Workspace(["#one"], token=TOKEN, one_a_second=True, clock=lambda: now[0])
    post(space)
    with pytest.raises(Refused) as caught:
        post(space)
    assert caught.value.retry_after == "1"
    now[0] += 1
    post(space)


def test_edits_and_deletions_are_remembered(space: Workspace) -> None:
    sent = post(space, text="first")
    place = {"channel": sent["channel"], "ts": sent["ts"]}
    space.call("chat.update", {**place, "text": "second"}, TOKEN)
    space.call("chat.delete", place, TOKEN)
    [posted] = space.ledger("#one")
    assert (posted.text, posted.edits, posted.deleted) == ("second", [("first", [])], True)
    assert refused(space, "chat.update", **place, text="x") == "message_not_found"
    assert refused(space, "chat.delete", **place) == "message_not_found"
    assert refused(space, "chat.postMessage", channel="#one", text="x", thread_ts=sent["ts"]) == (
        "thread_not_found"
    )


def test_history_may_lag(space: Workspace) -> None:
    sent = post(space)
    space.history_delay = 60
    assert not space.call("conversations.history", {"channel": sent["channel"]}, TOKEN)["messages"]


def test_pages(space: Workspace) -> None:
    sent = [post(space) for _ in range(5)]
    where = {"channel": sent[0]["channel"], "limit": 2}
    first = space.call("conversations.history", where, TOKEN)
    cursor = first["response_metadata"]["next_cursor"]
    second = space.call("conversations.history", {**where, "cursor": cursor}, TOKEN)
    shown = [m["ts"] for m in (*first["messages"], *second["messages"])]
    assert shown == [m["ts"] for m in reversed(sent)][:4]
