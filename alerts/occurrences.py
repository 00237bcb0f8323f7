"""Which terms occur in one article, and, for those somebody asks about, where. Pure."""

from __future__ import annotations

from alerts.folded import Folded

#: Occurrences of one term looked at in one article; a text with more is a list or an attack.
MAX_HITS = 5_000

#: Start and end of a term in the folded source.
Hit = tuple[int, int]
#: For each term found, its hits in the order of the text.
Hits = dict[int, list[Hit]]

_COUNT_BITS, _COUNT = 8, 0xFF
_END_BITS, _END = 32, 0xFFFF_FFFF


class Occurrences:
    """The terms found in a folded text.

    Of ten thousand themes few hold, and of the terms that occur few are theirs: a place is a plain
    number, whole words by their index or characters of the scanned string, until it is asked for.
    """

    def __init__(self, folded: Folded) -> None:
        self._folded = folded
        #: Term -> one place, or several.
        self.places: dict[int, int | list[int]] = {}
        self._agreed: Hits = {}
        self._made: Hits = {}

    def __contains__(self, number: int) -> bool:
        return number in self.places

    def __getitem__(self, number: int) -> list[Hit]:
        """Return the hits of a term that occurs, always the same list."""
        hits = self._made.get(number)
        if hits is None:
            hits = self._made[number] = self._hits(number)
        return hits

    def get(self, number: int) -> list[Hit] | None:
        """Return the hits of a term, or None when it does not occur."""
        return self[number] if number in self.places else None

    def again(self, number: int, place: int) -> None:
        """Add one more place of a term that has some."""
        known = self.places[number]
        if isinstance(known, list):
            known.append(place)
        else:
            self.places[number] = [known, place]

    def agreed(self, number: int, hits: list[Hit]) -> None:
        """Add hits of a term for which the original had to be looked at."""
        self.places.setdefault(number, [])
        self._agreed.setdefault(number, []).extend(hits)

    def _hits(self, number: int) -> list[Hit]:
        places = self.places[number]
        several = [places] if isinstance(places, int) else places
        found = [self._hit(place) for place in several]
        if number in self._agreed:
            found += self._agreed[number]
        # Two forms of a term may stand at one place, and are not found in the order of the text.
        return sorted(set(found))[:MAX_HITS] if len(found) > 1 else found

    def _hit(self, place: int) -> Hit:
        if place < 0:
            return self._folded.placed(~place >> _END_BITS, ~place & _END)
        words, starts = self._folded.words, self._folded.starts
        first = place >> _COUNT_BITS
        last = first + (place & _COUNT)
        return starts[first], starts[last] + len(words[last])


def at_words(first: int, last: int) -> int:
    """Return the place of the words *first* to *last*, the last included; at most 256."""
    return first << _COUNT_BITS | last - first


def at_characters(start: int, end: int) -> int:
    """Return the place of *start*:*end* of the scanned string."""
    return ~(start << _END_BITS | end)
