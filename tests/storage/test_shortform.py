"""Short forms of names, and what merely has brackets."""

from __future__ import annotations

import pytest

from storage.changes import compare
from storage.shortform import are_initials, without_glosses
from storage.types import ChangeClass

GLOSSES = [
    ("the World Trade Organization (WTO) met", "the World Trade Organization met"),
    ("the Ministry of Transport (MOT) said", "the Ministry of Transport said"),
    ("산업통상자원부(산업부)는", "산업통상자원부는"),
    ("国家发展和改革委员会(以下简称国家发改委)发布", "国家发展和改革委员会发布"),
    # Not the short form of what stands before.
    ("the World Trade Organization (Geneva) met", None),
    ("the ministry (WTO) met", None),
    ("지원 대상(택시)은", None),
    ("补贴(不含税)每辆", None),
    ("the plan (not yet approved) says", None),
    ("Li Jun (5) won", None),
]


@pytest.mark.parametrize(("text", "bare"), GLOSSES)
def test_a_gloss_adds_nothing(text: str, bare: str | None) -> None:
    assert without_glosses(text) == (text if bare is None else bare)


@pytest.mark.parametrize(
    ("short", "words", "is_short"),
    [
        ("AI", ["artificial", "intelligence"], True),
        ("WHO", ["World", "Health", "Organization"], True),
        ("AI", ["artificial", "grass"], False),
        ("A", ["artificial"], False),
        ("Ai", ["artificial", "intelligence"], False),
        ("B2", ["big", "2"], False),
        ("US", ["us"], False),
    ],
)
def test_initials(short: str, words: list[str], is_short: bool) -> None:
    assert are_initials(short, words) is is_short


#: One saying in two forms, and beside it one that differs.
FORMS = [
    ("fines of 10,000 yuan to 50,000 yuan", "fines of 10,000 to 50,000 yuan", "fines of 10,000 to 50,000 euros"),
    ("at midnight on Friday", "at 12 a.m. on Friday", "at 12 p.m. on Friday"),
    ("profit rose 3 percent", "profit climbed 3 percent", "profit slipped 3 percent"),
    ("profit fell 3 percent", "profit declined 3 percent", "profit plunged 3 percent"),
    ("the fee was cut", "the fee was reduced", "the fee was raised"),
    ("Chief Executive Wei Chen resigned", "CEO Wei Chen resigned", "CFO Wei Chen resigned"),
    ("on Tuesday it rained in Hefei", "on Tuesday (Jan. 28) it rained in Hefei", "on Tuesday (Jan. 21) it rained in Hefei"),
    ("1月12日9时14分发生地震", "1月12日上午9点14分发生地震", "1月12日下午9点14分发生地震"),
    ("发展改革委没有批准", "发展和改革委员会未批准", "发展和改革委员会已批准"),
    ("销量同比增长3%", "销量同比上升3%", "销量同比下降3%"),
    ("두 차례 내렸다", "2차례 내렸다", "세 차례 내렸다"),
    ("오후 3시께 불이 나 둘이 다쳤다", "오후 3시쯤 화재가 발생해 둘이 다쳤다", "오후 4시쯤 화재가 발생해 둘이 다쳤다"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "same", "other"), FORMS)
def test_forms_of_one_saying(one: str, same: str, other: str) -> None:
    head = "HEFEI, Jan. 28 (Xinhua) -- "

    def judged(text: str) -> ChangeClass:
        return compare(("T", head + one + "."), ("T", head + text + ".")).change_class

    assert judged(same) is not ChangeClass.SUBSTANTIVE
    assert judged(other) is ChangeClass.SUBSTANTIVE


@pytest.mark.parametrize(
    "text", ["1," * 20_000, "1 yuan to " * 4_000, "(" * 20_000, "没有" * 9_000]
)
def test_a_hostile_sentence_is_read_to_its_end(text: str) -> None:
    assert compare(("T", text), ("T", text + "42")).change_class is ChangeClass.SUBSTANTIVE
