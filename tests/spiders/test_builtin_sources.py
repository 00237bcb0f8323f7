from __future__ import annotations

import pytest

from crawler.builtin import builtin_ids, builtin_table
from crawler.config_sources import SourceTable
from spiders.gate import GatePolicy, check_url
from spiders.select import Selector
from spiders.sources import ChannelKind
from storage.types import Discovery, Entry

#: An address of the kind the publisher uses, and one that is no article.
ADDRESSES = {
    "chinadaily": ("https://www.chinadaily.com.cn/a/202501/27/WS679752a0a310a2ab06ea9a01.html", "https://www.chinadaily.com.cn/business/policies/page_2"),
    "xinhua": ("https://english.news.cn/20250127/0123456789abcdef0123456789abcdef/c.html", "https://english.news.cn/china/index.htm?x"),
    "news_cn": ("https://www.news.cn/politics/20250127/0123456789abcdef0123456789abcdef/c.html", "https://www.news.cn/politics/leaders/"),
    "people_cn": ("http://politics.people.com.cn/n1/2025/0127/c1001-40409123.html", "http://politics.people.com.cn/GB/1026/index.html"),
    "people_en": ("http://en.people.cn/n3/2025/0127/c90000-20271234.html", "http://en.people.cn/travel/index.html"),
    "gov_cn": ("https://www.gov.cn/zhengce/content/202501/content_7000123.htm", "https://www.gov.cn/zhengce/index.htm"),
    "miit": ("https://www.miit.gov.cn/zwgk/zcwj/wjfb/tz/art/2025/art_0123456789abcdef0123456789abcdef.html", "https://www.miit.gov.cn/zwgk/index.html"),
    "ndrc": ("https://www.ndrc.gov.cn/xxgk/zcfb/tz/202501/t20250127_1395838.html", "https://www.ndrc.gov.cn/xxgk/zcfb/tz/index_1.html"),
    "technode": ("https://technode.com/2025/01/27/catl-plans-1000-battery-swap-stations/", "https://technode.com/tag/catl/"),
    "asiae_en": ("https://cm.asiae.co.kr/en/article/2025012717283512345", "https://cm.asiae.co.kr/en/list/it"),
    "asiae_ko": ("https://www.asiae.co.kr/article/2025012717283512345", "https://www.asiae.co.kr/list/it"),
    "yonhap": ("https://en.yna.co.kr/view/AEN20250127001500320", "https://en.yna.co.kr/view/PYH20250127001500320"),
    "scmp": ("https://www.scmp.com/tech/policy/article/3296543/china-plans-more", "https://www.scmp.com/tech/policy"),
    "besthub_21cto": ("https://www.21cto.com/article/3219871234", "https://www.21cto.com/login"),
}  # fmt: skip


def test_each_definition_has_an_address_here() -> None:
    assert ADDRESSES.keys() <= set(builtin_ids())


@pytest.mark.parametrize("source_id", builtin_ids())
def test_a_definition_is_valid_honest_and_redundant(source_id: str) -> None:
    source = SourceTable.model_validate(builtin_table(source_id)).value(source_id)
    assert source.zone
    assert source.language
    assert source.checked
    assert len(source.channels) >= 3
    selector = Selector(source, GatePolicy())
    for channel in source.channels:
        if channel.kind is not ChannelKind.ARCHIVE:
            check_url(channel.url.replace("{page}", "1"))
            assert selector.owns(channel.url)


@pytest.mark.parametrize("source_id", ADDRESSES)
def test_patterns_let_articles_through_and_nothing_else(source_id: str) -> None:
    from datetime import UTC, datetime

    source = SourceTable.model_validate(builtin_table(source_id)).value(source_id)
    selector = Selector(source, GatePolicy())
    entries = [Entry(url=url, found_by=Discovery.LISTING) for url in ADDRESSES[source_id]]
    chosen = selector.select(entries, now=datetime(2025, 1, 28, tzinfo=UTC))
    assert [entry.url for entry in chosen.entries] == [ADDRESSES[source_id][0]]
