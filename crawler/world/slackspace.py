"""A Slack workspace in memory: channels, messages, threads, and who may do what."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.world.slackrules import refusal

#: What a bot token needs for everything Windcatch does.
SCOPES = frozenset(
    {"chat:write", "channels:history", "groups:history", "channels:read", "groups:read"}
    | {"metadata.message:read"}
)


class Refused(Exception):
    """Slack's `ok: false`; `code` is its word for it, `retry_after` makes it a 429."""

    def __init__(self, code: str, *, retry_after: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


@dataclass
class Posted:
    """One message as the workspace keeps it."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None
    thread_ts: str | None
    broadcast: bool
    #: Seconds since the epoch, when it was stored.
    at: float
    #: Earlier (text, blocks), oldest first.
    edits: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    deleted: bool = False

    @property
    def alert_id(self) -> str | None:
        """The alert this message says it is about."""
        payload = (self.metadata or {}).get("event_payload") or {}
        found = payload.get("alert_id")
        return str(found) if found is not None else None


@dataclass
class Channel:
    """One channel; the flags are what can be wrong with it."""

    id: str
    name: str
    archived: bool = False
    member: bool = True
    #: When the last message came, for the limit of one a second.
    last_at: float = 0.0


class Workspace:
    """Everything behind the API. Safe to use from several threads."""

    def __init__(
        self,
        channels: Iterable[str],
        *,
        token: str,
        one_a_second: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token: str | None = token
        self.scopes = set(SCOPES)
        self.channels = {
            name: Channel(id=f"C{number:08d}", name=name.removeprefix("#"))
            for number, name in enumerate(channels, 1)
        }
        #: Seconds after which a stored message shows in history: real ones are not at once there.
        self.history_delay = 0.0
        self._one_a_second = one_a_second
        self._clock = clock
        self._lock = threading.RLock()
        self._posted: list[Posted] = []
        self._last_ts = 0.0

    def ledger(self, channel: str | None = None) -> tuple[Posted, ...]:
        """Return every message ever stored, oldest first, deleted ones too."""
        with self._lock:
            wanted = None if channel is None else self._channel(channel).id
            return tuple(p for p in self._posted if wanted is None or p.channel == wanted)

    def by_alert(self) -> dict[str, list[Posted]]:
        """Return the messages of each alert: more than one is a duplicate."""
        found: dict[str, list[Posted]] = {}
        for posted in self.ledger():
            if posted.alert_id is not None:
                found.setdefault(posted.alert_id, []).append(posted)
        return found

    def call(self, method: str, args: Mapping[str, Any], token: str | None) -> dict[str, Any]:
        """Return Slack's answer to one API call.

        Raises:
            Refused: Slack would answer `ok: false` or 429.
        """
        with self._lock:
            if token is None:
                raise Refused("not_authed")
            if token != self.token:
                raise Refused("invalid_auth" if self.token else "token_revoked")
            action = _METHODS.get(method)
            if action is None:
                raise Refused("unknown_method")
            scopes, act = action
            if not all(scope in self.scopes for scope in scopes):
                raise Refused("missing_scope")
            return {"ok": True, **act(self, args)}

    def _post(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = self._writable(args)
        now = self._clock()
        if self._one_a_second and now - channel.last_at < 1.0:
            raise Refused("ratelimited", retry_after="1")
        if (problem := refusal(args)) is not None:
            raise Refused(problem)
        thread = args.get("thread_ts")
        if thread is not None:
            parent = self._find(channel, str(thread))
            if parent is None or parent.deleted:
                raise Refused("thread_not_found")
        channel.last_at = now
        self._last_ts = max(now, self._last_ts + 0.000001)
        posted = Posted(
            channel=channel.id,
            ts=f"{self._last_ts:.6f}",
            text=str(args.get("text") or ""),
            blocks=list(args.get("blocks") or []),
            metadata=args.get("metadata"),
            thread_ts=None if thread is None else str(thread),
            broadcast=bool(args.get("reply_broadcast")),
            at=now,
        )
        self._posted.append(posted)
        return {"channel": channel.id, "ts": posted.ts, "message": _shown(posted, metadata=True)}

    def _update(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = self._writable(args, by_id=True)
        posted = self._find(channel, str(args.get("ts")))
        if posted is None or posted.deleted:
            raise Refused("message_not_found")
        if (problem := refusal(args)) is not None:
            raise Refused(problem)
        posted.edits.append((posted.text, posted.blocks))
        posted.text = str(args.get("text") or "")
        # Slack: an update with text and without blocks removes the old blocks.
        posted.blocks = list(args.get("blocks") or [])
        if args.get("metadata") is not None:
            posted.metadata = args["metadata"]
        return {"channel": channel.id, "ts": posted.ts, "text": posted.text}

    def _delete(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = self._writable(args, by_id=True)
        posted = self._find(channel, str(args.get("ts")))
        if posted is None or posted.deleted:
            raise Refused("message_not_found")
        posted.deleted = True
        return {"channel": channel.id, "ts": posted.ts}

    def _history(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = self._channel(str(args.get("channel")), by_id=True)
        oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
        visible = self._clock() - self.history_delay
        found = [
            p
            for p in reversed(self._posted)
            if p.channel == channel.id
            and not p.deleted
            and p.at <= visible
            and (p.thread_ts is None or p.broadcast)
            and oldest < float(p.ts) < latest
        ]
        return _page(found, args)

    def _replies(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = self._channel(str(args.get("channel")), by_id=True)
        thread = str(args.get("ts"))
        parent = self._find(channel, thread)
        if parent is None:
            raise Refused("thread_not_found")
        visible = self._clock() - self.history_delay
        found = [
            p
            for p in self._posted
            if p.channel == channel.id
            and (p.ts == thread or p.thread_ts == thread)
            and not p.deleted
            and p.at <= visible
        ]
        return _page(found, args)

    def _permalink(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = self._channel(str(args.get("channel")), by_id=True)
        posted = self._find(channel, str(args.get("message_ts")))
        if posted is None:
            raise Refused("message_not_found")
        number = posted.ts.replace(".", "")
        return {"permalink": f"https://fake.slack.com/archives/{channel.id}/p{number}"}

    def _list(self, args: Mapping[str, Any]) -> dict[str, Any]:
        listed = [
            {"id": c.id, "name": c.name, "is_archived": c.archived, "is_member": c.member}
            for c in self.channels.values()
        ]
        start = int(args.get("cursor") or 0)
        end = start + int(args.get("limit") or 100)
        following = str(end) if end < len(listed) else ""
        return {"channels": listed[start:end], "response_metadata": {"next_cursor": following}}

    def _info(self, args: Mapping[str, Any]) -> dict[str, Any]:
        c = self._channel(str(args.get("channel")), by_id=True)
        about = {"id": c.id, "name": c.name, "is_archived": c.archived, "is_member": c.member}
        return {"channel": about}

    def _auth(self, args: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "url": "https://fake.slack.com/",
            "team": "Fake",
            "user": "windcatch",
            "team_id": "T00000001",
            "user_id": "U00000001",
            "bot_id": "B00000001",
        }

    def _writable(self, args: Mapping[str, Any], *, by_id: bool = False) -> Channel:
        channel = self._channel(str(args.get("channel")), by_id=by_id)
        if channel.archived:
            raise Refused("is_archived")
        if not channel.member:
            raise Refused("not_in_channel")
        return channel

    def _channel(self, name: str, *, by_id: bool = False) -> Channel:
        """Only chat.postMessage takes a name; everything else wants the id."""
        for channel in self.channels.values():
            if name == channel.id or (not by_id and name.removeprefix("#") == channel.name):
                return channel
        raise Refused("channel_not_found")

    def _find(self, channel: Channel, ts: str) -> Posted | None:
        return next((p for p in self._posted if p.channel == channel.id and p.ts == ts), None)


def _page(found: list[Posted], args: Mapping[str, Any]) -> dict[str, Any]:
    limit = min(int(args.get("limit") or 100), 999)
    start = int(args.get("cursor") or 0)
    metadata = str(args.get("include_all_metadata")).lower() in ("1", "true")
    more = start + limit < len(found)
    return {
        "messages": [_shown(p, metadata=metadata) for p in found[start : start + limit]],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def _shown(posted: Posted, *, metadata: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "type": "message",
        "ts": posted.ts,
        "text": posted.text,
        "blocks": posted.blocks,
        "bot_id": "B00000001",
    }
    if posted.thread_ts is not None:
        shown["thread_ts"] = posted.thread_ts
    if metadata and posted.metadata is not None:
        shown["metadata"] = posted.metadata
    return shown


_Act = Callable[[Workspace, Mapping[str, Any]], dict[str, Any]]
_METHODS: dict[str, tuple[tuple[str, ...], _Act]] = {
    "chat.postMessage": (("chat:write",), Workspace._post),
    "chat.update": (("chat:write",), Workspace._update),
    "chat.delete": (("chat:write",), Workspace._delete),
    "chat.getPermalink": ((), Workspace._permalink),
    "conversations.history": (("channels:history",), Workspace._history),
    "conversations.replies": (("channels:history",), Workspace._replies),
    "conversations.list": (("channels:read",), Workspace._list),
    "conversations.info": (("channels:read",), Workspace._info),
    "auth.test": ((), Workspace._auth),
}
