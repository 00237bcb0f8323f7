"""The shape of `[destinations.<id>]`: where alerts go. Secrets are named here, never written. Pure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from crawler.config_model import HttpUrl, Line, Model

#: The name of an environment variable.
_ENV = re.compile(r"[A-Z_][A-Z0-9_]{0,100}")
#: By id (channel, direct message, private group) or by name.
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{6,20}|#[^\s#]{1,79}")
_ADDRESS = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,255}")

SecretFile = Annotated[Path, Field(strict=False)] | None


def _env(value: str) -> str:
    if not _ENV.fullmatch(value):
        raise ValueError("not the name of an environment variable, such as SLACK_BOT_TOKEN")
    return value


def _channel(value: str) -> str:
    if not _CHANNEL.fullmatch(value):
        raise ValueError('not a channel: write its id ("C0123456789") or "#its-name"')
    return value


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("not a mail address")
    return value


Env = Annotated[str, AfterValidator(_env)]
Address = Annotated[str, AfterValidator(_address)]


class SlackDestination(Model):
    """A channel, written to by a bot token: threads, updates, and no message twice."""

    type: Literal["slack"]
    #: "#policy-alerts", or better the channel's id ("C0123456789"): a name can change.
    channel: Annotated[str, AfterValidator(_channel)]
    token_env: Env = "SLACK_BOT_TOKEN"  # noqa: S105 - a variable's name
    token_file: SecretFile = None


class SlackWebhookDestination(Model):
    """An incoming webhook: no threads, no updates, and nothing to ask after a lost answer."""

    type: Literal["slack-webhook"]
    url_env: Env = "SLACK_WEBHOOK_URL"
    url_file: SecretFile = None
    #: When nobody can tell whether a message arrived: keep it back, or risk a second one.
    on_uncertain: Literal["hold", "resend"] = "hold"


class ConsoleDestination(Model):
    """Standard output, as Slack would show it."""

    type: Literal["console"]


class JsonLinesDestination(Model):
    """A file, one JSON object a line."""

    type: Literal["jsonl"]
    path: Annotated[Path, Field(strict=False)]


class WebhookDestination(Model):
    """An HTTP endpoint of yours; signed when a secret is named."""

    type: Literal["webhook"]
    url: HttpUrl
    secret_env: Env | None = None
    secret_file: SecretFile = None


class EmailDestination(Model):
    """Mail through an SMTP server."""

    type: Literal["email"]
    to: Annotated[tuple[Address, ...], Field(strict=False, min_length=1, max_length=50)]
    sender: Address
    host: Line
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    username: Line | None = None
    password_env: Env = "SMTP_PASSWORD"  # noqa: S105 - a variable's name
    password_file: SecretFile = None


Destination = (
    SlackDestination
    | SlackWebhookDestination
    | ConsoleDestination
    | JsonLinesDestination
    | WebhookDestination
    | EmailDestination
)

#: The model of each `type`.
TYPES: dict[str, type[Destination]] = {
    "slack": SlackDestination,
    "slack-webhook": SlackWebhookDestination,
    "console": ConsoleDestination,
    "jsonl": JsonLinesDestination,
    "webhook": WebhookDestination,
    "email": EmailDestination,
}
