"""The nouns of alerting: matches, what is to be told of them, messages on their way out. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a term was found. Offsets are code points in the original field."""

    #: title or text (the body); lead is a part of text.
    field: str
    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A theme that holds for a revision, with its evidence."""

    watchlist: str
    theme: str
    theme_name: str
    score: float
    spans: tuple[Span, ...]
    priority: str = "normal"


class AlertKind(StrEnum):
    """What an alert tells."""

    #: A story matched for the first time.
    STORY = "story"
    #: One more outlet carries a story already told.
    COPY = "copy"
    #: An article of a told story changed.
    CHANGE = "change"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    #: Many rows folded into one message.
    DIGEST = "digest"
    #: For the operator: a source went quiet, a channel is broken...
    OPERATOR = "operator"


class OutboxOp(StrEnum):
    """What the message does at its destination."""

    POST = "post"
    UPDATE = "update"
    REPLY = "reply"


#: The error class of a row that waits because its channel had its share of messages.
RATE_CAP = "rate_cap"


class OutboxState(StrEnum):
    """Where a message stands; see docs/design.md, "Delivery"."""

    PENDING = "pending"
    SENDING = "sending"
    #: Outcome unknown: reconcile before any resend.
    CHECK = "check"
    SENT = "sent"
    #: Kept back: circuit open, muted, quiet hours.
    HELD = "held"
    #: Told by a digest instead.
    FOLDED = "folded"
    #: Given up, with its reason; a person decides.
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """What one watchlist must be told about one story or change, once."""

    #: Unique for ever: telling the same thing twice is a constraint violation, not a check.
    dedupe_key: str
    watchlist: str
    themes: tuple[str, ...]
    kind: AlertKind
    op: OutboxOp
    destination: str
    story_id: int | None
    article_id: int | None
    #: Number of the revision told.
    revision: int | None
    change_id: int | None
    priority: str = "normal"
    #: Destination-neutral message content, JSON-able; see alerts/message.py.
    payload: dict[str, Any] = field(default_factory=dict)
    #: Not before; None means now.
    due_at: datetime | None = None
    #: The alert whose message this one updates or replies to.
    parent_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One message to send, update or reply, as stored."""

    id: int
    alert_id: str
    dedupe_key: str
    watchlist: str
    kind: AlertKind
    op: OutboxOp
    state: OutboxState
    destination: str
    priority: str
    payload: dict[str, Any]
    story_id: int | None
    revision: int | None
    created_at: datetime
    next_at: datetime
    attempts: int
    #: A request may have reached the destination without our knowing.
    uncertain: bool
    first_attempt_at: datetime | None
    #: Where it went and what the destination calls it (Slack: channel id and ts).
    channel: str | None
    message_id: str | None
    #: The parent's outbox row, for updates and replies.
    parent_id: int | None
    parent_state: OutboxState | None
    parent_channel: str | None
    parent_message_id: str | None
    error_class: str | None
    error: str | None
    sent_at: datetime | None
    reconciled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The STORY message one watchlist already has for one story."""

    dedupe_key: str
    outbox_id: int
    state: OutboxState
    #: The number of the revision told.
    revision: int | None
    article_id: int | None
    channel: str | None
    message_id: str | None
    themes: tuple[str, ...]
    created_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)
