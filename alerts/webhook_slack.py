"""Slack by incoming webhook: no threads, no updates, and no way to ask what arrived."""

from __future__ import annotations

import hashlib
import json

from alerts.errors import NotSent, PermanentAlert, PermanentChannel, PermanentToken, Uncertain
from alerts.limits import SLACK_BURST, SLACK_RATE
from alerts.message import Message
from alerts.post import post
from alerts.senders import Capabilities, OnUncertain, Sent
from storage.types import OutboxRow

#: Slack answers webhooks in words, with 4xx; the words decide (docs.slack.dev, "Incoming webhooks").
_CHANNEL = ("channel_is_archived", "channel_not_found", "action_prohibited", "posting_to_")
_TOKEN = ("no_service", "invalid_token", "no_team", "team_disabled", "no_active_hooks", "user_")
_CONTENT = ("invalid_payload", "no_text", "too_many_attachments", "invalid_blocks")


class SlackWebhookSender:
    """Posts to the one channel that the webhook's URL stands for."""

    def __init__(
        self,
        url: str,
        *,
        on_uncertain: OnUncertain = OnUncertain.HOLD,
        timeout_s: float = 10.0,
    ) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self.capabilities = Capabilities(
            on_uncertain=on_uncertain, rate=SLACK_RATE, burst=SLACK_BURST
        )
        self.account = f"hook:{hashlib.sha256(url.encode()).hexdigest()[:16]}"

    def send(self, row: OutboxRow, message: Message) -> Sent:
        """Post one message."""
        body = {
            "text": message.text,
            "blocks": list(message.blocks),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if not message.blocks:
            del body["blocks"]
        try:
            _, answer = post(
                self._url,
                json.dumps(body).encode(),
                {"Content-Type": "application/json; charset=utf-8", "User-Agent": "windcatch"},
                timeout_s=self._timeout_s,
            )
        except (PermanentAlert, PermanentChannel, NotSent) as error:
            raise _meant(error) from None
        if answer.strip() != "ok":
            # Something in between answered for Slack.
            raise Uncertain("unreadable_answer", answer[:80])
        # Slack tells neither a channel nor a timestamp.
        return Sent(channel="webhook", message_id=row.alert_id)

    def find(self, row: OutboxRow) -> Sent | None:
        """Return None: there is nothing to ask (`Capabilities.lookup` says so)."""
        return None


def _meant(error: PermanentAlert | PermanentChannel | NotSent) -> Exception:
    """Return the error that Slack's words mean, where they say more than the status."""
    words = str(error)
    for signs, kind in (
        (_TOKEN, PermanentToken),
        (_CHANNEL, PermanentChannel),
        (_CONTENT, PermanentAlert),
    ):
        for sign in signs:
            if sign in words:
                return kind(sign.rstrip("_"), words)
    return error
