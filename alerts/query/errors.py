"""What is wrong with a query, and where."""

from __future__ import annotations

_WINDOW = 30


class QueryError(ValueError):
    """A query cannot be used. `at` is the offset in its text, in code points, from 0."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.at = at

    @property
    def column(self) -> int:
        """Return the place as people count: from 1."""
        return self.at + 1

    def pointed(self, text: str) -> str:
        """Return the message, with the piece of *text* it is about and a caret under the place.

        The caret stands under a code point; Han characters are two columns wide on a terminal, so
        the line above it is padded with full-width blanks for them.
        """
        start = max(0, self.at - _WINDOW)
        piece = "".join(c if c.isprintable() else " " for c in text[start : self.at + _WINDOW])
        before = piece[: self.at - start]
        pad = "".join("\u3000" if ord(char) >= 0x1100 else " " for char in before)
        return f"column {self.column}: {self.message}\n    {piece}\n    {pad}^"
