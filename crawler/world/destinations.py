"""What can receive the alerts of a fault run, with the sender to it and where it can be killed."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from alerts.senders import Sender
from alerts.slack import SlackSender
from alerts.smtp import MailSender
from alerts.webhook import WebhookSender
from alerts.webhook_slack import SlackWebhookSender
from crawler.world.fakehook import FakeHook
from crawler.world.fakemail import FakeMail
from crawler.world.fakeslack import TOKEN, FakeSlack
from crawler.world.receiver import Receiver
from crawler.world.slackfaults import Fault, Mix

#: K6 to K10: every place at which dying could lose or repeat a message.
POINTS = (
    "outbox.claimed",
    "outbox.request_written",
    "outbox.response_ok",
    "outbox.marked",
    "outbox.reconcile_found",
)
#: Where nothing can be looked up, nothing is ever found; a mail is written by the library.
_NEVER = {
    "outbox.reconcile_found": ("webhook", "slack-webhook", "email"),
    "outbox.request_written": ("email",),
}
KINDS = ("slack", "webhook", "slack-webhook", "email")
#: The mix of the reference measurement: a share of each fault, for every message posted.
FAULTS = (
    (0.02, Fault(how="status", status=429, retry_after="1")),
    (0.05, Fault(how="status", status=500)),
    (0.05, Fault(how="status", status=500, stored=True)),
    (0.06, Fault(how="reset", stored=True)),
    (0.03, Fault(how="fin", stored=True)),
    (0.03, Fault(how="hang", stored=True, seconds=0.6)),
    (0.02, Fault(how="half", stored=True)),
    (0.02, Fault(how="error", code="fatal_error", stored=True)),
)
#: Refuses connections for the whole run: nothing listens on port 9.
DOWN = "http://127.0.0.1:9/api/"


def points_of(kind: str) -> list[str]:
    """Return where a deliverer to *kind* can be killed."""
    return [point for point in POINTS if kind not in _NEVER.get(point, ())]


def receiver_of(kind: str, names: list[str], mix: Mix) -> FakeSlack | Receiver:
    """Return what takes the alerts of *names*, spoiling answers by *mix*; not yet serving."""
    if kind == "slack":
        return FakeSlack([f"#{name}" for name in names], mix=mix)
    return FakeMail(mix=mix) if kind == "email" else FakeHook(mix=mix)


def sender_of(kind: str, name: str, served: str) -> Sender:
    """Return the sender of *kind* to *name* at the address *served*, without a rate."""
    sender: SlackSender | WebhookSender | SlackWebhookSender | MailSender
    if kind == "email":
        sender = MailSender(
            sender="windcatch@news.example",
            to=[f"{name}@news.example"],
            host="127.0.0.1",
            port=urlsplit(served).port or 0,
            tls="none",
            timeout_s=0.3,
        )
    elif kind == "webhook":
        sender = WebhookSender(served + name, None, timeout_s=0.3)
    elif kind == "slack-webhook":
        sender = SlackWebhookSender(served + name, timeout_s=0.3)
    else:
        sender = SlackSender.from_token(TOKEN, f"#{name}", base_url=served, timeout_s=0.3)
    # One a second is Slack's limit, not the matter here.
    sender.capabilities = replace(sender.capabilities, rate=None)
    # A token of its own: one channel's 429 storm shall not pause the others.
    sender.account = name
    return sender
