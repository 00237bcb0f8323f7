"""Further stated facts of official documents: number, issuing body, entry into force. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spiders.dates import find_dates

_NUMBER = re.compile(
    r"[㐀-鿿]{1,12}\s?[〔\[［(（]\s?(?:19|20)\d\d\s?[〕\]］)）]\s?(?:第\s?)?\d{1,4}\s?号|"
    r"(?:[㐀-鿿]{2,20})?令?\s?(?:(?:19|20)\d\d年)?第\s?\d{1,4}\s?号(?:令|公告)?"
)
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
    short = [line for line in lines[:400] if len(line) <= 90]
    for i, line in enumerate(short):
        # A table row reads "发文字号 | 国发〔2025〕1号"; elsewhere label and value are two lines.
        joined = re.sub(r"\s?\|\s?", " ", line)
        bare = line.rstrip(":： ") in _BARE and i + 1 < len(short)
        if bare:
            joined = f"{line.rstrip(':： ')}：{short[i + 1]}"
        for name, pattern in _LABELLED.items():
            if name not in facts and (match := pattern.match(joined.strip())):
                facts[name] = match["value"].strip()
    if not _OFFICIAL_TITLE.search(title):
        return facts
    if "document_number" not in facts:
        opening = f"{title}\n{text[:400]}"
        if match := re.search(
            r"[㐀-鿿]{1,12}〔(?:19|20)\d\d〕\d{1,4}号", opening
        ) or _NUMBER.search(title):
            facts["document_number"] = match.group().strip()
    for pattern in _EFFECTIVE:
        if match := pattern.search(text):
            day = next(find_dates(match["day"]), None)
            if day is not None:
                facts["effective_date"] = day.moment.at.date().isoformat()
                break
    return facts


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
