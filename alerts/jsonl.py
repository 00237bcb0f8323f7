"""Writes messages to a file, one JSON object a line: for other programs, and as a record."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alerts.errors import NotSent, PermanentChannel, Uncertain
from alerts.message import Message
from alerts.senders import Capabilities, Sent
from storage.types import OutboxRow


class JsonLinesSender:
    """Appends to one file. A line is whole or it does not count; the file can be asked."""

    capabilities = Capabilities(threads=True, updates=True, lookup=True)

    def __init__(self, path: Path) -> None:
        self._path = path
        self.account = f"file:{path}"

    def send(self, row: OutboxRow, message: Message) -> Sent:
        """Append one line and wait until it is on the disk.

        Raises:
            PermanentChannel: the file cannot be opened.
            Uncertain: the disk failed while writing.
        """
        line = json.dumps(record(row, message), ensure_ascii=False, separators=(",", ":"))
        try:
            # Alerts may speak of what a team watches: for the owner alone.
            handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise PermanentChannel("cannot_open", str(error)) from error
        try:
            # A line that a crash cut short must not swallow the next one.
            head = b"" if _ends_whole(handle) else b"\n"
            data = head + line.encode("utf-8", "replace") + b"\n"
            if os.write(handle, data) != len(data):
                raise Uncertain("short_write", "the disk is full?")
            os.fsync(handle)
        except OSError as error:
            raise Uncertain("cannot_write", str(error)) from error
        finally:
            os.close(handle)
        return Sent(channel=self._path.name, message_id=_key(row))

    def find(self, row: OutboxRow) -> Sent | None:
        """Return the message when the file has its line.

        Raises:
            NotSent: the file cannot be read now.
        """
        wanted = _key(row)
        try:
            for entry in _entries(self._path):
                if entry.get("message_id") == wanted:
                    return Sent(channel=self._path.name, message_id=wanted)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotSent("cannot_read", str(error)) from error
        return None


def record(row: OutboxRow, message: Message) -> dict[str, Any]:
    """Return what other programs get of a message: stable keys, the payload, and its text."""
    return {
        "message_id": _key(row),
        "alert_id": row.alert_id,
        "op": row.op.value,
        "kind": row.kind.value,
        "parent_id": row.parent_message_id,
        "watchlist": row.watchlist,
        "destination": row.destination,
        "priority": row.priority,
        "created_at": row.created_at.isoformat(),
        "text": message.plain,
        "payload": row.payload,
    }


def _key(row: OutboxRow) -> str:
    return f"{row.alert_id}:{row.op.value}"


def _ends_whole(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found
