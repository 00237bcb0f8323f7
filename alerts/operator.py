"""Alarms for whoever runs Windcatch: one message for each change of state. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from alerts.cleaning import clean
from alerts.digest import cap_slot
from storage.types import AlertDraft, AlertKind, OutboxOp

#: So many alarms of one watchdog in an hour come alone. What makes more sources fail than that is one
#: thing (a proxy, a password, a certificate), and hundreds of messages would hide it.
ALONE = 10
ALONE_WITHIN = timedelta(hours=1)

#: Tokens, webhook addresses, keys in URLs and user:password: none of them in any message.
_SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|hooks\.slack\.com/services/\S+"
    r"|(?<=//)[^/\s@]+@|(?<=[?&])(?:key|token|sig|apikey|secret|password)=[^&\s]+",
    re.IGNORECASE,
)


def redacted(text: str, limit: int = 500) -> str:
    """Return *text* cleaned, with everything that looks like a secret blotted out."""
    return _SECRET.sub("[redacted]", clean(text, limit))


def alarm(
    *,
    subject: str,
    state: str,
    headline: str,
    lines: Iterable[str],
    destination: str,
    since: datetime,
    zone: str = "UTC",
    lately: int = 0,
) -> AlertDraft:
    """Return the notice that *subject* ("channel:policy", "source:bbc") is in *state* since *since*.

    The same subject, state and *since* make one notice for ever, whoever notices it how often.

    Args:
        lately: How many there have been in the last `ALONE_WITHIN`: from `ALONE` on they are told
            together, each quarter of an hour.
    """
    lines = [redacted(line) for line in lines]
    slot = cap_slot(since) if lately >= ALONE else None
    fold = None if slot is None else f"alarms:{slot:%Y-%m-%dT%H:%M}:{destination}"
    return AlertDraft(
        dedupe_key=f"operator:{subject}:{state}:{since:%Y-%m-%dT%H:%M:%S}"[:200],
        watchlist="operator",
        themes=(),
        kind=AlertKind.OPERATOR,
        op=OutboxOp.POST,
        destination=destination,
        story_id=None,
        article_id=None,
        revision=None,
        change_id=None,
        priority="high",
        due_at=slot,
        payload={
            "v": 1,
            "kind": AlertKind.OPERATOR.value,
            "subject": subject,
            "state": state,
            "headline": redacted(headline, 200),
            "lines": lines,
            # What stands of it in one line among many.
            "reasons": lines[:1],
            "fold": fold,
            "seen": since.isoformat(),
            "zone": zone,
            "priority": "high",
        },
    )
