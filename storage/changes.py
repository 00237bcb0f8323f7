"""What a change amounts to: its class, how much it matters, and why, in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.alignment import Pair, Unit, align, shadow, units
from storage.diff import MAX_CELLS, from_pairs
from storage.fingerprint import fingerprint
from storage.noise import drop, is_noise, strip_counters
from storage.normal import fold_line
from storage.reasons import SUBSTANTIVE_FROM, Reason, shorten, weigh
from storage.senses import Sense, senses
from storage.tokens import values
from storage.types import ChangeClass, Difference

_LABELS = (
    r"(?:last )?(?:updated|published|posted|modified|first published|created)(?: (?:on|at))?|"
    r"(?:updated|publication|published|post|release) (?:date|time|at|on)|"
    r"(?:edited|written|reported|reporting|editing|photo|photos|story|text) by|editors?|reporters?|"
    r"photographer|photos?|images?|source|writers?|authors?|contributors?|"
    r"更新(?:时间|日期|于)?|发布(?:时间|日期|于)?|时间|日期|来源|稿源|作者|编辑|责任编辑|责编|主编|记者|通讯员|校对|"
    r"审核|审校|监制|制作|实习生|值班编辑|文|图|摄影|"
    r"입력(?:시각)?|수정(?:시각)?|등록|송고|승인|기사 ?입력|최종 ?수정|편집|기자|출처|게시|업데이트|발행|"
    r"mis à jour(?: le)?|publié le|更新日時?|公開日時?"
)
_DAY = (
    r"(?:\d{4} ?[-/.年년] ?\d{1,2} ?[-/.月월] ?\d{1,2} ?[日일]?\.?|"
    r"(?:[a-z]{3,9}day,? )?(?:[a-z]{3,9}\.? \d{1,2}|\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9}\.?),? \d{4}|"
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})"
)
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
#: Lines that tell who made the page and when, not what happened: a label and its value, a bare
#: date with a time, "By Jane Smith".
_META = re.compile(
    rf"(?:.{{0,40}}[|·•/] ?)?(?:{_LABELS}) ?(?:[::|/].{{0,80}}|{_DAY}.{{0,40}}|{_CLOCK}.{{0,20}})"
    rf"|(?:.{{0,40}}[|·•/,] ?)?{_DAY},?(?: at)? ?(?:\(?[^\W\d_]{{1,9}}\.?\)? ?)?{_CLOCK}.{{0,30}}",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"[Bb]y (?:[A-Z][\w.'-]*(?:,| and| in|, and|;)? ?){1,10}"
    r"|\(?(?:[A-Z][\w.'-]* ){1,3}/ ?(?:[A-Z][\w.'-]* ?){1,4}\)?"
    r"|[가-힣]{2,4} ?(?:기자|특파원)(?: ?\S+@\S+)?"
    r"|\(?(?:[Aa]dditional )?(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Cc]ompiled) by .{2,120}"
    r"|(?:[Cc]opyright|©|\([Cc]\)|版权所有|저작권자).{0,120}"
    r"|[Tt]his (?:story|article) (?:has been|was) (?:first )?(?:updated|published).{0,80}"
)
#: Changed passages weighed before the class is settled without the rest.
_ENOUGH = 150
_CLAUSE = re.compile(
    r"effect|force|deadline|expire|correct|retract|生效|施行|实施|截止|更正|上午|下午|地点|시행|발효|만료|정정",
    re.IGNORECASE,
)


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
    for place, pair in enumerate(changed):
        if place >= _ENOUGH and any(reason.weight >= SUBSTANTIVE_FROM for reason in found):
            # Long settled that it rings; a person reads the first reasons and the diff.
            found.append(Reason(0.3, f"{len(changed) - place} further passages changed"))
            break
        found += _body(pair, total)
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
    a, b = fold_line(old), fold_line(new)
    if values(a) == values(b):
        return []
    reasons = weigh(senses(a), senses(b))
    shown = f"{shorten(old)} -> {shorten(new)}"
    if not reasons or not old.strip() or not new.strip():
        return [Reason(0.2, f"headline reworded: {shown}")]
    return [Reason(max(0.8, reasons[0].weight), f"headline changed: {shown}"), *reasons]


def _body(pair: Pair, total: int) -> list[Reason]:
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
    reasons = weigh(_senses(old), _senses(new))
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
    """Return whether *text* is empty, noise, or a byline or time stamp of the page."""
    line = fold_line(text)
    if not line or is_noise(line) or not strip_counters(line):
        return True
    if len(line) > 140 or _CLAUSE.search(line):
        return False
    return bool(_META.fullmatch(line) or _BYLINE.fullmatch(line))


def _passage(side: tuple[Unit, ...], text: str, verb: str, total: int) -> Reason:
    """Return the reason for a whole sentence or paragraph that came or went."""
    said = list(_senses(text))
    name = "paragraph" if all(unit.whole for unit in side) else "sentence"
    if not said:
        return Reason(0.1, f"{name} {verb}: {shorten(text)}")
    share = len(side) / total
    weight = (0.75 if verb == "removed" else 0.65) + min(0.2, share)
    return Reason(weight, f"{name} {verb}: {shorten(text)}")
