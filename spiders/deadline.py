"""A limit on the processor time that reading one document may take.

Limits on size and shape (spiders/feedgate.py) keep reading cheap as far as its costs are known.
This is for what is not known: a document that takes too long costs seconds, not the service.
The timer counts processor time, so that a busy machine breaks nothing. Python code and `re` are
interrupted; what runs in C (lxml, expat) ends by its own limits first.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

#: Seconds of processor time for one discovery document; the dearest sound one met takes 1.5.
READING_S = 6.0
#: Should something swallow the first interruption, another follows.
_AGAIN_S = 0.5


class TookTooLong(BaseException):
    """The time is up. Not an Exception, so that no parser takes it for one of its own."""


def within(seconds: float, read: Callable[[], T], otherwise: Callable[[], T]) -> T:
    """Return what *read* returns, or *otherwise* when it takes more than *seconds* of CPU time.

    Signals reach the main thread only: in others there is no limit. Not to be nested.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(
        signal, "setitimer"
    ):
        return read()
    timer = _Timer()
    # Left in place afterwards: were the default restored, a signal that is late would end us.
    signal.signal(signal.SIGPROF, timer.ring)
    try:
        try:
            timer.armed = True
            signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_S)
            return read()
        finally:
            timer.armed = False
            signal.setitimer(signal.ITIMER_PROF, 0)
    except TookTooLong:
        # Also when it came in the very moment of disarming.
        timer.armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        return otherwise()


class _Timer:
    """Rings while it is armed."""

    armed = False

    def ring(self, number: int, frame: FrameType | None) -> None:
        if self.armed:
            raise TookTooLong
