"""Alarms for whoever runs Windcatch: one message for each change of state. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from alerts.cleaning import clean
from storage.types import AlertDraft, AlertKind, OutboxOp

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
) -> AlertDraft:
    """Return the notice that *subject* ("channel:policy", "source:bbc") is in *state* since *since*.

    The same subject, state and *since* make one notice for ever, whoever notices it how often.
    """
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
        payload={
            "v": 1,
            "kind": AlertKind.OPERATOR.value,
            "subject": subject,
            "state": state,
            "headline": redacted(headline, 200),
            "lines": [redacted(line) for line in lines],
            "seen": since.isoformat(),
            "zone": zone,
            "priority": "high",
        },
    )
