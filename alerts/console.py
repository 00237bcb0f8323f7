"""Prints messages as Slack would show them."""

from __future__ import annotations

import sys
from typing import TextIO

from alerts.errors import NotSent
from alerts.message import Message
from alerts.senders import Capabilities, OnUncertain, Sent
from storage.types import OutboxOp, OutboxRow

_LEADS = {OutboxOp.REPLY: "↳ in the thread", OutboxOp.UPDATE: "✎ the message now reads"}


class ConsoleSender:
    """Writes to a stream, by default the standard output of the moment."""

    #: A terminal keeps nothing to look in; a message printed twice does no harm.
    capabilities = Capabilities(threads=True, updates=True, on_uncertain=OnUncertain.RESEND)
    account = "console"

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, row: OutboxRow, message: Message) -> Sent:
        """Print one message, a blank line after it.

        Raises:
            NotSent: nobody reads the stream.
        """
        lead = _LEADS.get(row.op)
        indent = "    " if lead else ""
        lines = [lead] if lead else []
        lines += [indent + line for line in message.plain.splitlines()]
        stream = self._stream or sys.stdout
        text = "\n".join(lines) + "\n\n"
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            # A terminal without UTF-8 shows question marks rather than nothing.
            stream.write(text.encode(encoding, "replace").decode(encoding))
            stream.flush()
        except (OSError, ValueError) as error:
            raise NotSent("stream_closed", str(error)) from error
        return Sent(channel="console", message_id=f"console-{row.id}")

    def find(self, row: OutboxRow) -> Sent | None:
        """Return None: a terminal cannot be asked."""
        return None
