"""Datelines, agencies, attributions and names as printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.byline import (
    agency_of,
    attribution,
    correspondent,
    is_note,
    named_in,
    people,
    wire,
)
from storage.types import Attribution


@pytest.mark.parametrize(
    ("line", "agency", "dateline"),
    [
        ("BEIJING -- Chinese provinces have", None, "BEIJING"),
        ("TAIYUAN, Feb. 17 (Xinhua) – Shortly after", "Xinhua", "TAIYUAN, Feb. 17 (Xinhua)"),
        ("LONDON (Reuters) - Oil prices", "Reuters", "LONDON (Reuters)"),
        ("SEOUL, Jan. 6 (Yonhap) -- South Korea", "Yonhap", "SEOUL, Jan. 6 (Yonhap)"),
        ("新华社北京1月27日电 题：", "Xinhua", "新华社北京1月27日电"),
        ("中新网1月27日电 (记者 王)", "CNS", "中新网1月27日电"),
        ("(서울=연합뉴스) 김철수 기자 =", "Yonhap", "서울=연합뉴스"),
        ("KEY POINTS: what to know", None, None),
        ("The AP reported that", None, None),
        ("US -China trade", None, None),
    ],
)
def test_dateline(line, agency, dateline):
    found = wire([line])
    assert (found.agency, found.dateline) == (agency, dateline)


def test_agency_by_byline_when_the_dateline_names_none():
    assert wire(["BEIJING -- Text"], hints=(None, "Xinhua | Updated: 2025")).agency == "Xinhua"
    assert agency_of("A MAP of the region") is None


def test_correspondent_of_a_korean_dateline():
    assert correspondent("Asia Economy Beijing=Special Correspondent Sunmi Park") == "Sunmi Park"
    assert correspondent("서울=연합뉴스") is None


@pytest.mark.parametrize(
    ("line", "expected", "alone"),
    [
        ("Source: 甲子光年 Author: Liu Jingfeng Editor: Yang Yang", Attribution(source="甲子光年", author="Liu Jingfeng", editor="Yang Yang"), True),
        ("2025-03-14 09:30:12 来源：新华社", Attribution(source="新华社"), False),
        ("(责任编辑：李四)", Attribution(editor="李四"), True),
        ("This article originally appeared on The Conversation.", Attribution(source="The Conversation"), False),
        ("The source: of the problem", Attribution(), False),
    ],
)  # fmt: skip
def test_attribution(line, expected, alone):
    assert attribution([line]) == expected
    assert is_note(line) is alone


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (["By Jane Doe and John Roe"], ("Jane Doe", "John Roe")),
        (["https://facebook.example/x", "admin"], ()),
        (["记者 王强"], ("王强",)),
        (["김철수 기자"], ("김철수",)),
        (["Jane Doe", "jane doe"], ("Jane Doe",)),
    ],
)
def test_people(stated, expected):
    assert people(stated) == expected


def test_a_visible_byline_ends_where_the_date_begins():
    assert named_in("by Jill Shen Oct 18, 2022") == ("Jill Shen",)
    assert named_in("By Jane Doe | Updated: 2025-01-27") == ("Jane Doe",)
    assert named_in("Standing by the door") == ()


@given(st.text(max_size=300))
def test_no_text_raises(text):
    wire([text], hints=(text,))
    attribution([text])
    people([text])
    named_in(text)
    is_note(text)
