"""Dates that readers see: beside the headline, under the text, in the page's name. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from lxml import html

from spiders.blocks import Block
from spiders.dates import Found, Moment, find_dates
from spiders.structured import Structured

#: Marks under which a date is another article's, a comment's or the site's.
_ELSEWHERE = frozenset(
    {"related", "comment", "side", "inaside", "innav", "infooter", "ad", "signup", "hidden"}
)
#: Lines looked at on either side of the title, and after the text (labelled dates only there).
_AROUND = 8
_LONGEST_LINE = 220
#: A line that is a date and nothing else.
_LONGEST_DATE = 40
_WITH_YEAR = re.compile(r"(?:19|20)\d\d")
#: So many unmarked `<time>` of different days are a list of other things.
MANY_TIMES = 3
#: What follows the last bar or dash of a page's name.
_LAST_PART = re.compile(r"\s[|–—-]\s([^|–—]{8,20})$")
#: Between the two days of an event or a project: neither is a publication.
_SPAN = re.compile(r"\s?(?:[-–—~]|to|bis|至|到)\s?", re.IGNORECASE)


def dated_lines(
    blocks: Sequence[Block],
    chosen: Sequence[int],
    title: str,
    zone: str | None,
    day_first: bool | None,
) -> Iterator[Found]:
    """Yield the dates near the title and, when labelled, after the text."""
    if not blocks:
        return
    first = chosen[0] if chosen else len(blocks)
    above = range(min(first, len(blocks) - 1), -1, -1)
    # The line that is the title, before any h1: a masthead may be one, far above.
    heading = next(
        (i for i in above if _is_named(blocks[i].text, title)),
        next((i for i in above if blocks[i].tag == "h1"), None),
    )
    start = max(0, (heading if heading is not None else first) - _AROUND)
    last = chosen[-1] if chosen else 0
    taken = set(chosen)
    listed = _listed(blocks)
    for i in range(start, min(len(blocks), last + _AROUND)):
        block = blocks[i]
        inner = i in taken and len(block.text) > 70
        elsewhere = i in listed or any(mark in block.marks for mark in _ELSEWHERE)
        if len(block.text) > _LONGEST_LINE or inner or elsewhere:
            continue
        near = i <= first + 2 and (heading is None or i <= heading + 2 * _AROUND)
        if heading is None and first - i > _AROUND:
            continue
        dates = _no_spans(block.text, list(find_dates(block.text, zone=zone, day_first=day_first)))
        share = sum(found.end - found.start for found in dates) / len(block.text)
        own = "meta" in block.marks or share >= 0.3 or "来源" in block.text
        for found in dates:
            # A date inside a link is that of the article it leads to.
            plain = own and not found.label and block.linked < 0.5 * len(block.text)
            if (found.label and (near or i > last)) or (near and plain):
                yield found


def _listed(blocks: Sequence[Block]) -> set[int]:
    """Return the indexes of the lines that are nothing but the date of one entry in a list.

    So many entries of different days, each with its day at the same place, are events or other
    articles, however near the heading the first of them stands.
    """
    lists: dict[tuple[object, ...], list[tuple[int, date]]] = defaultdict(list)
    for i, block in enumerate(blocks):
        if len(block.text) <= _LONGEST_DATE and _WITH_YEAR.search(block.text):
            found = next(find_dates(block.text), None)
            if found is not None and found.end - found.start >= len(block.text) - 2:
                place = (block.tag, block.name, len(block.path), block.path[:-2])
                lists[place].append((i, found.moment.at.date()))
    return {
        i
        for dates in lists.values()
        if len({day for _, day in dates}) >= MANY_TIMES
        for i, _ in dates
    }


def _is_named(text: str, title: str) -> bool:
    return bool(title) and (text == title or (len(text) >= 10 and text in title))


def single(stated: Sequence[Found]) -> list[Found]:
    """Return the unlabelled dates among *stated*; none of many days, which are a list's."""
    plain = [line for line in stated if not line.label]
    days = {line.moment.at.date() for line in plain}
    return plain if len(days) < MANY_TIMES else []


def named_day(tree: html.HtmlElement, said: Structured) -> Moment | None:
    """Return the day with which the page's name ends ("Headline | DW | 28.04.2023"), or None."""
    head = " ".join(str(next((t.text_content() for t in tree.iter("title")), "")).split())
    for name in filter(None, (said.first("og:title"), head)):
        last = _LAST_PART.search(name)
        found = next(find_dates(last[1]), None) if last else None
        if last and found is not None and found.end - found.start >= len(last[1]) - 1:
            return found.moment
    return None


def _no_spans(text: str, dates: list[Found]) -> list[Found]:
    """Return *dates* of *text* without those that begin or end a span of days."""
    ends = {
        found.start
        for one, two in pairwise(dates)
        if one.moment.at.date() != two.moment.at.date()
        and _SPAN.fullmatch(text[one.end : two.start])
        for found in (one, two)
    }
    return [found for found in dates if found.start not in ends]
