"""The one seam between deciding and sending: what a destination must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from alerts.message import Message
from storage.types import OutboxRow


class OnUncertain(StrEnum):
    """What to do with a message of unknown fate at a destination that cannot be asked."""

    #: Keep it back for a person (or for the time stated in docs), then send it marked.
    HOLD = "hold"
    #: Send it again at once, marked as a possible repeat.
    RESEND = "resend"
    #: The receiver itself drops what it has seen (an idempotency key).
    IDEMPOTENT = "idempotent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a destination can do; the dispatcher degrades what it cannot."""

    #: A reply hangs below its parent; without, it is a message of its own.
    threads: bool = False
    #: A sent message can be changed; without, updates are not sent.
    updates: bool = False
    #: The destination can be asked whether it has a message.
    lookup: bool = False
    on_uncertain: OnUncertain = OnUncertain.HOLD
    #: Messages a second, and how many at once; None means no limit.
    rate: float | None = None
    burst: float = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Where a message is now, in the destination's own words."""

    channel: str
    message_id: str


class Sender(Protocol):
    """Sends messages to one destination."""

    #: Senders that share credentials share this; a refused token stops them all.
    account: str

    @property
    def capabilities(self) -> Capabilities:
        """What this destination can do."""

    def send(self, row: OutboxRow, message: Message) -> Sent:
        """Carry out `row.op` once, without any retry, and return where the message is.

        Raises:
            DeliveryError: as alerts/errors.py divides them.
        """

    def find(self, row: OutboxRow) -> Sent | None:
        """Return where the message of *row* is, or None when the destination does not have it.

        Raises:
            CannotLook: there is no way to know.
            DeliveryError: not now.
        """
