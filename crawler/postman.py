"""The thread that sends what is due in the outbox, so that no crawl can hold up an alert."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from storage.errors import StorageError

logger = logging.getLogger(__name__)

#: What one look at the outbox delivers, by whatever means the service was given.
Deliver = Callable[[], object]

#: After a failure of the database or the configuration: soon again, and then ever later, so that
#: what passes costs little and what stays does not fill the log. Seconds.
_PAUSE_S, _MOST_PAUSE_S = 1.0, 30.0


class Postman:
    """Calls *deliver* again and again until told to stop."""

    def __init__(
        self, deliver: Deliver, every_s: Callable[[], float], *, stop: Callable[[], None]
    ) -> None:
        """Take what delivers, how long to wait in between, and what makes it return early."""
        self._deliver = deliver
        self._stop_delivering = stop
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Send nothing after the message under way.

        One that is cut off is marked uncertain in the outbox, and looked up before a resend.
        """
        self._stop.set()
        self._stop_delivering()

    @property
    def alive(self) -> bool:
        """Whether the thread works."""
        return self._thread.is_alive()

    def _work(self) -> None:
        failures = 0
        while not self._stop.is_set():
            pause = self._every_s()
            try:
                self._deliver()
                failures = 0
            except StorageError as error:
                failures += 1
                logger.warning("delivery waits: %s", error)
            except Exception:
                # The one thread that tells people anything must outlive a bug in one message.
                failures += 1
                logger.exception("delivery failed")
            if failures:
                pause = max(pause, min(_PAUSE_S * 2 ** (failures - 1), _MOST_PAUSE_S))
            self._stop.wait(pause)
