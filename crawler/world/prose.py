"""Made-up policy news by the yard: `compose(seed)` returns a title and a text no other seed shares.

For loads, the kill driver and tests that need many articles. Sentences are drawn from lists written
for this project (prose.toml), with bodies, places, figures and names filled in, so that two seeds
have a few sentence frames in common, as two reports of one agency do, and no sentence.
"""

from __future__ import annotations

import random
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

Lexicon = dict[str, list[str]]

LANGUAGES = ("en", "zh", "ko")
_MONTHS = {
    1: "January", 2: "February", 3: "March", 4: "April", 5: "May", 6: "June", 7: "July",
    8: "August", 9: "September", 10: "October", 11: "November", 12: "December",
}  # fmt: skip


@cache
def lexicons() -> dict[str, Lexicon]:
    """Return the word lists by language: titles, frames, bodies, places, topics, names."""
    text = files("crawler.world").joinpath("prose.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)
    return found


def compose(seed: int, language: str = "en", *, topic: str | None = None) -> tuple[str, str]:
    """Return (title, text) of some 9 sentences in 4 paragraphs; the same for the same arguments.

    Raises:
        KeyError: *language* is not one of `LANGUAGES`.
    """
    draw = random.Random(f"{language}{seed}")  # noqa: S311 - prose, not a secret
    lexicon = lexicons()[language]
    about = topic or draw.choice(lexicon["topics"])
    place = draw.choice(lexicon["places"])
    title = _fill(draw.choice(lexicon["titles"]), lexicon, draw, language, about, place)
    frames = draw.sample(lexicon["frames"], 9)
    told = [_fill(frame, lexicon, draw, language, about, place) for frame in frames]
    joint = "" if language == "zh" else " "
    paragraphs = (told[:2], told[2:5], told[5:7], told[7:])
    return title, "\n\n".join(joint.join(part) for part in paragraphs)


def _fill(
    frame: str, lexicon: Lexicon, draw: random.Random, language: str, topic: str, place: str
) -> str:
    body = draw.choice(lexicon["bodies"])
    month, day = draw.randint(1, 12), draw.randint(1, 28)
    dates = {
        "en": f"{_MONTHS[month]} {day}",
        "zh": f"{month}月{day}日",
        "ko": f"{month}월 {day}일",
    }
    filled = frame.format(
        body=body,
        body_c=body[0].upper() + body[1:],
        topic=topic,
        topic_c=topic[0].upper() + topic[1:],
        place=place,
        place2=draw.choice([p for p in lexicon["places"] if p != place]),
        name=draw.choice(lexicon["names"]),
        n=draw.randint(3, 97),
        pct=f"{draw.randint(2, 79)}.{draw.randint(1, 9)}",
        money=f"{draw.randint(2, 95)}.{draw.randint(1, 9)}",
        year=draw.randint(2027, 2036),
        date=dates[language],
    )
    return filled[0].upper() + filled[1:]
