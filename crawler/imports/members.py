"""A WARC file as bounded pieces: gzip members unpacked a little at a time, plain files as they are.

Nothing a file says about its own sizes is believed. A member may be a bomb, cut off or damaged:
then the next one is looked for, so that what follows is not lost.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

_MAGIC = b"\x1f\x8b\x08"
_STEP = 64 * 1024
#: Bytes of one member that are unpacked only to be passed over. A whole file packed as one member
#: is read record by record and does not count; a bomb's filling does.
MAX_SKIPPED = 64 << 20


class Damaged(Exception):
    """The bytes cannot be unpacked; the message says why."""


class TooMuch(Exception):
    """More would have to be passed over than `MAX_SKIPPED`."""


class Member:
    """One gzip member, or a whole plain file, read forward. `read` never returns more than asked."""

    def __init__(self, source: _Source, *, packed: bool) -> None:
        self._source = source
        self._unpack = zlib.decompressobj(wbits=31) if packed else None
        self._ready = b""
        self._skipped = 0
        #: The last two pieces of the file, as taken.
        self._last = (b"", b"")
        self._left = False
        #: True when its end was reached in good order.
        self.whole = False

    def read(self, size: int) -> bytes:
        """Return up to *size* bytes, fewer only at the end.

        Raises:
            Damaged: the member is damaged or cut off.
        """
        parts = bytearray()
        while len(parts) < size and self._fill(size - len(parts)):
            part = self._ready[: size - len(parts)]
            parts += part
            self._ready = self._ready[len(part) :]
        return bytes(parts)

    def line(self, limit: int) -> bytes:
        """Return the next line with its end, cut at *limit* bytes; b"" at the end.

        Raises:
            Damaged: the member is damaged or cut off.
        """
        parts = bytearray()
        while len(parts) < limit and self._fill(_STEP):
            room = limit - len(parts)
            at = self._ready.find(b"\n", 0, room)
            part = self._ready[: at + 1] if at >= 0 else self._ready[:room]
            parts += part
            self._ready = self._ready[len(part) :]
            if at >= 0:
                break
        return bytes(parts)

    def skip(self, size: int) -> int:
        """Pass over *size* bytes; return how many there were.

        Raises:
            Damaged: the member is damaged or cut off.
            TooMuch: a packed member wants more passed over than `MAX_SKIPPED`.
        """
        left = size
        while left and self._fill(min(left, _STEP)):
            part = min(left, len(self._ready))
            self._ready = self._ready[part:]
            left -= part
            self._skipped += part
            if self._unpack is not None and self._skipped > MAX_SKIPPED:
                raise TooMuch
        return size - left

    def put_back(self, data: bytes) -> None:
        """Let the next read begin with *data*."""
        self._ready = data + self._ready

    def _fill(self, size: int) -> bool:
        """Make at least one byte ready; return False at the end."""
        while not self._ready:
            if self.whole:
                return False
            if self._unpack is None:
                self._ready = self._source.take()
                self.whole = not self._ready
                continue
            self._unpacked(self._unpack, max(1, min(size, _STEP)))
        return True

    def _unpacked(self, unpack: Any, size: int) -> None:
        """Unpack a little more, at most *size* bytes."""
        packed = unpack.unconsumed_tail
        if not packed and (packed := self._source.take()):
            self._last = (self._last[-1], packed)
        try:
            self._ready = unpack.decompress(packed, size)
        except zlib.error as error:
            self._leave()
            raise Damaged(f"damaged gzip: {error}") from None
        if unpack.eof:
            self._source.give_back(unpack.unused_data)
            self.whole = True
        elif not packed and not self._ready:
            self._leave()
            raise Damaged("it is cut off")

    def _leave(self) -> None:
        """Give back what was taken last: damage shows late, and the next member may begin in it.

        Without its first byte, so that this member is not found again.
        """
        self._source.give_back(b"".join(self._last)[1:])
        self._left = True

    def abandon(self) -> None:
        """Leave the member where it is: the next one is to be looked for from here."""
        if self._unpack is not None and not self._unpack.eof and not self._left:
            self._source.give_back(self._unpack.unconsumed_tail)


class _Source:
    """The file's own bytes, with a little that was given back."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._back = b""

    def take(self) -> bytes:
        if self._back:
            data, self._back = self._back[:_STEP], self._back[_STEP:]
            return data
        return self._file.read(_STEP)

    def give_back(self, data: bytes) -> None:
        self._back = data + self._back

    def next_member(self) -> bool:
        """Move to the next place where a gzip member with a WARC record begins; False at the end."""
        window = b""
        while more := self.take():
            window += more
            at = window.find(_MAGIC)
            while at >= 0:
                if len(window) - at < 4096 and (further := self.take()):
                    window += further
                if _begins_record(window[at : at + 4096]):
                    self.give_back(window[at:])
                    return True
                at = window.find(_MAGIC, at + 1)
            window = window[-len(_MAGIC) :]
        return False


def _begins_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(wbits=31).decompress(data, 5) == b"WARC/"
    except zlib.error:
        return False


def members(file: BinaryIO) -> Iterator[Member]:
    """Yield the members of *file*, each to be read before the next is asked for.

    A member that was left before its end is passed over, and the next beginning is looked for.
    """
    source = _Source(file)
    head = source.take()
    if not head:
        return
    source.give_back(head)
    if not head.startswith(_MAGIC):
        yield Member(source, packed=False)
        return
    while True:
        member = Member(source, packed=True)
        yield member
        if member.whole:
            if not (following := source.take()):
                return
            source.give_back(following)
            if following.startswith(_MAGIC[: len(following)]):
                continue
        else:
            member.abandon()
        if not source.next_member():
            return
