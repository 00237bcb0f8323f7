"""A webhook of your own: JSON, signed, with an idempotency key. How to check it: docs/delivery.md."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime

from alerts.jsonl import record
from alerts.message import Message
from alerts.post import post
from alerts.senders import Capabilities, OnUncertain, Sent
from storage.types import OutboxRow

#: Bound into the signature, so that an old request cannot be played again: refuse old ones.
TIMESTAMP = "Windcatch-Timestamp"
SIGNATURE = "Windcatch-Signature"
#: The same for every try of one message: store it, and answer 200 to one you have seen.
KEY = "Idempotency-Key"


class WebhookSender:
    """Posts each message to one URL."""

    #: The receiver drops repeats by the key; each try after the first says that it may be one.
    capabilities = Capabilities(threads=True, updates=True, on_uncertain=OnUncertain.IDEMPOTENT)

    def __init__(
        self,
        url: str,
        secret: str | None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout_s: float = 10.0,
    ) -> None:
        self._url = url
        self._secret = secret.encode() if secret else None
        self._now = now
        self._timeout_s = timeout_s
        self.account = f"webhook:{hashlib.sha256(url.encode()).hexdigest()[:16]}"

    def send(self, row: OutboxRow, message: Message) -> Sent:
        """Post one message; the answer's body is not looked at."""
        said = record(row, message)
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        stamp = str(int(self._now().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "windcatch",
            KEY: said["message_id"],
            TIMESTAMP: stamp,
        }
        if self._secret is not None:
            headers[SIGNATURE] = f"v1={signature(self._secret, stamp, body)}"
        post(self._url, body, headers, timeout_s=self._timeout_s)
        return Sent(channel="webhook", message_id=said["message_id"])

    def find(self, row: OutboxRow) -> Sent | None:
        """Return None: the receiver is not asked, it drops what it has seen."""
        return None


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the hex HMAC-SHA256 over timestamp, a full stop, and the body as sent."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
