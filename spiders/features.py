"""What is known of each line of a page, as numbers for `spiders.scoring`. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from spiders.blocks import MARKS, Block, marks_of

# One word per letter in scripts without spaces.
_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W_]+")
_GRAM = 4
_LONG = 12
_WORTH = 0.02

_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»」』）)\]]*\s*$")
_DATE = re.compile(
    r"(?:19|20)\d\d|\d{1,2}:\d\d|\b(?:ago|yesterday|today)\b|前\b|전\b", re.IGNORECASE
)
_MAIL = re.compile(r"\S@\S+\.\w|https?://|www\.")
_START = {
    "more": r"read\s+(?:more|also|next|full|the)|also\s+read|see\s+(?:also|more)|more\s+(?:from|on|in|about|stories)|"
    r"related|recommended|you\s+(?:may|might)|don'?t\s+miss|continue\s+reading|click\s+here|view\s+|watch|"
    r"listen|lire\s+aussi|lesen\s+sie|mehr\s+zum|lea\s+tamb|leggi\s+anche|\[?related|up\s+next|latest|trending|popular|"
    r"most\s+read|top\s+stories|延伸阅读|相关|推荐|更多|热门|相關|推薦|관련|更多|阅读|下一篇|上一篇|previous|next",
    "share": r"share|tweet|pin\s+it|email|print|facebook|twitter|whatsapp|linkedin|follow\s+|分享|扫|微信|微博|收藏|点赞|공유|"
    r"copy\s+link|save|like\s+this|telegram",
    "signup": r"sign\s+up|subscribe|newsletter|get\s+(?:the|our|all|unlimited)|join\s+|log\s*in|register|already\s+a|"
    r"support\s+|donate|download|登录|注册|订阅|关注|구독|로그인|enter\s+your|thank\s+you|stay\s+|this\s+article\s+is\s+(?:for|only)",
    "legal": r"©|\(c\)|copyright|all\s+rights|terms|privacy|disclaimer|cookies?|版权|声明|免责|저작권|ⓒ|无断|転載|郑重|特别声明|"
    r"reproduction|the\s+views|本网|by\s+using|advertis|sponsored|we\s+(?:use|may|earn)|affiliate|as\s+an\s+amazon",
    "meta": r"by\s+|published|posted|updated|last\s+|written\s+by|author|editor|source|photo|image|credit|picture|"
    r"来源|责任编辑|编辑|作者|记者|原标题|责编|기자|입력|출처|사진|von\s+|par\s+|por\s+|di\s+|date|filed|tags?|topics?|"
    r"categor|keywords?|关键词|标签|字号|reporting\s+by|additional\s+reporting|contact|about\s+the|getty|reuters|ap\s+photo|\(photo|（图|图片|图为|资料图",
    "comment": r"\d*\s*comments?|leave\s+a|reply|post\s+a|add\s+a|join\s+the|评论|网友|跟帖|댓글|0\s|view\s+comments|what\s+do\s+you|"
    r"have\s+your|discuss|report\s+",
    "top": r"top\b|back\s+to|home\b|menu|search|close|skip|next\b|prev|advertisement|ad\b|text\s+size|返回|首页|回到|목록|본문",
    "story": r"[\"“‘「『]|the\s|a\s|in\s|he\s|she\s|it\s|but\s|and\s|for\s|“|on\s|据|我|在|他|这",
}
#: What stands over a list of other articles.
_OTHERS = re.compile(
    r"\W{0,3}(?:"
    + _START["more"]
    + r"|voc[êe]\s+(?:pode|também)|também\s|das\s+könnte|mehr\b|plus\s+d|à\s+lire|sur\s+le\s+même|te\s+puede|también|"
    r"ti\s+potrebbe|potrebbe|あわせて|関連|おすすめ|人気|함께|추천|other\s+(?:news|stories|posts|articles)|similar)",
    re.IGNORECASE,
)
#: No longer lines are such a heading; so far below one its word no longer counts.
_HEADING = 60
_BELOW = 20
_STARTS = [re.compile(r"\W{0,3}(?:" + pattern + ")", re.IGNORECASE) for pattern in _START.values()]

Grams = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """What others say the text is; "" where they say nothing."""

    first: str
    second: str
    declared: str = ""
    title: str = ""
    description: str = ""


def words(text: str) -> list[str]:
    """Return the words of *text* in lower case; each character of Chinese, kana and Hangul is one."""
    return _WORD.findall(text.lower())


def grams(tokens: Sequence[str]) -> Grams:
    """Return the 4-word sequences of *tokens*, or all of them as one when there are fewer."""
    if len(tokens) < _GRAM:
        return Counter([tuple(tokens)] if tokens else [])
    return Counter(zip(*(tokens[i:] for i in range(_GRAM)), strict=False))


class Known:
    """A text that lines are looked up in: by 4-word sequences, short lines as whole lines."""

    def __init__(self, text: str) -> None:
        self._grams = set(grams(words(text)))
        self._joined = " " + " ".join(words(text)) + " "
        self.given = bool(self._grams)

    def support(self, tokens: Sequence[str]) -> float:
        """Return the share of the line *tokens* found here, 0..1."""
        if not self.given or not tokens:
            return 0.0
        if len(tokens) < _GRAM:
            return 1.0 if f" {' '.join(tokens)} " in self._joined else 0.0
        total = len(tokens) - _GRAM + 1
        return sum(1 for i in range(total) if tuple(tokens[i : i + _GRAM]) in self._grams) / total


def describe(blocks: Sequence[Block], said: Opinions) -> dict[int, list[float]]:
    """Return one row of numbers for each of *blocks* worth scoring; NAMES names the columns.

    Lines that no extractor took, with none taken around them and outside the text's own parent,
    are left out: of 60,000 such lines in the sets 400 were text.
    """
    tokens = [words(block.text) for block in blocks]
    first, second, declared, description = (
        Known(text) for text in (said.first, said.second, said.declared, said.description)
    )
    one = [first.support(line) for line in tokens]
    two = [second.support(line) for line in tokens]
    three = [declared.support(line) if declared.given else -1.0 for line in tokens]
    size = [len(line) for line in tokens]
    both = [min(a, b) if n >= _LONG else 0.0 for a, b, n in zip(one, two, size, strict=True)]
    either = [max(a, b) if n >= _LONG else 0.0 for a, b, n in zip(one, two, size, strict=True)]
    trunk = both if any(both) else either
    parents: Counter[tuple[int, ...]] = Counter()
    for block, share, n in zip(blocks, trunk, size, strict=True):
        parents[block.path[:-1]] += int(share * n)
    core_size = sum(parents.values()) or 1
    core = max(parents, key=lambda path: parents[path], default=())
    strong = [i for i, share in enumerate(trunk) if share >= 0.5]
    start, end = (strong[0], strong[-1]) if strong else (0, len(blocks) - 1)
    heading = next((i for i, block in enumerate(blocks) if block.tag == "h1"), -1)
    top = blocks[heading].path if heading >= 0 else ()
    title = set(words(said.title))
    seen: Counter[str] = Counter(block.text for block in blocks)
    dice = _agreement(one, two, size)
    rows = {}
    met: set[str] = set()
    over = -_BELOW
    for i, block in enumerate(blocks):
        text, n = block.text, size[i]
        own = block.path[:-1]
        again = text in met
        met.add(text)
        below = i - over
        if len(text) <= _HEADING and heading < i and _is_over_others(block):
            over = i
        around = (_mean(one, i - 4, i), _mean(one, i + 1, i + 5),
                  _mean(two, i - 4, i), _mean(two, i + 1, i + 5))  # fmt: skip
        near = one[i] + two[i] + sum(around) + max(0.0, three[i])
        if near + parents[own] / core_size <= _WORTH:
            continue
        common = _common(block.path, core)
        row = [
            math.log1p(n),
            math.log1p(len(text)),
            block.linked / max(1, len(text)),
            float(block.strong),
            float(block.tag == "p"),
            float(block.tag in ("h2", "h3", "h4", "h5", "h6")),
            float(block.tag == "h1"),
            float(block.tag == "li"),
            float(block.tag in ("div", "section", "article", "main", "body", "center")),
            float(block.tag in ("row", "td", "th")),
            float(block.inside == "li"),
            float(block.inside == "blockquote"),
            float(block.inside in ("td", "th")),
            float(bool(_SENTENCE_END.search(text))),
            text.count(",") + text.count("，") + text.count("、"),
            sum(map(str.isdigit, text)) / max(1, len(text)),
            sum(map(str.isupper, text)) / max(1, len(text)),
            float(bool(_DATE.search(text))),
            float(bool(_MAIL.search(text))),
            float("?" in text or "？" in text),
            float(any(mark in text for mark in "|>›»•·")),
            float(seen[text] > 1),
            float(again),
            len(title & set(tokens[i])) / max(1, len(title | set(tokens[i]))),
            description.support(tokens[i]) if description.given else -1.0,
            one[i],
            two[i],
            three[i],
            one[i] * two[i],
            _at(one, i - 1),
            _at(two, i - 1),
            _at(one, i + 1),
            _at(two, i + 1),
            *around,
            math.log1p(_at(size, i - 1)),
            math.log1p(_at(size, i + 1)),
            max(-20.0, min(20.0, float(i - start))),
            max(-20.0, min(20.0, float(end - i))),
            float(start <= i <= end),
            max(-30.0, min(30.0, float(i - heading))) if heading >= 0 else -31.0,
            float(min(_BELOW, below)),
            _common(block.path, top) / max(1, len(top)) if heading >= 0 else -1.0,
            parents[own] / core_size,
            float(own == core),
            common / max(1, len(core)),
            float(len(block.path) - len(core)),
            float(common == len(core)),
            dice,
            float(declared.given),
            *(float(bool(pattern.match(text))) for pattern in _STARTS),
            *(float(min(3, block.marks.get(mark, 0))) for mark in MARKS),
        ]
        rows[i] = row
    return rows


NAMES = (
    "words", "chars", "linked", "strong", "p", "subheading", "h1", "li", "div", "cell", "in_li",
    "in_quote", "in_cell", "ends", "commas", "digits", "capitals", "date", "mail", "question",
    "bars", "repeated", "again", "titled", "described", "first", "second", "declared", "both",
    "first_before", "second_before", "first_after", "second_after", "first_above", "first_below",
    "second_above", "second_below", "size_before", "size_after", "after_start", "before_end",
    "between", "after_heading", "below_others", "with_heading", "parent_share", "in_core", "common", "depth",
    "under_core", "agreement", "has_declared",
    *(f"starts_{name}" for name in _START),
    *(f"mark_{name}" for name in MARKS),
)  # fmt: skip


def _is_over_others(block: Block) -> bool:
    """Say whether *block* stands over other articles: a heading that says so, or is named so."""
    heads = block.strong or block.tag in ("h2", "h3", "h4", "h5", "h6")
    return (heads and _OTHERS.match(block.text) is not None) or "related" in marks_of(block.name)


def _agreement(one: Sequence[float], two: Sequence[float], size: Sequence[int]) -> float:
    shared = sum(n * min(a, b) for a, b, n in zip(one, two, size, strict=True))
    total = sum(n * (a + b) for a, b, n in zip(one, two, size, strict=True))
    return 2 * shared / total if total else 0.0


def _at(values: Sequence[float], i: int) -> float:
    return values[i] if 0 <= i < len(values) else 0.0


def _mean(values: Sequence[float], start: int, end: int) -> float:
    part = values[max(0, start) : max(0, end)]
    return sum(part) / len(part) if part else 0.0


def _common(one: Sequence[int], two: Sequence[int]) -> int:
    count = 0
    for a, b in zip(one, two, strict=False):
        if a != b:
            break
        count += 1
    return count
