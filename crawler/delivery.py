"""From `[destinations]` to a dispatcher that delivers what is due; secrets are read here, late."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from alerts.console import ConsoleSender
from alerts.delivery import Dispatcher
from alerts.errors import ConfigurationProblem
from alerts.jsonl import JsonLinesSender
from alerts.senders import OnUncertain, Sender
from alerts.slack import SlackSender
from alerts.smtp import MailSender
from alerts.webhook import WebhookSender
from alerts.webhook_slack import SlackWebhookSender
from crawler.clock import utcnow
from crawler.config import Config
from crawler.config_destinations import (
    ConsoleDestination,
    Destination,
    EmailDestination,
    JsonLinesDestination,
    SlackDestination,
    SlackWebhookDestination,
    WebhookDestination,
)
from crawler.secrets import SecretMissing, read_secret
from storage.archive import Archive

#: Stands in for Slack's base URL: tests, gateways.
SLACK_URL = "WINDCATCH_SLACK_API_URL"


def dispatcher_of(
    config: Config, archive: Archive, *, environ: Mapping[str, str] = os.environ
) -> Dispatcher:
    """Return the dispatcher for every destination of *config*.

    Raises:
        ConfigurationProblem: a destination cannot be built; the message says what to set.
    """
    senders = {
        id_: sender_of(id_, destination, config.folder, environ)
        for id_, destination in config.destinations.items()
    }
    return Dispatcher(archive, senders, operator=config.operator.destination, clock=utcnow)


def sender_of(
    id_: str, destination: Destination, folder: Path, environ: Mapping[str, str]
) -> Sender:
    """Return what sends to *destination*.

    Raises:
        ConfigurationProblem: its secret is missing, or it is of a type that cannot be built.
    """

    def secret(env: str, file: Path | None) -> str:
        return read_secret(env, file and folder / file, environ).reveal()

    try:
        match destination:
            case ConsoleDestination():
                return ConsoleSender()
            case JsonLinesDestination(path=path):
                return JsonLinesSender(folder / path)
            case SlackDestination() as slack:
                return SlackSender.from_token(
                    secret(slack.token_env, slack.token_file),
                    slack.channel,
                    base_url=environ.get(SLACK_URL) or None,
                )
            case SlackWebhookDestination() as hook:
                return SlackWebhookSender(
                    secret(hook.url_env, hook.url_file),
                    on_uncertain=OnUncertain(hook.on_uncertain),
                )
            case WebhookDestination() as web:
                signed = web.secret_env is not None or web.secret_file is not None
                key = secret(web.secret_env or "", web.secret_file) if signed else None
                return WebhookSender(web.url, key, now=utcnow)
            case EmailDestination() as mail:
                named = mail.username is not None
                return MailSender(
                    sender=mail.sender,
                    to=mail.to,
                    host=mail.host,
                    port=mail.port,
                    tls=mail.tls,
                    username=mail.username,
                    password=secret(mail.password_env, mail.password_file) if named else None,
                )
    except SecretMissing as error:
        raise ConfigurationProblem(f"[destinations.{id_}]: {error}") from None
