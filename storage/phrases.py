"""One form for what can be written in several: contractions, abbreviations, spellings, synonyms. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from storage import wordings
from storage.numerals import in_digits
from storage.shortform import without_glosses
from storage.synonyms import HAN_SYNONYMS, HANGUL_SYNONYMS
from storage.wordings import merged

_NUMBER = r"((?<![\d.,])\d[\d.,]{0,20}(?: ?(?:[mb]illion|thousand|[万亿]))?)"
_UNIT = r"%|percent|yuan|dollars|euros|won|yen|people|kilometers|km|tons|tonnes|hectares|元|美元|人|公里|吨"
#: Korean numbers before what they count.
_NATIVE = {
    "한": "1",
    "두": "2",
    "세": "3",
    "네": "4",
    "다섯": "5",
    "여섯": "6",
    "일곱": "7",
    "여덟": "8",
    "아홉": "9",
    "열": "10",
}
_COUNTED = r"(?:명|개|곳|차례|번|달|시간|대|건|가지|척|마리|살)"

_PHRASES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\bwon't\b", re.IGNORECASE), "will not"),
    (re.compile(r"\bcan't\b|\bcannot\b", re.IGNORECASE), "can not"),
    (re.compile(r"\bshan't\b", re.IGNORECASE), "shall not"),
    (re.compile(r"\b(\w+)n't\b", re.IGNORECASE), r"\1 not"),
    (re.compile(r"\b(\w+)'(?:ll)\b", re.IGNORECASE), r"\1 will"),
    (re.compile(r"\b(?:has|have|had) (?:got )?to\b(?= [a-z])", re.IGNORECASE), "must"),
    (re.compile(r"\bper cent\b", re.IGNORECASE), "%"),
    (re.compile(r"\bin order to\b|\bso as to\b", re.IGNORECASE), "to"),
    (re.compile(r"\bas well as\b|\balong with\b|\btogether with\b", re.IGNORECASE), "and"),
    (re.compile(r"\bdue to\b|\bowing to\b|\bbecause of\b", re.IGNORECASE), "because"),
    (re.compile(r"\bin addition(?: to)?\b|\bas well\b", re.IGNORECASE), "also"),
    (re.compile(r"\bat present\b", re.IGNORECASE), "now"),
    (re.compile(r"\ba number of\b|\blots of\b|\ba lot of\b", re.IGNORECASE), "many"),
    (re.compile(r"\baccording to\b", re.IGNORECASE), "says"),
    (
        re.compile(r"\b(?:u\.s\.a?\.?|usa|united states(?: of america)?)(?=\W|$)", re.IGNORECASE),
        "US",
    ),
    (re.compile(r"\bUS(?=\$)|\bUS (?=dollars?\b)"), ""),
    (re.compile(r"\b(?:u\.k\.|united kingdom)(?=\W|$)", re.IGNORECASE), "UK"),
    (re.compile(r"\b(?:e\.u\.|european union)(?=\W|$)", re.IGNORECASE), "EU"),
    (re.compile(r"\b(?:u\.n\.|united nations)(?=\W|$)", re.IGNORECASE), "UN"),
    (re.compile(r"\b(it|that|there|he|she|what|who|here|let)'s\b", re.IGNORECASE), r"\1"),
    (re.compile(r"\b(?:Mrs?|Ms|Miss|Mdm|Prof|Professor|Dr)\b\.?(?= [A-Z])"), ""),
    (re.compile(r"\bPrime Minister\b"), "Premier"),
    (re.compile(r"\bGov\.(?= [A-Z])"), "Governor"),
    (re.compile(r"\bGen\.(?= [A-Z])"), "General"),
    (re.compile(r"\bSen\.(?= [A-Z])"), "Senator"),
    (re.compile(r"\bno (?:less|fewer) than\b", re.IGNORECASE), "at least"),
    (re.compile(r"\b(?:no|not) more than\b", re.IGNORECASE), "at most"),
    (re.compile(r"\b(?:more than|in excess of|upwards of)\b", re.IGNORECASE), "over"),
    (re.compile(r"\b(?:less|fewer) than\b", re.IGNORECASE), "under"),
    (re.compile(r"\b(?:per|an?|each|every) (day|week|month|year)\b", re.IGNORECASE), r"every \1"),
    (re.compile(r"\bannually\b|\byearly\b", re.IGNORECASE), "every year"),
    (re.compile(r"\btold (?:reporters|journalists|the media|the press)\b", re.IGNORECASE), "said"),
    (re.compile(r"\bmade public\b", re.IGNORECASE), "published"),
    (re.compile(r"\bgo(?:es|ing)? on strike\b", re.IGNORECASE), "strike"),
    (re.compile(r"\bwent on strike\b", re.IGNORECASE), "struck"),
    (re.compile(r"\b(?:at the moment|at this time)\b", re.IGNORECASE), "now"),
    (re.compile(r"\bprior to\b|\bahead of\b", re.IGNORECASE), "before"),
    (re.compile(r"\bas a result of\b|\bas a consequence of\b", re.IGNORECASE), "because"),
    (re.compile(r"\bin spite of\b", re.IGNORECASE), "despite"),
    (
        re.compile(r"\bwith regard to\b|\bin relation to\b|\bwith respect to\b", re.IGNORECASE),
        "about",
    ),
    (re.compile(r"\btakes? part in\b", re.IGNORECASE), "attend"),
    (re.compile(r"\btook part in\b", re.IGNORECASE), "attended"),
    (re.compile(r"\b(?:taking|take|takes|took) place\b", re.IGNORECASE), "held"),
    (re.compile(r"\bcarr(?:y|ies) out\b", re.IGNORECASE), "conduct"),
    (re.compile(r"\bcarried out\b", re.IGNORECASE), "conducted"),
    (re.compile(r"\bset(?:ting)? up\b", re.IGNORECASE), "establish"),
    (re.compile(r"\blook(?:s|ed|ing)? into\b", re.IGNORECASE), "investigate"),
    # Measures of power, spelled out or not.
    (re.compile(r"\bkilowatt[- ]hours?\b", re.IGNORECASE), "kWh"),
    (re.compile(r"\bmegawatt[- ]hours?\b", re.IGNORECASE), "MWh"),
    (re.compile(r"\bgigawatt[- ]hours?\b", re.IGNORECASE), "GWh"),
    (re.compile(r"\bterawatt[- ]hours?\b", re.IGNORECASE), "TWh"),
    (re.compile("千瓦时|킬로와트 ?시"), "kWh"),
    (re.compile("兆瓦时|메가와트 ?시"), "MWh"),
    (re.compile("吉瓦时|기가와트 ?시"), "GWh"),
    (re.compile("兆瓦|메가와트"), "MW"),
    (re.compile("吉瓦|기가와트"), "GW"),
    (re.compile(r"\bstate-run\b", re.IGNORECASE), "state-owned"),
    (re.compile(r"\bhalf a dozen\b", re.IGNORECASE), "6"),
    (re.compile(r"\ba dozen\b", re.IGNORECASE), "12"),
    (re.compile(r"(?<=\d):00(?= ?[ap]\.?m\b)", re.IGNORECASE), ""),
    (re.compile(r"\b12 ?a\.?m\b\.?", re.IGNORECASE), "midnight"),
    (re.compile(r"\b12 ?p\.?m\b\.?", re.IGNORECASE), "noon"),
    (re.compile(r"\bchief executive(?: officer)?\b", re.IGNORECASE), "CEO"),
    # A unit said once for both ends of a range.
    (
        re.compile(rf"{_NUMBER} ?({_UNIT})( ?(?:and|to|or|-|至|到|~) ?){_NUMBER} ?\2(?![a-z])"),
        r"\1\3\4 \2",
    ),
    (re.compile(r"\b1st\b", re.IGNORECASE), "first"),
    (re.compile(r"\b2nd\b", re.IGNORECASE), "second"),
    (re.compile(r"\b3rd\b", re.IGNORECASE), "third"),
    (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b", re.IGNORECASE), r"\1"),
    (re.compile("됬"), "됐"),
    (re.compile("몇 ?일"), "며칠"),
    (re.compile(r"百分之(\d+(?:\.\d+)?)"), r"\1%"),
    (re.compile(r"(?:星期|礼拜)(?=[一二三四五六日天])"), "周"),
    (re.compile("周天"), "周日"),
    (re.compile(r"(?<=\d)点(?=\d{1,2}分|半|整|左右|许)"), "时"),
    (re.compile(r"((?:上午|下午|晚上|凌晨|中午|早上|晚间|傍晚)\d{1,2})点"), r"\1时"),
    # The hours before noon are the same on both clocks.
    (re.compile(r"(?:上午|早上|早晨|清晨|凌晨)(?=(?:1[01]|\d)时)"), ""),
    (re.compile("委员会"), "委"),
    (re.compile("发展和改革委|发改委"), "发展改革委"),
    (re.compile(r"没有(?=[一-鿿])"), "未"),
    (re.compile(r"(?<=[一-鿿])(?:先生|女士)"), ""),
    (re.compile("首席执行官"), "CEO"),
    (re.compile(r"据(?:悉|了解|介绍|报道)[，,]?"), ""),
    (re.compile("同比增(?![长加])"), "同比增长"),
    # Korean desks write the great powers in one Han character, in headlines above all.
    (re.compile(r"(?<![一-鿿])美(?= ?[가-힣])"), "미국"),
    (re.compile(r"(?<![一-鿿])中(?= ?[가-힣])"), "중국"),
    (re.compile(r"(?<![一-鿿])日(?= [가-힣])"), "일본"),
    (re.compile(r"(?<![一-鿿])北(?= ?[가-힣])"), "북한"),
    (re.compile(r"화재가 발생(?=해)"), "불이 나"),
    (re.compile("불이 나해"), "불이 나"),
    (re.compile("그대로 유지"), "유지"),
    (re.compile(r"(?<=[시분일])(?:께|쯤|경)(?= |$|,)"), ""),
    (
        re.compile(rf"(?<![가-힣])({'|'.join(_NATIVE)}) (?={_COUNTED})"),
        lambda m: _NATIVE[m[1]] + " ",
    ),
    (re.compile("위치해 있|자리하고 있"), "있"),
    (re.compile(r"\b약 ?(?=\d)"), ""),
    (re.compile(r"(?<=\d)여(?= ?[가-힣])"), ""),
    (re.compile(r"(?<=\d) ?(?:퍼센트|프로)"), "%"),
    (re.compile(r"(?<=\d)(?:元人民币|块钱?)"), "元"),
)


def plain(shadowed: str) -> str:
    """Return a folded sentence with phrases and exchangeable Han words in one form each."""
    text = without_glosses(in_digits(shadowed))
    for pattern, form in _PHRASES:
        text = pattern.sub(form, text)
    pattern, table = _han_table()
    return pattern.sub(lambda found: table[found.group()], text)


@cache
def _han_table() -> tuple[re.Pattern[str], dict[str, str]]:
    # The shortest stands for all, so that a character inside another word stays what it is.
    groups = merged(HAN_SYNONYMS, wordings.HAN)
    rows = {word: min(group, key=len) for group in groups for word in group}
    ordered = sorted(rows, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))), rows


@cache
def hangul_synonyms() -> dict[str, str]:
    """Return the exchangeable Korean words, each with the one that stands for all."""
    groups = merged(HANGUL_SYNONYMS, wordings.HANGUL)
    return {word: group[0] for group in groups for word in group}


_SPELLINGS = (
    (re.compile(r"isation(s?)$"), r"ization\1"),
    (re.compile(r"is(e[sd]?|ing)$"), r"iz\1"),
    (re.compile(r"(?<=[a-z]{2})our(s|ed|ing|able|ite|al|)$"), r"or\1"),
    (re.compile(r"yse(d|s|)$"), r"yze\1"),
    (re.compile(r"(?<=[a-z]{3})tre(s?)$"), r"ter\1"),
    (re.compile(r"ence$"), "ense"),
    (re.compile(r"ogue(s?)$"), r"og\1"),
    (re.compile(r"programme(s?)$"), r"program\1"),
    (re.compile(r"ll(ed|ing|er|ers)$"), r"l\1"),
    (re.compile(r"aluminium$"), "aluminum"),
)
_SUFFIX = re.compile(r"(?:ies|ied|ing|ed|es|s|e|y)$")


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Return a crude stem: one for a word's plural, tenses and British and American spellings."""
    for pattern, plain in _SPELLINGS:
        word = pattern.sub(plain, word)
    if len(word) < 4 or not word.isascii():
        return word
    cut = _SUFFIX.sub("", word)
    if len(cut) < 3:
        return word
    # "banned" and "ban": the doubled consonant of an inflection.
    return cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] and cut != word else cut
