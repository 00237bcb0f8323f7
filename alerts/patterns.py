"""Users' regular expressions, run by RE2: linear time and bounded memory on any text. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import re2


class PatternError(ValueError):
    """RE2 refuses an expression: look-around, back-reference, too large, or plainly wrong."""


class SafePattern:
    """One compiled expression."""

    __slots__ = ("_compiled",)

    def __init__(self, source: str, *, ignore_case: bool = False) -> None:
        options = re2.Options()
        options.max_mem = 8 << 20
        options.log_errors = False
        options.case_sensitive = not ignore_case
        try:
            # Bytes: for texts, the library would convert the whole text again for every search.
            self._compiled: Any = re2.compile(source.encode(), options)
        except (re2.error, UnicodeError) as error:
            reason = error.args[0] if error.args else error
            text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
            raise PatternError(text) from None

    def spans(self, text: str, group: int = 0) -> Iterator[tuple[int, int]]:
        """Yield the places of *group* in *text*, in code points; each search goes on behind it.

        Empty ones are left out. A lone surrogate is read as U+FFFD.
        """
        try:
            data = text.encode()
        except UnicodeEncodeError:
            data = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).encode()
        at = start = counted = 0
        while True:
            match = self._compiled.search(data, at)
            if match is None:
                return
            first, last = match.span(group)
            start += len(data[counted:first].decode())
            end = start + len(data[first:last].decode())
            if last > first:
                yield start, end
                start, counted, at = end, last, last
                continue
            # Step over one whole character after an empty match.
            counted, at = first, first + 1
            while at < len(data) and data[at] & 0xC0 == 0x80:
                at += 1
            if at > len(data):
                return
