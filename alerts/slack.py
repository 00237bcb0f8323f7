"""Slack by bot token. The only module that imports slack_sdk; its errors end here."""

from __future__ import annotations

import hashlib
import http.client
import logging
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from alerts.errors import CannotLook, DeliveryError, NotSent, ParentGone, PermanentToken, Uncertain
from alerts.limits import SLACK_BURST, SLACK_RATE
from alerts.message import Message
from alerts.senders import Capabilities, Sent
from alerts.slack_errors import from_status
from alerts.wire import fetch, opener
from storage.types import AlertKind, OutboxOp, OutboxRow

logger = logging.getLogger(__name__)

EVENT = "windcatch_alert"
TIMEOUT_S = 10
#: Of one whole answer: an answer that drips a byte a second would otherwise never end.
DEADLINE_S = 20
ANSWER_MAX = 8 * 1024 * 1024
#: How far our clock and Slack's may differ, beside what its Date header told us.
SLACK_CLOCK = timedelta(seconds=120)
#: Of one whole search: shorter than the claim that it is part of.
LOOK_S = 25.0
PAGE = 200
PAGES_MAX = 20

_WORD = re.compile(r"[a-z][a-z0-9_]{1,80}")
_CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{6,}")


class SlackSender:
    """Sends to one channel."""

    capabilities = Capabilities(
        threads=True, updates=True, lookup=True, rate=SLACK_RATE, burst=SLACK_BURST
    )

    def __init__(self, client: WebClient, channel: str, *, account: str) -> None:
        self._client = client
        self._channel = channel
        self._channel_id = channel if _CHANNEL_ID.fullmatch(channel) else None
        #: Slack's clock minus ours.
        self._skew = timedelta()
        self.account = account

    @classmethod
    def from_token(
        cls,
        token: str,
        channel: str,
        *,
        base_url: str | None = None,
        proxy: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> SlackSender:
        """Return a sender that authenticates with *token*; *base_url* stands in for Slack's."""
        base = base_url or WebClient.BASE_URL
        client = _Client(
            token=token,
            base_url=base if base.endswith("/") else f"{base}/",
            # Measured: the SDK's own retry posts twice when an answer is lost.
            retry_handlers=[],
            logger=_sdk_logger,
        )
        # The SDK declares whole seconds; its transport (ours, below) takes any.
        client.wait_s = timeout_s
        # Not from the environment: the SDK picks up *_PROXY by itself, and ignores NO_PROXY.
        client.proxy = proxy
        return cls(client, channel, account=hashlib.sha256(token.encode()).hexdigest()[:16])

    def send(self, row: OutboxRow, message: Message) -> Sent:
        """Post, update or reply, once."""
        content: dict[str, Any] = {"text": message.text, "blocks": list(message.blocks) or None}
        if row.op is OutboxOp.UPDATE:
            if row.parent_channel is None or row.parent_message_id is None:
                raise ParentGone("message_not_found", "the parent was never sent")
            # Without metadata Slack keeps the message's own, by which it is found again.
            answer = self._call(
                self._client.chat_update,
                channel=row.parent_channel,
                ts=row.parent_message_id,
                parse="none",
                link_names=False,
                **content,
            )
        else:
            answer = self._call(
                self._client.chat_postMessage,
                channel=self._channel,
                parse="none",
                link_names=False,
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
                metadata={
                    "event_type": EVENT,
                    "event_payload": {"alert_id": row.alert_id, "rev": row.revision or 0},
                },
                **_thread(row),
                **content,
            )
        sent = Sent(channel=str(answer.get("channel")), message_id=str(answer.get("ts")))
        self._channel_id = self._channel_id or sent.channel
        return sent

    def find(self, row: OutboxRow) -> Sent | None:
        """Look for the alert's metadata in the thread, then in the channel."""
        since = (row.first_attempt_at or row.created_at) + self._skew - SLACK_CLOCK
        oldest = f"{since.timestamp():.6f}"
        channel = row.parent_channel or self._find_channel()
        try:
            if row.op is OutboxOp.REPLY and row.parent_message_id is not None:
                try:
                    found = self._look(
                        self._client.conversations_replies,
                        row,
                        channel=channel,
                        ts=row.parent_message_id,
                        oldest=oldest,
                    )
                except ParentGone:
                    found = None
                if found is not None:
                    return found
            return self._look(
                self._client.conversations_history, row, channel=channel, oldest=oldest
            )
        except PermanentToken as error:
            if error.code != "missing_scope":
                raise
            raise CannotLook(error.code, "reading the channel's history is not allowed") from error

    def delete(self, sent: Sent) -> None:
        """Remove a message (the doctor's test message)."""
        self._call(self._client.chat_delete, channel=sent.channel, ts=sent.message_id)

    def identity(self) -> Mapping[str, Any]:
        """Return who we are to Slack: team, user, and `scopes` as a set."""
        answer = self._call(self._client.auth_test)
        headers = {name.lower(): str(value) for name, value in answer.headers.items()}
        scopes = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")} - {""}
        return {"team": answer.get("team"), "user": answer.get("user"), "scopes": scopes}

    def channel(self) -> Mapping[str, Any]:
        """Return what Slack says of the channel: id, name, is_member, is_archived."""
        answer = self._call(self._client.conversations_info, channel=self._find_channel())
        return dict(answer.get("channel") or {})

    def skew(self) -> timedelta:
        """Return Slack's clock minus ours, as of the last answer."""
        return self._skew

    def _look(
        self, method: Callable[..., SlackResponse], row: OutboxRow, **where: Any
    ) -> Sent | None:
        """Return the oldest message of this alert; two would be ours to explain, not to hide."""
        found: Sent | None = None
        cursor = ""
        deadline = time.monotonic() + LOOK_S
        for _ in range(PAGES_MAX):
            if time.monotonic() > deadline:
                raise NotSent("history_slow")
            answer = self._call(
                method, include_all_metadata=True, limit=PAGE, cursor=cursor or None, **where
            )
            for message in answer.get("messages") or ():
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == EVENT and payload.get("alert_id") == row.alert_id:
                    sent = Sent(channel=where["channel"], message_id=str(message["ts"]))
                    if found is None or float(sent.message_id) < float(found.message_id):
                        found = sent
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if found is not None or not cursor:
                return found
        # Thousands of newer messages hide ours: not knowing is not the same as absent.
        raise CannotLook("history_too_long", f"more than {PAGES_MAX * PAGE} messages since")

    def _find_channel(self) -> str:
        """Only posting takes a name; history wants the channel's id."""
        if self._channel_id is not None:
            return self._channel_id
        name, cursor = self._channel.removeprefix("#"), ""
        try:
            for _ in range(PAGES_MAX):
                answer = self._call(
                    self._client.conversations_list,
                    types="public_channel,private_channel",
                    limit=PAGE,
                    cursor=cursor or None,
                )
                for channel in answer.get("channels") or ():
                    if channel.get("name") == name:
                        self._channel_id = str(channel["id"])
                        return self._channel_id
                cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
                if not cursor:
                    break
        except PermanentToken as error:
            if error.code != "missing_scope":
                raise
        raise CannotLook(
            "channel_id_unknown",
            f"write the channel's id instead of {self._channel} in the configuration",
        )

    def _call(self, method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
        """Call the SDK and translate whatever it raises."""
        try:
            answer = method(**arguments)
        except (SlackClientError, OSError, http.client.HTTPException, ValueError) as error:
            raise translated(error) from error
        self._note_clock({name.lower(): str(value) for name, value in answer.headers.items()})
        return answer

    def _note_clock(self, headers: Mapping[str, str]) -> None:
        try:
            theirs = parsedate_to_datetime(headers["date"])
        except (KeyError, ValueError):
            return
        if theirs.tzinfo is not None:
            self._skew = theirs - datetime.now(UTC)


def translated(error: Exception) -> DeliveryError:
    """Return our error for whatever a call through the SDK raised."""
    if isinstance(error, SlackApiError):
        response = error.response
        if isinstance(response, SlackResponse):
            data = response.data if isinstance(response.data, dict) else {}
            headers = {str(k): str(v) for k, v in response.headers.items()}
            code = str(data.get("error") or "")
            # For what is not JSON the SDK puts a sentence of its own where Slack puts a word.
            known = code if _WORD.fullmatch(code) else None
            return from_status(response.status_code, headers, known)
        # In some versions it comes as a plain dict.
        raw: Mapping[str, Any] = response if isinstance(response, dict) else {}
        headers = {str(k): str(v) for k, v in dict(raw.get("headers") or {}).items()}
        return from_status(int(raw.get("status") or 200), headers, None)
    if isinstance(error, urllib.error.URLError):
        reason = error.reason
        # Nothing was accepted yet: the request cannot have been read.
        if isinstance(
            reason, ConnectionRefusedError | socket.gaierror | ssl.SSLError | TimeoutError
        ):
            return NotSent("cannot_connect", str(reason))
        return Uncertain("connection_broken", str(reason))
    if isinstance(error, TimeoutError):
        return Uncertain("timeout", str(error))
    if isinstance(error, SlackClientError):
        # The SDK refused to make the request at all.
        return NotSent("sdk_refused", type(error).__name__)
    return Uncertain("connection_broken", f"{type(error).__name__}: {error}")


def _thread(row: OutboxRow) -> dict[str, Any]:
    if row.op is not OutboxOp.REPLY or row.parent_message_id is None:
        return {}
    loud = row.priority == "high" and row.kind in (AlertKind.CHANGE, AlertKind.WITHDRAWN)
    return {"thread_ts": row.parent_message_id, "reply_broadcast": loud or None}


#: Silent: at DEBUG the SDK prints whole messages, and each failure is told by us anyway.
_sdk_logger = logging.getLogger(f"{__name__}.sdk")
_sdk_logger.setLevel(logging.CRITICAL)


class _Client(WebClient):
    """The SDK's client over a transport that is bounded and goes where it is told, nowhere else."""

    wait_s: float = TIMEOUT_S

    def _perform_urllib_http_request_internal(
        self, url: str, req: urllib.request.Request
    ) -> dict[str, Any]:
        status, headers, body = fetch(
            opener(self.proxy), req, timeout_s=self.wait_s, deadline_s=DEADLINE_S, limit=ANSWER_MAX
        )
        text = body.decode(headers.get_content_charset() or "utf-8")
        return {"status": status, "headers": headers, "body": text}
