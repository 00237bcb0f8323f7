"""Which themes an article can concern: those of which every required set of terms has one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

import numpy as np

from alerts.compiler import Plan

#: Required sets looked at for one theme, the rarest; what is left is found by evaluating it.
SLOTS = 4
#: Of as many bytes as there are slots: all sets of a theme are compared at once.
_ALL_SLOTS = np.uint32
_NEVER = 0xFFFF_FFFF


class Candidates:
    """Tells candidates by numbers in flat arrays alone.

    Walking the sets of ten thousand themes as Python objects costs a miss of the processor's cache
    for each (measured: three times this, and as much as evaluating the themes that hold).
    """

    def __init__(self, plans: Sequence[Plan], terms: int) -> None:
        """Take *plans*, whose terms have numbers under *terms*."""
        # A use of a term: the theme's index * SLOTS + the number of its required set.
        uses: list[list[int]] = [[] for _ in range(terms)]
        needed = np.zeros(len(plans) * SLOTS, np.uint8)
        #: Themes that ask for no term.
        self._always: list[int] = []
        for index, plan in enumerate(plans):
            if not plan.required:
                self._always.append(index)
            for slot, group in enumerate(plan.required[:SLOTS], index * SLOTS):
                needed[slot] = 1
                for number in group:
                    uses[number].append(slot)
        self._needed = needed.view(_ALL_SLOTS)
        self._needed[self._needed == 0] = _NEVER
        #: Where the uses of a term begin in `_uses`, with one more for the end.
        self._begins = np.cumsum([0, *map(len, uses)], dtype=np.intp)
        self._uses = np.fromiter(chain.from_iterable(uses), np.intp, self._begins[-1])

    def among(self, numbers: Collection[int]) -> Iterator[tuple[int, list[int]]]:
        """Yield the themes of which every required set has one of the terms *numbers*.

        In order, each with those of its required terms; one stands there for each of its sets.
        """
        terms = np.fromiter(numbers, np.intp, len(numbers))
        begins = self._begins[terms]
        counts = self._begins[terms + 1] - begins
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        uses = self._uses[np.arange(total) + np.repeat(begins - ends + counts, counts)]
        met = np.zeros(len(self._needed) * SLOTS, np.uint8)
        met[uses] = 1
        held = (met.view(_ALL_SLOTS) & self._needed) == self._needed
        themes = uses // SLOTS
        chosen = held[themes]
        themes, terms = themes[chosen], np.repeat(terms, counts)[chosen]
        order = np.argsort(themes, kind="stable")
        found: dict[int, list[int]] = {index: [] for index in self._always}
        for index, number in zip(themes[order].tolist(), terms[order].tolist(), strict=True):
            if index in found:
                found[index].append(number)
            else:
                found[index] = [number]
        yield from sorted(found.items()) if self._always else found.items()
