"""Writers of one process take turns in order of arrival, and none waits for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from storage.turns import Turns


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not done():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_first_come_first_served() -> None:
    turns, order = Turns(), list[int]()

    def work(number: int) -> None:
        with turns.take(timeout_s=5):
            order.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    with turns.take(timeout_s=5):
        for count, thread in enumerate(threads, 1):
            thread.start()
            until(lambda count=count: len(turns._waiting) == count)
        assert order == []
    for thread in threads:
        thread.join(timeout=5)
    assert order == list(range(8))


def test_who_gives_up_does_not_stop_the_others() -> None:
    turns = Turns()
    with turns.take(timeout_s=1), pytest.raises(TimeoutError), turns.take(timeout_s=0.02):
        pytest.fail("it was not its turn")
    with turns.take(timeout_s=0.02):
        pass


def test_an_error_hands_the_turn_on() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="x"), turns.take(timeout_s=1):
        raise ValueError("x")
    with turns.take(timeout_s=0.02):
        pass
