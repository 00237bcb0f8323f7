"""Many rows as one message: which belong together, and what the digest says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from alerts.cleaning import ELLIPSIS, cut
from alerts.excerpts import Run
from alerts.message import DIGEST_ITEMS
from storage.types import AlertDraft, AlertKind, OutboxOp, OutboxRow

#: Rows that the cap kept back are told every quarter of an hour.
CAP_PERIOD = timedelta(minutes=15)

#: Of an item's passage, in characters; and of what stands in it before the first marked word.
EXCERPT_MAX = 160
LEAD_MAX = 60

#: What an item of a digest keeps of its message.
_KEPT = (
    *("kind", "class", "headline", "url", "source", "reasons", "themes", "copies", "story"),
    *("article", "revision", "seen"),
)


def cap_slot(now: datetime) -> datetime:
    """Return when rows over the cap are told: the next quarter of an hour, in UTC."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hour + CAP_PERIOD * ((now - hour) // CAP_PERIOD + 1)


def groups(rows: Iterable[OutboxRow]) -> dict[str, list[OutboxRow]]:
    """Return *rows* by the digest they belong to."""
    found: dict[str, list[OutboxRow]] = {}
    rows = list(rows)
    by_id = {row.id: row for row in rows}
    for row in rows:
        key = row.payload.get("fold")
        if key is None:
            # A reply goes with what it replies to.
            lead = by_id.get(row.parent_id or 0, row)
            key = f"cap:{lead.next_at:%Y-%m-%dT%H:%M}:{row.destination}:{row.watchlist}"
        found.setdefault(str(key), []).append(row)
    return found


def draft(
    key: str,
    rows: Sequence[OutboxRow],
    *,
    newest: Mapping[int, Mapping[str, Any]],
    number: int = 1,
) -> AlertDraft:
    """Return the one message that tells *rows*; *newest* are payloads that overtook some of them.

    *number* above 1 is a second digest of one slot, for rows that were committed after the first.
    """
    said = [{**row.payload, **newest.get(row.id, {})} for row in rows]
    said.sort(key=_weight)
    first = rows[0]
    name = str(first.payload.get("watchlist_name") or first.watchlist)
    payload = {
        "v": 1,
        "kind": AlertKind.DIGEST.value,
        "watchlist": first.watchlist,
        "watchlist_name": name,
        "zone": first.payload.get("zone"),
        "headline": _headline(name, said),
        "reason": _reason(key, len(rows)),
        "count": len(rows),
        "items": [_item(payload) for payload in said[:DIGEST_ITEMS]],
        "priority": "normal",
    }
    return AlertDraft(
        dedupe_key=f"digest:{key}" + (f"#{number}" if number > 1 else ""),
        watchlist=first.watchlist,
        themes=tuple(sorted({t["id"] for p in said for t in p.get("themes", ())})),
        kind=AlertKind.DIGEST,
        op=OutboxOp.POST,
        destination=first.destination,
        story_id=None,
        article_id=None,
        revision=None,
        change_id=None,
        payload=payload,
    )


def _item(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {**{k: payload[k] for k in _KEPT if k in payload}, "excerpt": _excerpt(payload)}


def _excerpt(payload: Mapping[str, Any]) -> list[Run]:
    """Return the passage that says why a reader is told, short enough for one of twenty."""
    passages = payload.get("hunks") or payload.get("excerpts") or ()
    marked = [runs for runs in passages if any(style for style, _ in runs)]
    if not marked:
        adds = payload.get("adds")
        return [("", cut(str(adds), EXCERPT_MAX))] if adds else []
    short: list[Run] = []
    room = EXCERPT_MAX
    for style, text in marked[0]:
        if not short and not style and len(text) > LEAD_MAX:
            # What stands before the first marked word is shown from a word's beginning.
            text = ELLIPSIS + text[-LEAD_MAX:].partition(" ")[2]
        if room > 0:
            short.append((style, cut(text, room)))
        room -= len(text)
    return short


def _weight(payload: Mapping[str, Any]) -> tuple[bool, float, str]:
    """High priority first, then the best score, then the oldest."""
    scores = [float(theme.get("score") or 0) for theme in payload.get("themes") or ()]
    return (
        payload.get("priority") != "high",
        -max(scores, default=0.0),
        str(payload.get("seen") or ""),
    )


def _headline(name: str, said: Sequence[Mapping[str, Any]]) -> str:
    counts = Counter(str(payload.get("kind")) for payload in said)
    if counts.keys() == {AlertKind.OPERATOR.value}:
        return f"Windcatch: {len(said)} {'notice' if len(said) == 1 else 'notices'}"
    stories = counts.pop(AlertKind.STORY.value, 0)
    rest = sum(counts.values())
    parts = []
    if stories:
        parts.append(f"{stories} new {'story' if stories == 1 else 'stories'}")
    if rest:
        parts.append(f"{rest} {'development' if rest == 1 else 'developments'}")
    return f"{name}: {' and '.join(parts)}"


def _reason(key: str, count: int) -> str:
    kind, _, _ = key.partition(":")
    alerts = "1 alert" if count == 1 else f"{count} alerts"
    if kind == "cap":
        return f"Rate cap reached: {alerts} folded into this digest"
    if kind == "alarms":
        return "Many came at once: is it one thing, such as a proxy, a password or a certificate?"
    if kind == "quiet":
        return f"{alerts} that came in quiet hours"
    return f"Digest of {alerts}"
