"""Ways for an answer of a fake receiver to go wrong. Pure values."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way for one answer to go wrong."""

    #: status, error (`ok: false`), reset, fin, hang, half, html, redirect, garbage.
    how: str
    #: True: the request is carried out first, and only its answer is lost or wrong.
    stored: bool = False
    status: int = 500
    #: Slack's word, for `error`.
    code: str = ""
    #: Of a 429; None leaves the header out.
    retry_after: str | None = None
    #: How long a `hang` lasts.
    seconds: float = 3.0
    method: str = "chat.postMessage"
    #: Only for requests that name this channel (id or #name); None means any.
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Random faults for messages posted: (probability, fault), drawn with *seed*."""

    faults: tuple[tuple[float, Fault], ...]
    seed: int = 0

    def draw(self, dice: random.Random) -> Fault | None:
        """Return what *dice* say goes wrong with one message; None for nothing."""
        thrown = dice.random()
        for share, fault in self.faults:
            thrown -= share
            if thrown < 0:
                return fault
        return None
