"""Random queries and multilingual texts from a small vocabulary, so that they meet often."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random

from alerts.query.tree import (
    And,
    AtLeast,
    DateRange,
    Field,
    Meta,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Same,
    Term,
)
from alerts.theme import Subject

_TERMS = """AI NEV chip chips new-energy Véhicule véhicule 芯片 人工智能 換電 新能源汽车 반도체 자동차를 カーボン
電気 AI芯片 5G网络 chip* te?m *tor 반도체* semiconductor Big AI+ of energy"""
TERMS = tuple(_TERMS.split())
PHRASES = (
    "new energy",
    "chip maker",
    "data center",
    "人工 智能",
    "AI chip",
    "véhicule électrique",
    "자동차를 반도*",
)
_WORDS = """AI ai Ai AIs NEVs ＮＥＶ chip Chips CHIP new energy new-energy maker data datacenter centers
Véhicule vehicule véhicules électriques e\u0301lectrique 芯片 晶片 人工 智能 人工智能 換電 换电站
新能源汽車 的 반도체를 반도체 \u1107\u1161\u11ab\u1103\u1169\u110e\u1166 자동차를 カーボン ｶｰﾎﾞﾝ 電気 电气
5G网络 网络5G team term doctor semi conductor Big soft\u00adware the of U.S. 😀 AI+"""
WORDS = tuple(_WORDS.split())
JOINTS = (" ",) * 6 + (
    "", "-", ", ", ". ", "。", "、", "\n", "\n\n", "\u200b", "”", "—", " \n \n", "\u3000", "（",
)  # fmt: skip


def random_text(rng: Random, length: int) -> str:
    """Return a text of up to *length* words."""
    count = rng.randint(0, length)
    return "".join(rng.choice(WORDS) + rng.choice(JOINTS) for _ in range(count))


def random_subject(rng: Random) -> Subject:
    """Return an article with a short title."""
    return Subject(
        title=random_text(rng, 5),
        text=random_text(rng, 40),
        language=rng.choice([None, "zh", "en"]),
        source_id=rng.choice([None, "s"]),
        published_at=rng.choice(
            [None, datetime(2023, 5, 5, tzinfo=UTC), datetime(2024, 5, 5, tzinfo=UTC)]
        ),
    )


def random_term(rng: Random) -> Term:
    """Return a word or phrase, sometimes exact."""
    text = rng.choice(rng.choice([TERMS, TERMS, PHRASES]))
    return Term(text, exact="*" not in text and "?" not in text and rng.random() < 0.15)


def random_place(rng: Random, depth: int = 2) -> Node:
    """Return what may stand inside NEAR."""
    draw = rng.random()
    if depth == 0 or draw < 0.5:
        return random_term(rng)
    if draw < 0.75:
        return Or(tuple(random_place(rng, depth - 1) for _ in range(rng.randint(2, 3))))
    left, right = random_place(rng, depth - 1), random_place(rng, depth - 1)
    return Near(rng.randint(1, 6), left, right, rng.random() < 0.5)


def random_query(rng: Random, depth: int = 3, *, field: bool = False) -> Node:
    """Return any query the language can express."""
    draw = rng.random()
    if depth == 0 or draw < 0.25:
        return random_place(rng)
    if draw < 0.33:
        return AtLeast(rng.randint(1, 3), random_place(rng))
    if draw < 0.42:
        parts = tuple(random_place(rng, 1) for _ in range(rng.randint(2, 3)))
        return Same(rng.choice(["sentence", "paragraph"]), parts)
    if draw < 0.45:
        return rng.choice([Pattern("[a-z]+or"), Pattern("ai", ignore_case=True), Pattern("芯.")])
    if draw < 0.53 and not field:
        name = rng.choice(["title", "lead", "body"])
        return Field(name, random_query(rng, depth - 1, field=True))
    if draw < 0.56 and not field:
        since = date(2024, 1, 1)
        return rng.choice([Meta("lang", "zh"), Meta("source", "s"), DateRange(since, None)])
    if draw < 0.64:
        return Not(random_query(rng, depth - 1, field=field))
    parts = tuple(random_query(rng, depth - 1, field=field) for _ in range(rng.randint(2, 3)))
    return (And if rng.random() < 0.5 else Or)(parts)
