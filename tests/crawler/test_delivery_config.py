"""From `[destinations]` to senders: every type can be built, and says what it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import ConfigurationProblem
from crawler.config_destinations import TYPES
from crawler.delivery import sender_of

TABLES = {
    "slack": {"channel": "#a"},
    "slack-webhook": {"on_uncertain": "resend"},
    "console": {},
    "jsonl": {"path": "out/alerts.jsonl"},
    "webhook": {"url": "https://hooks.example/x", "secret_env": "HOOK_SECRET"},
    "email": {"to": ["a@example.org"], "sender": "w@example.org", "host": "mail.example.org",
              "username": "w"},
}  # fmt: skip
SECRETS = {
    "slack": "SLACK_BOT_TOKEN",
    "slack-webhook": "SLACK_WEBHOOK_URL",
    "webhook": "HOOK_SECRET",
    "email": "SMTP_PASSWORD",
}


def test_every_type_has_a_row() -> None:
    assert set(TABLES) == set(TYPES)


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_every_type_can_be_built(type_: str, tmp_path: Path) -> None:
    destination = TYPES[type_].model_validate({"type": type_, **TABLES[type_]})
    environ = dict.fromkeys(SECRETS.values(), "https://hooks.example/secret-value")
    sender = sender_of("policy", destination, tmp_path, environ)
    assert sender.account
    assert "secret-value" not in repr(sender)


@pytest.mark.parametrize(("type_", "variable"), sorted(SECRETS.items()))
def test_a_missing_secret_names_the_destination_and_the_variable(
    type_: str, variable: str, tmp_path: Path
) -> None:
    destination = TYPES[type_].model_validate({"type": type_, **TABLES[type_]})
    with pytest.raises(
        ConfigurationProblem, match=rf"\[destinations.policy\]: {variable} is not set"
    ):
        sender_of("policy", destination, tmp_path, {})
