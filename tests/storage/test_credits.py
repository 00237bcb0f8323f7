"""What is said of the page, told apart from what happened."""

from __future__ import annotations

import pytest

from storage.credits import bare_headline, is_credit
from storage.normal import fold_line

OF_THE_PAGE = """
By Jane Smith and Li Wei
Updated: March 5, 2026 14:30
(Photo by Chen Bin/Xinhua)
Photo: Chen Bin / Xinhua
Photo courtesy of the Ministry of Transport
[Photo/China Daily]
Copyright 2026 The Associated Press.
All rights reserved.
This material may not be published, broadcast, rewritten or redistributed.
The views expressed in this article are those of the author.
This article does not constitute investment advice.
This story was originally published by the Harbour Post.
Editor's note: This story is part of a series on the harbour.
This article was updated with additional details.
Sign up for our morning newsletter
Follow us on Squeak
Download the Harbour Post app
For more news, visit our website
newsroom@example.com
（新华社记者 张端 摄）
资料图
责任编辑：王萌
（责任编辑：刘洋）
[转载请注明出处]
Our Standards: The Thomson Reuters Trust Principles.
未经授权不得转载
转载请注明出处
（本文不构成投资建议，据此操作风险自担。）
本文仅代表作者个人观点
扫码关注公众号，获取更多资讯
更多精彩内容请下载客户端
本文首发于海港报
【相关阅读】港口扩建
[사진=경기소방재난본부 제공]
사진 제공 : 소방청
<저작권자(c) 연합뉴스, 무단 전재-재배포 금지>
[관련기사] 총재 일문일답
jhkim@example.co.kr
김지훈 기자
제보는 카카오톡 harbour
이 기사는 언론진흥기금의 지원을 받아 작성되었습니다.
"""
#: Each looks like one of the above and tells what happened.
NEWS = """
Video from the scene showed police beating protesters.
Images from the satellite show that the dam has gone.
Photos of the leak were deleted by the ministry.
The report may not be published before June.
The views expressed by the minister shocked the house.
This report was published by the ministry in May.
This article has been updated after the ministry denied the report.
This story was corrected to show that 12 men were hurt.
Correction: The fine is 5,000 yuan.
Editor's note: An earlier version gave the wrong price.
This rule was first published with an error in Article 3.
For more than ten years visitors were asked to pay.
Download of the data was banned.
Contact with the ship was lost at noon.
Registration starts on Monday.
未经许可不得使用个人信息。
企业转载新闻须取得许可证。
该行为不构成犯罪。
关注APP违规收集个人信息问题。
更多企业请求延期。
欢迎企业加入试点。
本办法自2026年3月1日起施行。
更正：罚款为5万元。
영상 제공 업체가 파산했다.
자료 제공을 거부했다.
경찰에 들어온 제보는 12건이다.
▶ 지원 대상: 종업원 50명 미만 기업
무단 복제 금지 법안이 통과됐다.
[정정] 사망자 수를 바로잡습니다.
"""


def _rows(table: str) -> list[str]:
    return table.strip().splitlines()


@pytest.mark.parametrize("line", _rows(OF_THE_PAGE))
def test_a_line_of_the_page(line: str) -> None:
    assert is_credit(fold_line(line))


@pytest.mark.parametrize("line", _rows(NEWS))
def test_news_that_looks_like_one(line: str) -> None:
    assert not is_credit(fold_line(line))


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("UPDATE 2: Harbour shut", "Harbour shut"),
        ("Breaking: Harbour shut", "Harbour shut"),
        ("[속보] 항구 폐쇄", "항구 폐쇄"),
        ("항구 폐쇄(종합2보)", "항구 폐쇄"),
        ("【快讯】港口关闭", "港口关闭"),
        ("快讯：港口关闭", "港口关闭"),
        ("(LEAD) Harbour shut", "Harbour shut"),
        # These say that something was wrong, or belong to the sentence.
        ("CORRECTED: Harbour shut", "CORRECTED: Harbour shut"),
        ("[정정] 항구 폐쇄", "[정정] 항구 폐쇄"),
        ("Live animals leave harbour", "Live animals leave harbour"),
        ("Update of harbour rules", "Update of harbour rules"),
        ("更新港口设备", "更新港口设备"),
        ("UPDATE:", "UPDATE:"),
    ],
)
def test_labels_of_headlines(title: str, bare: str) -> None:
    assert bare_headline(fold_line(title)) == fold_line(bare)


#: Each made an expression try every way to cut it: 10^13 of them for the first.
HOSTILE = [
    "By " + "A" * 120 + "!",
    "A" * 60 + " " + "A" * 60 + "/ " + "A" * 10 + "!",
    "Photo by " + "A B " * 45 + "!",
    "updated " * 20 + "!",
    "1/1/11 " * 20 + "!",
    " " * 180 + "x",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_a_hostile_line_is_read_to_its_end(line: str) -> None:
    assert not is_credit(line)
    assert bare_headline(line) == line.strip()
