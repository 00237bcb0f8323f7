"""Folding, sentences, tokens and noise lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.noise import drop
from storage.normal import fold, fold_line, lines, sentences, simplified_table, visible
from storage.tokens import values


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("Vladi\u00admir", "Vladimir"),
        ("a\u00a0b\u3000c", "a b c"),
        ("“a” ‘b’ «c» 「d」", '"a" \'b\' "c" "d"'),
        ("a–b — c −3", "a-b - c -3"),
        ("１．５％", "1.5%"),
        ("國務院發布", "国务院发布"),
        ("ﬁrst ㎏ ①", "first kg 1"),
        ("wait…", "wait..."),
        ("생산ㆍ판매", "생산·판매"),
        ("Case Stays", "Case Stays"),
    ],
)
def test_fold(raw: str, folded: str) -> None:
    assert fold(raw) == folded
    assert fold(folded) == folded


def test_the_script_table_is_one_to_one_and_complete() -> None:
    table = simplified_table()
    assert len(table) == 4572
    assert all(len(simple) == 1 for simple in table.values())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("LINHAI, Feb. 17 (Novus) – It is.", ["LINHAI, Feb. 17 (Novus) – It is."]),
        ("The U.S. law of Mr. Wu. It is.", ["The U.S. law of Mr. Wu.", "It is."]),
        ("It grew 3.5 percent. Then 4.", ["It grew 3.5 percent.", "Then 4."]),
        ("“No!” he said. “We go.” They left.", ["“No!” he said.", "“We go.”", "They left."]),
        ("中国发布。“支持。”他说！好；坏", ["中国发布。", "“支持。”", "他说！", "好；", "坏"]),
        ("정부는 발표했다. 3.5% 늘었다.", ["정부는 발표했다.", "3.5% 늘었다."]),
        ("発表した。上昇した。", ["発表した。", "上昇した。"]),
        ("No. 5 is here.", ["No. 5 is here."]),
        ("", []),
    ],
)
def test_sentences(text: str, wanted: list[str]) -> None:
    assert sentences(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1.5% to -3%", ["1.5", "%", "to", "-3", "%"]),
        ("30 – 90 days", ["30-90", "days"]),
        ("$1,000.50", ["$", "1000.50"]),
        ("U.S. and AA-", ["US", "and", "AA", "-"]),
        ("AI芯片涨1.5%", ["AI", "芯", "片", "涨", "1.5", "%"]),
        ("가격이 -3% 인하", ["가격이", "-3", "%", "인하"]),
        ("a - b, (c)!", ["a", "b", "c"]),
        ("10:30 on 3/4", ["10:30", "on", "3/4"]),
    ],
)
def test_tokens(text: str, wanted: list[str]) -> None:
    assert values(fold_line(text)) == wanted


NOISE = [
    "Views: 1,204",
    "1,204 views",
    "12 comments",
    "阅读：1204",
    "1204次阅读",
    "浏览量 1.2万",
    "조회수 1,204",
    "댓글 12",
    "2 hours ago",
    "Updated 5 minutes ago",
    "3小时前",
    "3시간 전",
    "Share",
    "Share - WeChat",
    "Share Facebook Twitter WhatsApp",
    "分享到：微信 微博 QQ空间",
    "공유하기 페이스북 카카오톡",
    "Advertisement",
    "广告",
    "광고",
    "Read more: Ten stations open",
    "相关阅读：十座换电站启用",
    "관련기사: 열 곳 개장",
    "BACK TO THE TOP",
]
SAID = [
    "The video got 1,204 views in a day, the ministry said.",
    "The station opened 2 hours ago, officials said.",
    "Share prices fell 3 percent.",
    "Shares rose.",
    "The ad budget doubled.",
    "浏览量达到1204次，记者获悉。",
    "两小时前会议结束。",
    "공유 경제가 성장했다.",
    "Read the law closely.",
    "12 comments were filed by companies during the review period.",
    "Close",
]


@pytest.mark.parametrize("line", NOISE)
def test_noise_goes(line: str) -> None:
    assert drop([fold_line(line)]) == []


@pytest.mark.parametrize("line", SAID[:-1])
def test_what_the_article_says_stays(line: str) -> None:
    assert drop([fold_line(line)]) == [fold_line(line)]


def test_a_list_of_other_articles_ends_at_the_next_sentence() -> None:
    page = ["It is.", "Most read", "Ten stations open", "Farmers welcome rain", "It was so.", "End"]
    assert drop(page) == ["It is.", "It was so.", "End"]


@given(st.text(max_size=200))
def test_any_text_folds_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert "\u00ad" not in once
    assert visible(visible(text)) == visible(text)
    for line in lines(text):
        assert "".join("".join(sentences(line)).split()) == "".join(line.split())
        values(line)
