"""`doctor --slack`: what Slack grants, shows and refuses, and a message that goes again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_runs import Cli

from crawler.config import load
from crawler.doctor import Finding, Level
from crawler.doctor_slack import NEEDED, slack_findings
from crawler.world.fakeslack import TOKEN, FakeSlack
from crawler.world.slackfaults import Fault

CONFIG = '[destinations.a]\ntype = "slack"\nchannel = "#policy-alerts"\n'


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as found:
        yield found


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "windcatch.toml"
    file.write_text(CONFIG)
    return file


def asked(
    config: Path, slack: FakeSlack, *, post: bool = False, token: str = TOKEN
) -> list[Finding]:
    environ = {"SLACK_BOT_TOKEN": token, "WINDCATCH_SLACK_API_URL": slack.url}
    return list(slack_findings(load(config), environ, now=datetime.now(UTC), post=post))


def bad(found: list[Finding]) -> list[tuple[str, str]]:
    assert all(one.mend for one in found if one.level is not Level.OK), "each says how to mend it"
    return [(one.level.value, one.text) for one in found if one.level is not Level.OK]


def test_all_is_well_and_the_test_message_is_gone(config: Path, slack: FakeSlack) -> None:
    assert bad(asked(config, slack)) == []
    assert slack.requests["chat.postMessage"] == 0
    found = asked(config, slack, post=True)
    assert bad(found) == []
    assert found[-1].text.endswith("posted, found again and deleted")
    (message,) = slack.ledger()
    assert message.deleted


@pytest.mark.parametrize("scope", sorted(NEEDED))
def test_each_missing_scope_is_named_with_what_it_costs(
    config: Path, slack: FakeSlack, scope: str
) -> None:
    slack.space.scopes.discard(scope)
    found = bad(asked(config, slack))
    level = "fail" if scope == "chat:write" else "warn"
    assert found[0] == (level, f"without the scope {scope}, {NEEDED[scope]}")


def test_a_channel_that_is_closed_to_us(config: Path, slack: FakeSlack) -> None:
    channel = next(iter(slack.space.channels.values()))
    channel.member = False
    assert ("fail", "windcatch is not in #policy-alerts") in bad(asked(config, slack))
    channel.member, channel.archived = True, True
    assert bad(asked(config, slack)) == [("fail", "#policy-alerts is archived")]
    refused = bad(asked(config, slack, post=True))
    assert refused[-1] == ("fail", "#policy-alerts: a test message is refused: is_archived")


def test_a_wrong_token_ends_it(config: Path, slack: FakeSlack) -> None:
    assert bad(asked(config, slack, token="xoxb-other")) == [
        ("fail", "Slack answers: invalid_auth")
    ]


def test_a_message_that_cannot_be_found_again_is_told_and_deleted(
    config: Path, slack: FakeSlack
) -> None:
    slack.space.history_delay = 60.0
    ((level, text),) = bad(asked(config, slack, post=True))
    assert (level, "a repeat after a lost answer is possible" in text) == ("warn", True)
    assert slack.ledger()[-1].deleted


def test_a_message_that_cannot_be_deleted_is_told(config: Path, slack: FakeSlack) -> None:
    slack.fail(Fault(how="error", code="cant_delete_message", method="chat.delete"))
    ((level, text),) = bad(asked(config, slack, post=True))
    assert (level, "not deleted: cant_delete_message" in text) == ("warn", True)


def test_the_manifest_asks_for_what_the_doctor_asks_for(cli: Cli) -> None:
    printed = cli("doctor", "--slack-manifest").out
    assert [scope for scope in NEEDED if f"- {scope} " not in printed] == []
