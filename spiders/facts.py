"""Further stated facts of official documents: number, issuing body, entry into force. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from spiders.dates import find_dates

_NUMBER = re.compile(
    r"[㐀-鿿]{1,12}\s?[〔\[［(（]\s?(?:19|20)\d\d\s?[〕\]］)）]\s?(?:第\s?)?\d{1,4}\s?号|"
    r"(?:[㐀-鿿]{2,20})?令?\s?(?:(?:19|20)\d\d年)?第\s?\d{1,4}\s?号(?:令|公告)?"
)
_STRICT = re.compile(r"[㐀-鿿]{1,12}〔(?:19|20)\d\d〕\d{1,4}号")
#: A line of its own under the title, as ministries print it.
_ALONE = re.compile(r"[(（]?[㐀-鿿]{1,12}〔(?:19|20)\d\d〕\d{1,4}号[)）]?")
_LABELLED = {
    "document_number": re.compile(r"^(?:发文字号|文号|文\s?号)\s?[:：|]?\s?(?P<value>\S.{3,40})$"),
    "issuing_body": re.compile(
        r"^(?:发文机关|发布机构|发布单位|发文单位|制定机关|成文机关)\s?[:：|]?\s?(?P<value>\S.{1,60})$"
    ),
    "index_number": re.compile(r"^(?:索\s?引\s?号)\s?[:：|]?\s?(?P<value>\S{3,40})$"),
}
_EFFECTIVE = (
    re.compile(r"自\s?(?P<day>[^，。；]{4,20}?日)\s?起\s?(?:施行|实施|执行|生效)"),
    re.compile(
        r"(?:takes?|took|come|enters?|entered)\s+(?:into\s+)?(?:effect|force)\s+(?:on|from)\s+"
        r"(?P<day>[A-Z0-9][^.;]{5,24}?\d{4})"
    ),
)
_OFFICIAL_TITLE = re.compile(
    r"通知|意见|公告|决定|办法|条例|规定|批复|细则|令|notice|measures|regulations", re.IGNORECASE
)


def document_facts(title: str, lines: Sequence[str], text: str) -> dict[str, str]:
    """Return what an official document states of itself: {} for anything else.

    Keys: document_number, issuing_body, index_number, effective_date (ISO day).
    """
    facts: dict[str, str] = {}
    short = [line for line in lines[:400] if len(line) <= 160]
    for statement in _statements(short):
        for name, pattern in _LABELLED.items():
            match = pattern.match(statement) if name not in facts else None
            # An empty cell lets the next label stand where the value should.
            if match is not None and _label(match["value"]) not in _BARE:
                facts[name] = match["value"].strip()
    if not _OFFICIAL_TITLE.search(title):
        return facts
    if "document_number" not in facts:
        opening = f"{title}\n{text[:400]}"
        alone = next(filter(None, (_ALONE.fullmatch(line) for line in short)), None)
        if match := alone or _STRICT.search(opening) or _NUMBER.search(title):
            facts["document_number"] = match.group().strip(" ()（）")
    for pattern in _EFFECTIVE:
        if match := pattern.search(text):
            day = next(find_dates(match["day"]), None)
            if day is not None:
                facts["effective_date"] = day.moment.at.date().isoformat()
                break
    return facts


def _statements(lines: Sequence[str]) -> Iterator[str]:
    """Yield "label：value" for each fact in *lines*.

    A table's row has up to three pairs ("发文机关： | 国务院 | 成文日期： | 2025年1月13日"); elsewhere label
    and value stand on one line, or on two.
    """
    for i, line in enumerate(lines):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 1:
            for label, value in pairwise(cells):
                yield f"{_label(label)}：{value}"
        following = lines[i + 1] if i + 1 < len(lines) else ""
        if _label(line) in _BARE and "|" not in following:
            yield f"{_label(line)}：{following.strip()}"
        elif len(cells) == 1:
            yield line.strip()


def _label(text: str) -> str:
    # Labels are spread out to one width: "文 号", "索 引 号".
    return re.sub(r"[\s:：]", "", text)


_BARE = frozenset(
    {
        "发文字号",
        "文号",
        "发文机关",
        "发布机构",
        "发布单位",
        "发文单位",
        "制定机关",
        "成文机关",
        "索引号",
    }
)
