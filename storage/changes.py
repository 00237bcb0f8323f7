"""What a change amounts to: its class, how much it matters, and why, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from storage.alignment import Pair, Unit, align, shadow, units
from storage.credits import bare_headline, is_credit
from storage.diff import MAX_CELLS, from_pairs
from storage.fingerprint import fingerprint
from storage.noise import drop, is_noise, strip_counters
from storage.normal import fold_line
from storage.reasons import SUBSTANTIVE_FROM, Reason, shorten, weigh
from storage.senses import Sense, senses
from storage.tokens import values
from storage.types import ChangeClass, Difference

#: Changed passages weighed before the class is settled without the rest.
_ENOUGH = 150
#: Characters of a text that a dateline stands in.
_DATELINE = 60


def compare(
    old: tuple[str, str], new: tuple[str, str], *, language: str | None = None
) -> Difference:
    """Return what separates two versions, each a (title, text) pair.

    `cosmetic`: a reader could not tell them apart. `minor`: words changed, what is said did not
    (spelling, synonyms, bylines, moved text). `substantive`: a figure, date, name, negation,
    modal, headline, or anything not known to be harmless. The score says how much it matters;
    reasons come the weightiest first. *language* is a hint; the script tells as much.
    """
    pairs, fell_back = align(units(old[1]), units(new[1]))
    found = _headline(old[0], new[0])
    fell_back = fell_back or any(
        _words(pair.old) * _words(pair.new) > MAX_CELLS for pair in pairs if not pair.equal
    )
    if fell_back:
        found.append(Reason(0.6, "diff fell back to paragraphs: the texts are very large"))
    total = sum(len(pair.old) + len(pair.new) for pair in pairs) or 1
    changed = [pair for pair in pairs if pair.moved or not pair.equal]
    day = _dateline(old[1]) & _dateline(new[1])
    for place, pair in enumerate(changed):
        if place >= _ENOUGH and any(reason.weight >= SUBSTANTIVE_FROM for reason in found):
            # Long settled that it rings; a person reads the first reasons and the diff.
            found.append(Reason(0.3, f"{len(changed) - place} further passages changed"))
            break
        found += _body(pair, total, day)
    segments = from_pairs(pairs)
    if not found:
        return Difference(change_class=ChangeClass.COSMETIC, score=0.0, segments=segments)
    found.sort(key=lambda reason: -reason.weight)
    reasons = tuple(dict.fromkeys(reason.text for reason in found))
    top = found[0].weight
    if fingerprint(*old) == fingerprint(*new):
        return Difference(
            change_class=ChangeClass.COSMETIC, score=0.0, reasons=reasons, segments=segments
        )
    substantive = top >= SUBSTANTIVE_FROM
    return Difference(
        change_class=ChangeClass.SUBSTANTIVE if substantive else _small(top),
        score=round(_score(found, substantive), 3),
        reasons=reasons,
        segments=segments,
    )


def _words(side: Sequence[Unit]) -> int:
    return sum(len(unit.values) for unit in side)


def _small(top: float) -> ChangeClass:
    return ChangeClass.MINOR if top > 0.05 else ChangeClass.COSMETIC


def _score(found: Sequence[Reason], substantive: bool) -> float:
    """Return the weight of the heaviest reason, raised a little by each further one."""
    top = found[0].weight
    further = sum(reason.weight for reason in found[1:12])
    raised = top + (1 - top) * (1 - 1 / (1 + 0.15 * further))
    return min(1.0, raised) if substantive else min(raised, SUBSTANTIVE_FROM - 0.1)


def _headline(old: str, new: str) -> list[Reason]:
    a, b = bare_headline(fold_line(old)), bare_headline(fold_line(new))
    if values(a) == values(b):
        if values(fold_line(old)) == values(fold_line(new)):
            return []
        return [Reason(0.2, f"label of the headline changed: {shorten(old)} -> {shorten(new)}")]
    reasons = weigh(senses(a), senses(b))
    shown = f"{shorten(old)} -> {shorten(new)}"
    if not reasons or not old.strip() or not new.strip():
        return [Reason(0.2, f"headline reworded: {shown}")]
    return [Reason(max(0.8, reasons[0].weight), f"headline changed: {shown}"), *reasons]


def _dateline(text: str) -> frozenset[str]:
    """Return what the dateline at the head of *text* says of the day: "BEIJING, Jan. 28 (Xinhua)"."""
    return frozenset(one.key for one in _senses(text[:_DATELINE]) if one.kind == "date")


def _undated(found: list[Sense], day: frozenset[str]) -> list[Sense]:
    """Return *found* without the day of the dateline after a weekday: "Tuesday (Jan. 28)"."""
    kept: list[Sense] = []
    for sense in found:
        if (
            sense.kind == "date"
            and sense.key in day
            and kept
            and kept[-1].key.startswith("weekday:")
        ):
            continue
        kept.append(sense)
    return kept


def _body(pair: Pair, total: int, day: frozenset[str]) -> list[Reason]:
    old, new = _plain(pair.old), _plain(pair.new)
    if pair.moved:
        return [Reason(0.15, f"text moved: {shorten(old)}")]
    if _harmless(old) and _harmless(new):
        kind = "line outside the article" if not (_said(old) or _said(new)) else "byline or time"
        return [Reason(0.04 if kind[0] == "l" else 0.1, f"{kind} changed: {shorten(new or old)}")]
    if not pair.new:
        return [_passage(pair.old, old, "removed", total)]
    if not pair.old:
        return [_passage(pair.new, new, "added", total)]
    reasons = weigh(_undated(_senses(old), day), _undated(_senses(new), day))
    if reasons:
        return reasons
    return [Reason(0.2, f"reworded: {shorten(old)} -> {shorten(new)}")]


def _plain(side: tuple[Unit, ...]) -> str:
    return "".join(unit.text + unit.tail for unit in side).strip()


def _senses(text: str) -> list[Sense]:
    return senses(shadow(text))


def _said(text: str) -> bool:
    """Return whether anything of the article is left once noise is dropped."""
    return bool(drop([fold_line(line) for line in text.splitlines() if line.strip()]))


def _harmless(text: str) -> bool:
    """Return whether *text* is empty, noise, or tells of the page and not of what happened."""
    line = fold_line(text)
    return not line or is_noise(line) or not strip_counters(line) or is_credit(line)


def _passage(side: tuple[Unit, ...], text: str, verb: str, total: int) -> Reason:
    """Return the reason for a whole sentence or paragraph that came or went."""
    said = list(_senses(text))
    name = "paragraph" if all(unit.whole for unit in side) else "sentence"
    if not said:
        return Reason(0.1, f"{name} {verb}: {shorten(text)}")
    share = len(side) / total
    weight = (0.75 if verb == "removed" else 0.65) + min(0.2, share)
    return Reason(weight, f"{name} {verb}: {shorten(text)}")
