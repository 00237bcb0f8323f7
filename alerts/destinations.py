"""Destinations as configured, and the senders they become."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alerts.console import ConsoleSender
from alerts.errors import ConfigurationProblem
from alerts.jsonl import JsonLinesSender
from alerts.senders import OnUncertain, Sender
from alerts.slack import SlackSender
from alerts.smtp import MailSender
from alerts.webhook import WebhookSender
from alerts.webhook_slack import SlackWebhookSender

#: Stands in for Slack's base URL: tests, gateways.
SLACK_URL = "WINDCATCH_SLACK_API_URL"

_MOST = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One `[destinations.<id>]`: where alerts go. Never holds a secret, only where it is."""

    id: str
    #: slack, slack-webhook, console, jsonl, webhook, email.
    type: str
    #: The type's other keys, as crawler/config_destinations.py describes them.
    options: Mapping[str, Any] = field(default_factory=dict)


def build_senders(
    destinations: Iterable[Destination],
    environ: Mapping[str, str],
    *,
    folder: Path = Path(),
) -> dict[str, Sender]:
    """Return a sender for each destination, by id; relative paths start at *folder*.

    Raises:
        ConfigurationProblem: one cannot be built; the text says which variable or key to set.
    """
    return {each.id: build_sender(each, environ, folder=folder) for each in destinations}


def build_sender(
    destination: Destination, environ: Mapping[str, str], *, folder: Path = Path()
) -> Sender:
    """Return what sends to *destination*.

    Raises:
        ConfigurationProblem: its secret is missing, or there is no such type.
    """
    build = _BUILDERS.get(destination.type)
    if build is None:
        raise ConfigurationProblem(
            f"destinations.{destination.id}: there is no type {destination.type!r:.40}; "
            f"choose from {', '.join(sorted(_BUILDERS))}"
        )
    return build(_Parts(destination, environ, folder))


class _Parts:
    """A destination's keys and secrets, with clear words for what is missing."""

    def __init__(self, destination: Destination, environ: Mapping[str, str], folder: Path) -> None:
        self.options = destination.options
        self.environ = environ
        self._id = destination.id
        self._folder = folder

    def need(self, key: str) -> Any:
        value = self.options.get(key)
        if value in (None, "", ()):
            raise ConfigurationProblem(f"destinations.{self._id}.{key}: required")
        return value

    def path(self, key: str) -> Path:
        return self._folder / Path(self.need(key))

    def secret(self, name: str, default_env: str | None, what: str) -> str:
        found = self.maybe_secret(name, default_env)
        if found is None:
            env = self.options.get(f"{name}_env") or default_env
            raise ConfigurationProblem(
                f"destinations.{self._id}: no {what}: set the environment variable {env}, "
                f'or write {name}_file = "PATH" of a file that holds it'
            )
        return found

    def maybe_secret(self, name: str, default_env: str | None = None) -> str | None:
        file = self.options.get(f"{name}_file")
        if file:
            path = self._folder / Path(file)
            try:
                with path.open("rb") as opened:
                    text = opened.read(_MOST).decode("utf-8").strip()
            except (OSError, UnicodeError) as error:
                reason = getattr(error, "strerror", None) or "not a text file"
                raise ConfigurationProblem(
                    f"destinations.{self._id}.{name}_file: cannot read {path}: {reason}"
                ) from None
            if not text:
                raise ConfigurationProblem(f"destinations.{self._id}.{name}_file: {path} is empty")
            return text
        env = self.options.get(f"{name}_env") or default_env
        return (self.environ.get(env) or "").strip() or None if env else None


def _slack(parts: _Parts) -> Sender:
    return SlackSender.from_token(
        parts.secret("token", "SLACK_BOT_TOKEN", "Slack bot token"),
        str(parts.need("channel")),
        base_url=parts.environ.get(SLACK_URL) or None,
        proxy=parts.options.get("proxy") or None,
    )


def _slack_webhook(parts: _Parts) -> Sender:
    url = parts.secret("url", "SLACK_WEBHOOK_URL", "webhook address")
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ConfigurationProblem(
            "the Slack webhook's address must begin with https:// (it is a secret)"
        )
    choice = OnUncertain(parts.options.get("on_uncertain") or "hold")
    return SlackWebhookSender(url, on_uncertain=choice)


def _webhook(parts: _Parts) -> Sender:
    return WebhookSender(str(parts.need("url")), parts.maybe_secret("secret"))


def _email(parts: _Parts) -> Sender:
    username = parts.options.get("username")
    return MailSender(
        sender=str(parts.need("sender")),
        to=tuple(parts.need("to")),
        host=str(parts.need("host")),
        port=int(parts.options.get("port") or 587),
        tls=str(parts.options.get("tls") or "starttls"),
        username=username,
        password=parts.secret("password", "SMTP_PASSWORD", "SMTP password") if username else None,
    )


_BUILDERS: dict[str, Callable[[_Parts], Sender]] = {
    "slack": _slack,
    "slack-webhook": _slack_webhook,
    "console": lambda _: ConsoleSender(),
    "jsonl": lambda parts: JsonLinesSender(parts.path("path")),
    "webhook": _webhook,
    "email": _email,
}
