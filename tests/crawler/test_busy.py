from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from crawler.busy import waiting_on
from storage.errors import StorageBusy, StorageError, StorageFull


def store(*answers: StorageError | str, tries: int) -> tuple[str, int]:
    """Return what came of it, and how often the work was tried."""
    left = list(answers)

    def work() -> str:
        answer = left.pop(0)
        if isinstance(answer, StorageError):
            raise answer
        return answer

    with ThreadPoolExecutor(1) as executor:
        try:
            came = asyncio.run(waiting_on(executor, work, tries=tries))
        except StorageError as error:
            came = type(error).__name__
    return came, len(answers) - len(left)


BUSY = StorageBusy("w.db: locked")


@pytest.mark.parametrize(
    ("answers", "tries", "came"),
    [
        (("stored",), 3, ("stored", 1)),
        ((BUSY, BUSY, "stored"), 3, ("stored", 3)),
        ((BUSY, BUSY, BUSY, "stored"), 3, ("StorageBusy", 3)),
        ((BUSY, "stored"), 1, ("StorageBusy", 1)),
        # A full disk does not become less full by asking.
        ((StorageFull("w.db: full"), "stored"), 3, ("StorageFull", 1)),
    ],
)
def test_a_busy_database_is_waited_for(
    answers: tuple[StorageError | str, ...], tries: int, came: tuple[str, int]
) -> None:
    assert store(*answers, tries=tries) == came
