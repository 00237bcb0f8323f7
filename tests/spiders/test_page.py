"""Charsets declared late, wrongly or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.page import decode, parse, read_page

CHINESE = "国务院日前印发通知，要求各地加快建设新能源汽车换电站，并对补贴作出了新的规定，这是今年以来的第三个文件。"
TRADITIONAL = "行政院今天宣布，將在三年內興建更多的換電站，這是政府為了推動電動車所提出的計畫，也會提供補助給業者。"
KOREAN = (
    "정부는 올해 전기차 배터리 교환소를 두 배로 늘리기로 하고 관련 규정을 고치기로 했다고 밝혔다."
)
JAPANESE = (
    "政府は今年、電気自動車の電池交換所を倍に増やすことを決め、関連する規則を改めると発表した。"
)

CASES = [
    (CHINESE, "gb18030", "", None),
    (CHINESE, "gb18030", "gb2312", None),
    # Declared wrongly: UTF-8 in fact, and GBK in fact.
    (CHINESE, "utf-8", "gb2312", None),
    (CHINESE, "gb18030", "utf-8", None),
    (CHINESE, "gb18030", "iso-8859-1", None),
    (CHINESE, "utf-8", "", "text/html; charset=ISO-8859-1"),
    (CHINESE, "gb18030", "", "text/html; charset=gbk"),
    (TRADITIONAL, "big5hkscs", "big5", None),
    (TRADITIONAL, "big5hkscs", "", None),
    (KOREAN, "cp949", "euc-kr", None),
    (KOREAN, "cp949", "", None),
    (JAPANESE, "cp932", "", None),
    (JAPANESE, "euc_jp", "", None),
    (CHINESE, "utf-16", "", None),
    (KOREAN, "utf-16-le", "utf-8", None),
    ("Ein schöner Tag für Käufer in München", "cp1252", "iso-8859-1", None),
]


@pytest.mark.parametrize(("text", "charset", "declared", "header"), CASES)
@pytest.mark.parametrize("late", [0, 150_000], ids=["early", "late"])
def test_text_is_read_whatever_is_declared(text, charset, declared, header, late):
    meta = f'<meta charset="{declared}">' if declared else ""
    page = f"<html><head>{' ' * late}{meta}</head><body><p>{text * 3}</p></body></html>"
    found, _, _ = decode(page.encode(charset), content_type=header)
    assert text in found


def test_a_person_knows_best():
    body = "<p>čeština</p>".encode("cp1250")
    assert "čeština" in decode(body, hint="windows-1250")[0]


def test_a_cut_page_keeps_its_charset():
    body = ("<p>" + CHINESE * 20).encode()[:-1]
    assert decode(body)[1:] == ("utf-8", "utf-8")


@given(st.binary(max_size=500))
def test_no_bytes_raise(body):
    page = read_page(body)
    assert isinstance(page.text, str)


def test_a_button_left_open_swallows_nothing():
    text = "".join(f"<p>Paragraph {n} of the report.</p>" for n in range(6))
    tree = parse(
        f"<body><header><div><button class=menu><span>Menu</span></div></header><main>{text}</main>"
    )
    assert tree is not None
    assert not tree.xpath("//button//p")
    assert len(tree.xpath("//p")) == 6
    kept = parse("<body><button><p>Menu</p></button><p>Text.</p></body>")
    assert kept is not None
    assert kept.xpath("//button/p"), "a button may hold a line"


def test_what_stands_behind_the_end_is_text():
    tree = parse("<html><body><header>Menu</header></body></html><div><p>The text.</p></div>")
    assert tree is not None
    assert tree.xpath("string(//body//p)") == "The text."
