"""Languages by text, by declaration where the text is short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.language import code, detect

ENGLISH = "The ministry said on Monday that the new rules would take effect in spring. " * 5
CASES = [
    # Korean chrome declares Korean; the text is English.
    (ENGLISH, "ko", "en"),
    ("国务院印发通知，要求各地加快建设这些设施，并对来年的工作作出部署。", "en", "zh-hans"),
    ("行政院宣布將興建更多設施，這是政府為了推動電動車所提出的計畫。", None, "zh-hant"),
    ("정부는 올해 전기차 배터리 교환소를 두 배로 늘리기로 했다.", None, "ko"),
    ("政府は今年、電池交換所を倍に増やすことを決めた。", None, "ja"),
    # Names in another script do not make a language.
    ("Lei Jun, chairman of Xiaomi (小米), said. " + ENGLISH, None, "en"),
    ("Ok", "fr", "fr"),
    ("", None, None),
]


@pytest.mark.parametrize(("text", "declared", "expected"), CASES)
def test_detect(text, declared, expected):
    assert detect(text, declared=declared) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("zh-CN", "zh-hans"), ("zh_TW", "zh-hant"), ("zh", "zh"), ("en-US", "en"), ("x", None), (None, None)],
)  # fmt: skip
def test_code(tag, expected):
    assert code(tag) == expected


@given(st.text(max_size=300))
def test_no_text_raises(text):
    detect(text, declared=text)
