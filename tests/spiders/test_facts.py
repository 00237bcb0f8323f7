"""What official documents state of themselves, in the ways ministries print it."""

from __future__ import annotations

import pytest

from spiders.facts import document_facts

TITLE = "关于规范车用电池更换服务的通知"


@pytest.mark.parametrize(
    ("title", "lines", "text", "facts"),
    [
        # A row of a table holds two pairs; labels are spread to one width.
        (TITLE, ["发文机关： | 国务院 | 成文日期： | 2026年1月13日", "发 文 字 号： | 国发〔2026〕1号"], "",
         {"issuing_body": "国务院", "document_number": "国发〔2026〕1号"}),
        (TITLE, ["索 引 号： | 000014349/2026-00003 | 主题分类： | 工业"], "",
         {"index_number": "000014349/2026-00003"}),
        # Label and value on one line, or on two.
        (TITLE, ["发布机构：工业和信息化部"], "", {"issuing_body": "工业和信息化部"}),
        (TITLE, ["文号", "工信部装〔2026〕7号"], "", {"document_number": "工信部装〔2026〕7号"}),
        # The number alone under the title, with or without brackets; or in the opening.
        (TITLE, ["（发改产业〔2026〕100号）"], "", {"document_number": "发改产业〔2026〕100号"}),
        (TITLE, [], "国办发〔2026〕31号\n各省：", {"document_number": "国办发〔2026〕31号"}),
        (TITLE, [], "本通知自2027年3月1日起施行。", {"effective_date": "2027-03-01"}),
        ("Notice on battery swapping", [], "It takes effect on March 1, 2027.",
         {"effective_date": "2027-03-01"}),
        # A report that mentions one is no document.
        ("国务院开会研究换电", ["国发〔2026〕1号"], "国发〔2026〕1号自2027年3月1日起施行。", {}),
        # A label whose value is the next label says nothing.
        (TITLE, ["发文机关：", "发文字号：", "国发〔2026〕1号"], "", {"document_number": "国发〔2026〕1号"}),
    ],
)  # fmt: skip
def test_facts(title: str, lines: list[str], text: str, facts: dict[str, str]) -> None:
    assert document_facts(title, lines, text) == facts
