"""From `[destinations]` to a dispatcher that delivers what is due; secrets are read here, late."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from alerts.console import ConsoleSender
from alerts.delivery import Dispatcher
from alerts.errors import ConfigurationProblem
from alerts.jsonl import JsonLinesSender
from alerts.senders import Sender
from alerts.slack import SlackSender
from crawler.clock import utcnow
from crawler.config import Config
from crawler.config_destinations import (
    ConsoleDestination,
    Destination,
    JsonLinesDestination,
    SlackDestination,
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
    try:
        match destination:
            case ConsoleDestination():
                return ConsoleSender()
            case JsonLinesDestination(path=path):
                return JsonLinesSender(folder / path)
            case SlackDestination(token_file=file):
                token = read_secret(destination.token_env, file and folder / file, environ)
                return SlackSender.from_token(
                    token.reveal(), destination.channel, base_url=environ.get(SLACK_URL) or None
                )
    except SecretMissing as error:
        raise ConfigurationProblem(f"[destinations.{id_}]: {error}") from None
    raise ConfigurationProblem(f"[destinations.{id_}]: type {destination.type} cannot be built")
