"""What a pure function of a string gave, kept: for the same few thousand words again and again. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

#: Strings remembered by one memo: a newspaper's words are some tens of thousands.
SIZE = 65_536
#: A longer string hardly comes again: a paragraph of Chinese, an address.
LONGEST = 24


class Memo(dict[str, Value], Generic[Value]):
    """A dictionary that works out what it has not.

    `map(memo.__getitem__, words)` runs at the speed of C; a cache that keeps the order of use takes
    several times as long. When it is full it starts anew.

    >>> lengths = Memo(len)
    >>> lengths["four"], len(lengths)
    (4, 1)
    """

    def __init__(self, function: Callable[[str], Value]) -> None:
        """Answer with *function*, which must be pure."""
        super().__init__()
        self._function = function

    def __missing__(self, key: str) -> Value:
        """Return what the function gives for *key*, and keep it unless *key* is long."""
        value = self._function(key)
        if len(key) <= LONGEST:
            if len(self) >= SIZE:
                self.clear()
            self[key] = value
        return value
