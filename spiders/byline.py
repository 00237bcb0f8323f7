"""Who wrote it: authors, the agency behind it, its dateline, where it was taken from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from storage.types import Attribution, Wire

#: Name as we file it <- names as printed. Longer ones are tried first.
_AGENCIES = {
    "Xinhua": ("Xinhua News Agency", "Xinhuanet", "Xinhua", "新华社", "新华网", "新華社", "新華網"),
    "Reuters": ("Thomson Reuters", "Reuters", "路透社", "路透", "로이터"),
    "AP": ("The Associated Press", "Associated Press", "AP", "美联社", "美聯社"),
    "AFP": ("Agence France-Presse", "AFP", "法新社"),
    "Yonhap": ("Yonhap News Agency", "Yonhap News", "Yonhap", "연합뉴스", "韩联社", "韓聯社"),
    "CNS": ("China News Service", "CNS", "中新社", "中新网", "中国新闻社", "中国新闻网", "ECNS"),
    "Bloomberg": ("Bloomberg News", "Bloomberg", "彭博社", "彭博"),
    "Kyodo": ("Kyodo News", "Kyodo", "共同社", "共同通信"),
    "TASS": ("TASS", "塔斯社"),
    "dpa": ("dpa-AFX", "dpa", "德新社"),
    "EFE": ("Agencia EFE", "EFE"),
    "ANSA": ("ANSA",),
    "PTI": ("Press Trust of India", "PTI"),
    "CNA": ("Central News Agency", "中央社"),
    "Newsis": ("Newsis", "뉴시스"),
    "News1": ("뉴스1",),
    "UPI": ("United Press International", "UPI"),
    "PR Newswire": ("PR Newswire", "PRNewswire", "美通社"),
    "Business Wire": ("Business Wire", "BUSINESS WIRE"),
    "GlobeNewswire": ("GlobeNewswire", "GLOBE NEWSWIRE"),
}
_BY_NAME = {name.lower(): agency for agency, names in _AGENCIES.items() for name in names}
_NAMED = "|".join(
    sorted(
        (re.escape(name) for names in _AGENCIES.values() for name in names), key=len, reverse=True
    )
)

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_PLACE = r"[A-Z][A-Z'’.\-]+(?:[ /][A-Z][A-Z'’.\-]+){0,4}(?:,\s[A-Z][\w.’' ]{1,24}?)?"
_DATELINES = (
    # TAIYUAN, Feb. 17 (Xinhua) -- ; LONDON (Reuters) - ; BEIJING -- ; SEOUL, Jan. 6 (Yonhap) --
    re.compile(
        rf"^\W{{0,3}}(?P<line>{_PLACE}(?:,?\s{_MONTH}\s\d{{1,2}}(?:,\s\d{{4}})?)?"
        rf"(?:\s?[(（/](?P<agency>{_NAMED})[)）/])?)\s?(?:--+|[—–-]+)\s",
    ),
    # (Reuters) - ; Feb 17 (Reuters) -
    re.compile(
        rf"^(?P<line>(?:{_MONTH}\s\d{{1,2}}\s)?[(（](?P<agency>{_NAMED})[)）])\s?(?:--+|[—–-]+)?\s",
    ),
    # 新华社北京1月27日电 ; 中新网1月27日电 ; 中新社北京1月27日电
    re.compile(
        rf"^\W{{0,4}}(?P<line>(?P<agency>{_NAMED})[^\W\d]{{0,12}}(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}日(?:综合)?[电電讯訊])"
    ),
    # (서울=연합뉴스) ; [서울=뉴시스] ; [Asia Economy Beijing=Special Correspondent Sunmi Park]
    re.compile(
        rf"^[(\[（【](?P<line>[^=\])）】]{{2,40}}=\s?(?:(?P<agency>{_NAMED})|[^\])）】]{{2,60}}))[)\]）】]"
    ),
)  # fmt: skip
_CORRESPONDENT = re.compile(
    r"=\s?(?:(?:Special\s|Senior\s|Staff\s)?(?:Correspondent|Reporter)\s)?([A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){1,3})$"
)

_FIELD = r"(?P<{0}>(?:(?!\s*\b(?:source|author|editor|writer|by)\s?[:：]|\s*(?:来源|來源|作者|编辑|責任編輯|责任编辑|责编|记者)\s?[:：])[^\n|]){{1,80}})"
_SOURCE = re.compile(
    r"(?:(?-i:\b(?:Source|SOURCE))(?=\s?[:：])|来源|來源|稿源|文章来源|信息来源|转载自|轉載自|转自|出处|출처|\boriginally\s+(?:published|appeared)\s+(?:in|on|by|at)|"
    r"\bfirst\s+(?:published|appeared)\s+(?:in|on|by|at)|\brepublished\s+from)\s?[:：]?\s*"
    + _FIELD.format("source"),
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"(?:(?-i:\b(?:Author|AUTHOR|Writer))|作者|\b撰文|文)\s?[:：]\s*" + _FIELD.format("author"),
    re.IGNORECASE,
)
_EDITOR = re.compile(
    r"(?:(?-i:\b(?:Editor|EDITOR))|责任编辑|責任編輯|责编|編輯|编辑)\s?[:：]\s*"
    + _FIELD.format("editor"),
    re.IGNORECASE,
)
_BY = re.compile(
    r"^(?:by|written by|von|par|por|di|door|av|autor:?|by:)\s+(?P<names>[^\d|,·•]{3,60}(?:(?:,| and | & | und | et | y )[^\d|,·•]{3,40}){0,4})",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:,|;|、|，|/|\band\b|&|\bund\b|\bet\b|\by\b)\s*")
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\d{3}|^(?:admin|administrator|editor|staff|guest|unknown|none|null|user|team|redaktion)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^(?:by|von|par|por|di|author|写|文/|文|记者|記者|作者)\s*[:：]?\s+|^(?:本报)?(?:记者|記者|作者)\s*[:：]?\s*|\s+(?:기자|特派员)$|\s*기자$",
    re.IGNORECASE,
)


def agency_of(text: str | None) -> str | None:
    """Return the agency that *text* (a byline, a source note) names, or None."""
    if not text:
        return None
    found = re.search(rf"(?<![A-Za-z])(?:{_NAMED})(?![A-Za-z])", text)
    return _BY_NAME[found.group().lower()] if found else None


def wire(lines: Sequence[str], *, hints: Iterable[str | None] = ()) -> Wire:
    """Return the agency and dateline that the text states.

    *lines* is the text; the dateline stands in one of the first (after a stand-first). *hints*
    are bylines, source notes and authors, asked for the agency in order when the dateline names
    none.
    """
    dateline, agency = None, None
    for line in lines[:6]:
        match = next(filter(None, (pattern.search(line) for pattern in _DATELINES)), None)
        if match is not None:
            dateline = match["line"].strip()
            agency = _BY_NAME.get((match["agency"] or "").lower())
            break
    if agency is None:
        agency = next(filter(None, (agency_of(hint) for hint in hints)), None)
    return Wire(agency=agency, dateline=dateline)


def correspondent(dateline: str | None) -> str | None:
    """Return the reporter that a Korean-style dateline names, or None."""
    match = _CORRESPONDENT.search(dateline or "")
    return match[1] if match else None


def attribution(lines: Iterable[str]) -> Attribution:
    """Return where the text says it was taken from, by the notes in *lines* (short ones only)."""
    source = author = editor = None
    for line in lines:
        if len(line) > 200:
            continue
        source = source or _note(_SOURCE.search(line), "source")
        author = author or _note(_AUTHOR.search(line), "author")
        editor = editor or _note(_EDITOR.search(line), "editor")
    return Attribution(source=source, author=author, editor=editor)


def is_note(line: str) -> bool:
    """Say whether *line* is nothing but an attribution ("Source: ... Author: ... Editor: ...")."""
    if len(line) > 200:
        return False
    rest = line
    for pattern in (_SOURCE, _AUTHOR, _EDITOR):
        match = pattern.search(rest)
        if match is not None and (":" in match.group() or "：" in match.group()):
            rest = rest[: match.start()] + rest[match.end() :]
    return rest is not line and len(re.sub(r"[\W_]", "", rest)) <= 4


def people(stated: Iterable[str]) -> tuple[str, ...]:
    """Return author names out of *stated* ones: split, without roles, titles, links, repeats."""
    found: dict[str, str] = {}
    for text in stated:
        text = re.sub(r"<[^>]*>", " ", text)
        whole = len(text) < 200 and "://" not in text
        for piece in _SPLIT.split(text) if whole else ():
            name = " ".join(_ROLE.sub("", piece.strip()).split()).strip(" .|·•-–—()")
            if 2 <= len(name) <= 60 and not _NOT_A_NAME.search(name):
                found.setdefault(name.casefold(), name)
    return tuple(found.values())


def named_in(line: str) -> tuple[str, ...]:
    """Return the names in a visible byline ("By Jane Doe and John Roe"), or ()."""
    # "by Jill Shen Oct 18, 2022": what a date or a bar cuts off is no name.
    line = re.split(rf"\s(?:{_MONTH}\s)?\d|[|·•]|\s(?:Updated|Published|Posted)\b", line.strip())[0]
    match = _BY.match(line) if len(line) <= 160 else None
    return people([match["names"]]) if match else ()


def _note(match: re.Match[str] | None, name: str) -> str | None:
    if match is None:
        return None
    text = match[name].strip(" \t:：|,，;；()（）[]【】")
    text = re.split(r"\s{2,}|\s(?=\d{4}[-/.年]|【?字[体号]|打印)|[)）\]】]", text)[0].strip()
    return text.rstrip(".") or None
