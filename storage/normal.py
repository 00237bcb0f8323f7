"""Text as it is compared: what a reader cannot tell apart is made equal. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

# Soft hyphens, zero-width characters, direction marks, variation selectors and byte order marks
# are in real pages ("Vladi\xadmir" in the Washington Post) and on no screen.
_INVISIBLE = dict.fromkeys(
    (
        *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x180E, 0xFEFF, 0xFFFC),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
    )
)
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»″〝〞〟＂「」『』《》〈〉❝❞"), '"') | dict.fromkeys(
    map(ord, "‘’‚‛′‹›＇`´ʼ"), "'"
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－⸺⸻"), "-")
_MARKS = {
    ord("…"): "...",
    ord("•"): "·",
    0x318D: "·",
    0x119E: "·",
    0x30FB: "·",
    ord("～"): "~",
    ord("〜"): "~",
    ord("∼"): "~",
}
#: Where a sentence ends: CJK marks need no blank after them, Latin ones do, with an upper-case
#: letter, a digit or an opening quote next. Abbreviations are mended afterwards.
_END_CJK = re.compile(
    r"(?:(?<=[。！？；])|(?<=[一-鿿ぁ-ヿ][!?;]))[”’」』\"')）]*(?=[^”’」』\"')）\s])\s*|(?<=[。！？；])\s+"
)
# The mark itself first, not a look behind: the engine skips to it.
_END_LATIN = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9À-ÞΑ-ЯĀ-Ž가-힣一-鿿ぁ-ヿ▲△●■])")
_CJK = re.compile("[。！？；一-鿿ぁ-ヿ]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Gen|Gov|Sen|Rep|Lt|Col|Sgt|Capt|St|Jr|Sr|vs|No|Nos|Art|Sec|"
    r"Fig|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|approx|est|e\.g|i\.e|"
    r"U\.S|U\.K|U\.N|E\.U|a\.m|p\.m|Ph\.D|al|etc|cf|Mt|Ft|M|MM|Mme|art)|\d{4}\. ?\d{1,2}\. ?\d{1,2})\.$"
)


@cache
def simplified_table() -> dict[int, str]:
    """Return the translation of traditional to simplified characters, one to one.

    From OpenCC (Apache-2.0), kept in t2s.txt: 4,572 entries. It differs from phrase-level
    conversion in 0.025 % of characters, and keeps every offset.
    """
    lines = resources.files("storage").joinpath("t2s.txt").read_text(encoding="utf-8").splitlines()
    body = [line for line in lines if not line.startswith("#")]
    table: dict[int, str] = {}
    for traditional, simplified in zip(body[::2], body[1::2], strict=True):
        table.update({ord(a): b for a, b in zip(traditional, simplified, strict=True)})
    return table


_FOLDING: dict[int, str | None] = {**_INVISIBLE, **_QUOTES, **_DASHES, **_MARKS}
# `translate` looks up every character; few lines have more than some of these.
_FOLDED = re.compile("[{}]".format("".join(map(chr, _FOLDING))))


def _made_equal(line: str) -> str:
    return _FOLDED.sub(lambda found: _FOLDING[ord(found[0])] or "", line)


@cache
def _traditional() -> re.Pattern[str]:
    return re.compile("[{}]".format("".join(map(chr, simplified_table()))))


def visible(text: str) -> str:
    """Return *text* in NFC without the characters that show nothing."""
    return unicodedata.normalize("NFC", text.translate(_INVISIBLE))


def fold_line(line: str) -> str:
    """Return one line with full width, quotes, dashes, script variant and white space made equal.

    Numbers, signs, letters and their case stay: "−3 %" and "-3 %" are equal, "3 %" is not.
    """
    if line.isascii():
        # The one ASCII character that is folded.
        line = line.replace("`", "'")
    else:
        line = _made_equal(line)
        if not line.isascii():
            compatible = unicodedata.normalize("NFKC", line)
            if compatible != line:
                line = _made_equal(compatible)
            if _traditional().search(line):
                line = line.translate(simplified_table())
    return " ".join(line.split())


def fold(text: str) -> str:
    """Return *text* folded line by line (see `fold_line`), empty lines left out; idempotent."""
    return "\n".join(lines(text))


def lines(text: str) -> list[str]:
    """Return the folded lines of *text* that are not empty."""
    return [folded for line in text.splitlines() if (folded := fold_line(line))]


def sentences(paragraph: str) -> list[str]:
    """Return the sentences of one paragraph, in order, nothing lost but the white space between.

    Latin, Korean, Chinese and Japanese ends are known; "Feb. 17", "U.S. law" and "3.5" do not end
    a sentence.
    """
    pieces: list[str] = []
    cjk = not paragraph.isascii() and _CJK.search(paragraph)
    parts = _split(_END_CJK, paragraph) if cjk else [paragraph.strip()]
    for part in parts:
        for piece in _split(_END_LATIN, part):
            if pieces and _ABBREVIATION.search(pieces[-1][-12:]):
                pieces[-1] += " " + piece
            else:
                pieces.append(piece)
    return [piece for piece in pieces if piece]


def _split(pattern: re.Pattern[str], text: str) -> list[str]:
    """Split at the white space of each match, leaving closing quotes with what they close."""
    parts: list[str] = []
    start = 0
    for found in pattern.finditer(text):
        end = found.start() + len(found.group().rstrip())
        if end > start:
            parts.append(text[start:end].strip())
            start = end
    parts.append(text[start:].strip())
    return [part for part in parts if part]
