"""Builders for alert tests, a timer that does not wait, and a sender that records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.clock import Timer
from alerts.errors import DeliveryError
from alerts.message import Message
from alerts.rules import Delivery
from alerts.senders import Capabilities, Sent
from alerts.verdict import Policy
from storage.types import (
    AlertDraft,
    AlertKind,
    Change,
    ChangeClass,
    CopyKind,
    Match,
    OutboxOp,
    OutboxRow,
    OutboxState,
    Recorded,
    Revision,
    Span,
    StoryMember,
    Told,
)

NOW = datetime(2026, 11, 21, 8, 17, tzinfo=UTC)
#: Short enough for a test, long enough for a loopback answer.
BRISK = Policy(lease=timedelta(seconds=0.6), settle=timedelta(seconds=0.02))

TEXT = (
    "Ministers met in Brussels. The Council adopted the 2027 quota on Monday. "
    "The TAC for cod falls by 12 %.\n\nThe rule enters into force on 1 March 2026."
)


@dataclass(frozen=True)
class Watchlist:
    id: str = "fisheries"
    name: str = "Fisheries"
    destination: str = "policy"
    delivery: Delivery = field(default_factory=Delivery)


def spans(text: str, *terms: str) -> tuple[Span, ...]:
    return tuple(
        Span(field="text", start=text.index(t), end=text.index(t) + len(t), term=t) for t in terms
    )


def match(theme: str = "quota", **fields: Any) -> Match:
    return Match(
        **{
            "watchlist": "fisheries",
            "theme": theme,
            "theme_name": theme.title(),
            "score": 1.0,
            "spans": spans(TEXT, "quota", "TAC"),
            **fields,
        }
    )


def revision(number: int = 1, *, article_id: int = 1, **fields: Any) -> Revision:
    return Revision(
        **{
            "article_id": article_id,
            "number": number,
            "fingerprint": f"1:{number}",
            "title": "Council adopts 2027 quota regulation",
            "text": TEXT,
            "seen_at": NOW,
            "capture_id": 1,
            "language": "en",
            **fields,
        }
    )


def member(article_id: int = 1, source_id: str = "mare", **fields: Any) -> StoryMember:
    return StoryMember(
        **{
            "story_id": 7,
            "article_id": article_id,
            "source_id": source_id,
            "url": f"https://{source_id}.example/{article_id}",
            "title": "Council adopts 2027 quota regulation",
            "kind": CopyKind.ORIGIN if article_id == 1 else CopyKind.EXACT,
            "score": 1.0,
            "first_seen_at": NOW,
            **fields,
        }
    )


def recorded(
    change_class: ChangeClass = ChangeClass.NEW,
    *,
    article_id: int = 1,
    before: Revision | None = None,
    after: Revision | None = None,
    reasons: tuple[str, ...] = (),
    change_id: int = 1,
    story: tuple[StoryMember, ...] | None = None,
    **fields: Any,
) -> Recorded:
    story = (member(),) if story is None else story
    return Recorded(
        **{
            "article_id": article_id,
            "change": Change(
                id=change_id,
                article_id=article_id,
                change_class=change_class,
                score=1.0,
                reasons=reasons,
                seen_at=NOW,
                before=before,
                after=after or revision(article_id=article_id),
            ),
            "outcome": "new" if change_class is ChangeClass.NEW else "revised",
            "member": next((m for m in story if m.article_id == article_id), None),
            "story": story,
            **fields,
        }
    )


VIEW = {
    "source": "DG MARE",
    "source_id": "mare",
    "url": "https://mare.example/1",
    "language": "en",
    "published": {
        "at": "2026-11-21T08:14:00+00:00",
        "precision": "minute",
        "zone": "Europe/Brussels",
    },
    "agency": None,
    "names": {"mare": "DG MARE", "eurlex": "EUR-Lex"},
}


def told(draft: AlertDraft, **fields: Any) -> Told:
    return Told(
        **{
            "dedupe_key": draft.dedupe_key,
            "outbox_id": 1,
            "state": OutboxState.SENT,
            "revision": draft.revision,
            "article_id": draft.article_id,
            "channel": "C1",
            "message_id": "1.0",
            "themes": draft.themes,
            "created_at": NOW,
            "payload": draft.payload,
            **fields,
        }
    )


def row(**fields: Any) -> OutboxRow:
    return OutboxRow(
        **{
            "id": 1,
            "alert_id": "a-1",
            "dedupe_key": "story:fisheries:7",
            "watchlist": "fisheries",
            "kind": AlertKind.STORY,
            "op": OutboxOp.POST,
            "state": OutboxState.SENDING,
            "destination": "policy",
            "priority": "normal",
            "payload": {},
            "story_id": None,
            "revision": 1,
            "created_at": NOW,
            "next_at": NOW,
            "attempts": 0,
            "uncertain": False,
            "first_attempt_at": None,
            "channel": None,
            "message_id": None,
            "parent_id": None,
            "parent_state": None,
            "parent_channel": None,
            "parent_message_id": None,
            "error_class": None,
            "error": None,
            "sent_at": None,
            "reconciled": False,
            **fields,
        }
    )


def draft(number: int = 1, **fields: Any) -> AlertDraft:
    """A story alert about nothing in the database."""
    return AlertDraft(
        **{
            "dedupe_key": f"story:fisheries:{number}",
            "watchlist": "fisheries",
            "themes": ("quota",),
            "kind": AlertKind.STORY,
            "op": OutboxOp.POST,
            "destination": "policy",
            "story_id": None,
            "article_id": None,
            "revision": 1,
            "change_id": None,
            "payload": {
                "kind": "story",
                "headline": f"Story {number}",
                "source": "DG MARE",
                "url": f"https://mare.example/{number}",
                "watchlist_name": "Fisheries",
                "seen": NOW.isoformat(),
                "themes": [{"id": "quota", "name": "Quota", "score": 1.0, "terms": ["quota"]}],
            },
            **fields,
        }
    )


class Recorder:
    """A destination in memory, with every capability unless told otherwise."""

    def __init__(self, *errors: DeliveryError, account: str = "a", **can: Any) -> None:
        self.capabilities = Capabilities(
            **{"threads": True, "updates": True, "lookup": True, **can}
        )
        self.account = account
        self.errors = list(errors)
        self.took: list[tuple[OutboxRow, Message]] = []

    def send(self, row: OutboxRow, message: Message) -> Sent:
        if self.errors:
            raise self.errors.pop(0)
        self.took.append((row, message))
        return Sent(channel="C1", message_id=str(len(self.took)))

    def find(self, row: OutboxRow) -> Sent | None:
        return next(
            (
                Sent(channel="C1", message_id=str(number))
                for number, (taken, _) in enumerate(self.took, 1)
                if taken.alert_id == row.alert_id
            ),
            None,
        )


class Skipping(Timer):
    """A clock that only moves when somebody waits: hours of delivery in a moment."""

    def __init__(self, start: datetime = NOW) -> None:
        super().__init__()
        self.start = start
        self.passed = 0.0

    def ticks(self) -> float:
        return self.passed

    def wait(self, seconds: float) -> bool:
        self.passed += max(0.0, seconds)
        return self.stopped

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)
