"""The parts of a page that change by themselves: learned from an article that flaps. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from storage.normal import lines
from storage.tokens import values
from storage.types import Difference

#: A template edit: the same difference on this many pages of one source in one run
#: (reference, change monitors, 5 "vs EDGI" 2).
TEMPLATE_PAGES = 5

_ENDS = (".", "!", "?", "。", "！", "？", '"')
_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)|\d{1,2}[时時시点] ?\d{1,2}[分분]")


def volatile_lines(texts: Sequence[str]) -> frozenset[str]:
    """Return the folded lines (digits as "#") that came and went over the last few *texts*.

    A line counts when it is in some texts and not in others without settling: it changed in at
    least half of the steps between neighbours, or alternated. An honest edit changes once and
    stays. Fewer than four texts say nothing.
    """
    if len(texts) < 4:
        return frozenset()
    # Lines that are always there, with other digits each time: clocks, counters, prices.
    by_mask = [_by_mask(text) for text in texts]
    seen = [frozenset(rows) for rows in by_mask]
    volatile: set[str] = set()
    for mask in frozenset().union(*seen):
        presence = [mask in one for one in seen]
        flips = sum(a != b for a, b in pairwise(presence))
        turns = sum(a[mask] != b[mask] for a, b in pairwise(by_mask) if mask in a and mask in b)
        if flips >= 3 or (turns * 2 > len(texts) - 1 and turns >= 2):
            volatile.add(mask)
    # Places where each text has a line of its own: teasers, quotes of the day.
    once = Counter(mask for one in seen for mask in one)
    lone = [frozenset(mask for mask in one if once[mask] == 1) for one in seen]
    if all(lone):
        volatile.update(*lone)
    return frozenset(volatile)


def restless_lines(texts: Sequence[str]) -> frozenset[str]:
    """Return the lines to leave out of comparing, from *texts* of successive looks, each new.

    Three looks settle it for a clock, or for a line that is no sentence, where only the figures
    turned both times. A sentence needs four: a toll that rises is news each time.
    """
    # Going back to an earlier text is flapping, which has its own remedy (storage/decide.py).
    if len(texts) < 3 or len(set(texts)) < len(texts):
        return frozenset()
    found = set(volatile_lines(texts)) if len(texts) >= 4 else set()
    one, two, three = (_by_mask(text) for text in texts[-3:])
    for mask in one.keys() & two.keys() & three.keys():
        turned = one[mask] != two[mask] != three[mask] != one[mask]
        if turned and all(not _is_said(line) for line in three[mask]):
            found.add(mask)
    return frozenset(found)


def _is_said(line: str) -> bool:
    """Return whether a folded line is a sentence that tells no time of day."""
    return line.endswith(_ENDS) and not _CLOCK.search(line)


def _by_mask(text: str) -> dict[str, frozenset[str]]:
    rows: dict[str, set[str]] = {}
    for line in lines(text):
        rows.setdefault(masked(line), set()).add(line)
    return {key: frozenset(value) for key, value in rows.items()}


def masked(line: str) -> str:
    """Return a folded line with every digit as "#", the form in which volatile lines are kept."""
    return "".join("#" if char.isdigit() else char for char in line)


def masks(texts: Iterable[str]) -> frozenset[str]:
    """Return the lines of *texts* as printed in the form in which volatile lines are kept."""
    return frozenset(masked(line) for text in texts for line in lines(text))


def without(text: str, volatile: frozenset[str]) -> str:
    """Return *text* without its volatile lines; the others are as they were."""
    if not volatile:
        return text
    kept: list[str] = []
    for line in text.splitlines():
        folded = lines(line)
        if not folded or masked(folded[0]) not in volatile:
            kept.append(line)
    return "\n".join(kept).strip()


def reverts(fingerprints: Sequence[str]) -> int | None:
    """Return the place (from 0) of the earlier version that the newest one equals, or None.

    *fingerprints* are in order of revision, the newest last.
    """
    *earlier, newest = fingerprints
    for place in range(len(earlier) - 1, -1, -1):
        if earlier[place] == newest:
            return place
    return None


def flaps(fingerprints: Sequence[str], *, times: int = 3) -> bool:
    """Return whether the newest versions go to and fro (A-B-A-B): two servers, not an editor."""
    recent = list(fingerprints[-(times + 1) :])
    if len(recent) <= times or len(set(recent)) >= len(recent):
        return False
    return len(set(recent)) == 2 and all(a != b for a, b in pairwise(recent))


def difference_key(difference: Difference) -> str | None:
    """Return a hash of what was removed and added, wherever it stood; None when nothing was."""
    changed = [
        (
            "\x1f".join(values(" ".join(lines(segment.old)))),
            "\x1f".join(values(" ".join(lines(segment.new)))),
        )
        for segment in difference.segments
        if segment.op not in ("equal", "move")
    ]
    if not changed:
        return None
    content = "\x1e".join(f"{old}\x1d{new}" for old, new in sorted(changed))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def template_edit(
    differences: Iterable[tuple[int, Difference]], *, pages: int = TEMPLATE_PAGES
) -> tuple[frozenset[int], ...]:
    """Return the groups of articles that changed in exactly the same way, largest first.

    *differences* are (article_id, difference) of one source in one run. A group is one event: an
    edit of the template, to be told once.
    """
    groups: dict[str, set[int]] = {}
    for article_id, difference in differences:
        key = difference_key(difference)
        if key is not None:
            groups.setdefault(key, set()).add(article_id)
    large = [frozenset(group) for group in groups.values() if len(group) >= pages]
    return tuple(sorted(large, key=lambda group: (-len(group), min(group))))
