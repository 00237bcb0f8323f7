"""Which lines are text: certain chrome, repeats, captions, fall-backs."""

from __future__ import annotations

import pytest
from extract_pages import PARAGRAPHS, article_page, capture, paragraphs_of

from spiders.blocks import Block
from spiders.body import _choose
from spiders.chrome import is_caption, is_chrome, is_edge_chrome, without_tail
from spiders.extract import extract
from spiders.settle import _is_title

CHROME = [
    "Read More", "Leave a Comment", "Share - WeChat", "BACK TO THE TOP", "Text Size", "bar_progress",
    "본문 바로가기", "Global EditionASIA 中文双语Français", "Advertisement", "0 Comments", ".",
    "© The Asia Business Daily(www.asiae.co.kr). All rights reserved.", "责任编辑：王强", "扫一扫分享",
    "Signed-in readers can open the original source through the protected redirect.",
    "看都看完了，点【在看】试试", "微信号 example_daily", "微信扫一扫", "本文仅代表作者个人观点。",
    "致敬改革开放，文化大家讲述亲历的故事与思考 【详细】",
    "This slideshow requires JavaScript.", '[button link="http://a.example/x" type="big"] Send us yours[/button]',
    "Copyright 1995 - . All rights reserved. The content (including but not limited to text)",
]  # fmt: skip
TEXT = [
    "Share prices fell by a third after the ministry's announcement on Monday.",
    "Read more than a book a week, the teacher told her pupils.",
    "Comments by the minister were taken as a sign that the rules may change.",
    "他说，点赞的人比去年多了三成，关注的人也更多了，但真正读完的不到一半。",
    "The photo that the agency released on Monday was taken a year ago.",
    "据新华社报道，分享经济在去年增长了两成。",
    "Close to a thousand stations were opened last year.",
    "Top officials met in Beijing on Monday.",
    *PARAGRAPHS,
]


@pytest.mark.parametrize("line", CHROME)
def test_chrome(line):
    assert is_chrome(line)


@pytest.mark.parametrize("line", TEXT)
def test_text_is_not_chrome(line):
    assert not is_chrome(line)
    assert not is_caption(line)


@pytest.mark.parametrize(
    "line",
    ["图为启动仪式。（刘通摄）", "▲图片来自视频截图。", "A production line in Hefei. [Photo/Xinhua]", "People visit a museum. (Xinhua / Liang Xu)", "图为换电站。新华社记者 李明 摄"],
)  # fmt: skip
def test_captions(line):
    assert is_caption(line)


@pytest.mark.parametrize(
    "line",
    ["6、回复【垃圾分类】查看投放指南", "点击菜单栏【便民服务】解锁更多服务！", "功能介绍 聚焦行业思考和产品体验", "关注该公众号", "发送中", "新京报记者 陆一夫", "【文/观察者网专栏作者 王文】"],
)  # fmt: skip
def test_prompts_of_an_account_at_the_edge(line):
    assert is_edge_chrome(line)
    assert not is_chrome(line), "inside a text they may be the subject"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("整顿仍将持续。返回腾讯网首页>>", "整顿仍将持续。"),
        ("他决定返回首页的编辑部。", "他决定返回首页的编辑部。"),
        ("The search goes on.", "The search goes on."),
    ],
)
def test_the_way_home_behind_the_last_sentence(line, left):
    assert without_tail(line) == left


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("<p>Les også: <a href='/b'>En annen sak om noe helt annet</a></p>", False),
        ("<p><a href='/b'>Read also: another story about something else</a></p>", False),
        ("<p>Read more: the ministry wants schools to open their libraries in summer.</p>", True),
    ],
)
def test_pointers_at_other_articles(line, kept):
    page = article_page().replace("<p>Analysts", line + "<p>Analysts")
    text = extract(capture(page), source_id="x").text
    assert (len(paragraphs_of(text)) > len(PARAGRAPHS)) is kept


@pytest.mark.parametrize(
    ("line", "kept", "why"),
    [
        ("<p><a href='/x'>CARRIE ANN OPENS UP ABOUT HER CONDITION</a></p>", False, "another article's headline"),
        ("<p><a href='/x'>Get the app by clicking here</a></p>", False, "a button"),
        ("<p>THE COUNCIL VOTED AGAINST IT ON MONDAY</p>", True, "no link"),
        ("<p><a href='/x'>The Council voted against it on Monday.</a></p>", True, "a sentence"),
        ("<p><a href='/x'>Get the app</a>, the ministry told all the operators</p>", True, "more than the link"),
        ("<ul><li><a href='/x'>VISIT THE MUSEUM OF THE CITY</a></li><li>And eat well there</li></ul>", True, "an item"),
    ],
)  # fmt: skip
def test_links_alone_inside_the_text(line, kept, why):
    page = article_page().replace(f"<p>{PARAGRAPHS[2]}</p>", f"<p>{PARAGRAPHS[2]}</p>{line}")
    text = extract(capture(page), source_id="x").text
    told = line.split("</")[0].rsplit(">", 1)[-1]
    assert (told in text) is kept, why
    assert PARAGRAPHS[4] in text


@pytest.mark.parametrize(
    ("line", "again", "why"),
    [
        ("New rules for battery swapping take effect in spring", True, "the same"),
        ("New rules for battery swaps take effect this spring", True, "as the video has it"),
        ("New rules for battery swapping take effect in spring.", False, "a sentence"),
        ("What drivers have to know of it", False, "a heading of the text"),
    ],
)
def test_the_title_again_before_the_text(line, again, why):
    page = article_page().replace(f"<p>{PARAGRAPHS[0]}", f"<p>{line}</p><p>{PARAGRAPHS[0]}")
    article = extract(capture(page.replace(" - Example Daily", "")), source_id="x")
    assert (line not in article.text) is again, why


@pytest.mark.parametrize(
    ("line", "title", "again"),
    [
        ("午间公告：两家公司中标项目", "午间公告：两家公司中标项目_证券时报网", True),
        (
            "午间公告：两家公司中标项目",
            "午间公告：两家公司中标项目，另有三家公司说明此前的传言",
            False,
        ),
        ("Port of", "Port of call", False),
    ],
)
def test_the_title_less_the_site(line, title, again):
    assert _is_title(line, title) is again


def test_a_card_that_opens_over_a_name_is_not_read():
    card = "<span class='rollover-people-block'>Jane Doe Three other stories of hers</span>"
    page = article_page().replace("the ministry added", f"<a href='/p'>Jane Doe</a>{card} added")
    text = extract(capture(page), source_id="x").text
    assert "on subsidies themselves, Jane Doe added" in text
    assert "Three other stories" not in text


def test_where_every_line_is_in_doubt_the_bars_are_lower():
    texts = (*PARAGRAPHS, "Home")
    blocks = [
        Block(
            text=text, tag="p", linked=0, marks={}, path=(1, 2, n), name="", inside="", strong=False
        )
        for n, text in enumerate(texts)
    ]
    doubtful = dict(enumerate((0.53, 0.66, 0.5, 0.4, 0.45, 0.1)))
    assert _choose(blocks, doubtful) == [0, 1, 2, 4], "0.4 stands outside and is not likely enough"
    assert _choose(blocks, doubtful | {1: 0.95}) == [1], "beside a sure line they are not"


@pytest.mark.parametrize(
    ("heading", "beside", "kept", "why"),
    [
        (
            "<h3 class='related-title'>You may also like</h3>",
            "<div><p>{}</p></div>",
            False,
            "others",
        ),
        ("<h3 class='related-title'>You may also like</h3>", "<p>{}</p>", True, "the text goes on"),
        (
            "<h3 class='related-title'>Related offences</h3>",
            "<div><p>{}</p></div>",
            True,
            "no such word",
        ),
        ("<h3>You might enjoy</h3>", "<div><p>{}</p></div>", True, "no such name"),
    ],
)
def test_whole_texts_of_other_articles(heading, beside, kept, why):
    own, other = PARAGRAPHS[:3], PARAGRAPHS[3:]
    block = f"<section>{heading}{beside.format(other[0])}{beside.format(other[1])}</section>"
    page = article_page(paragraphs=own).replace("</div></body>", f"{block}</div></body>")
    page = page if block in page else page.replace(f"<p>{own[2]}</p>", f"<p>{own[2]}</p>{block}")
    text = extract(capture(page), source_id="x").text
    assert own[2] in text
    assert (other[0] in text) is kept, why


def test_captions_are_kept_apart():
    figure = "<figure><img src='a.jpg'><figcaption>A station on the ring road in winter.</figcaption></figure>"
    article = extract(
        capture(article_page().replace("<p>Analysts", figure + "<p>Analysts")), source_id="x"
    )
    assert paragraphs_of(article.text) == list(PARAGRAPHS)
    assert article.captions == ("A station on the ring road in winter.",)


@pytest.mark.parametrize(
    "tail",
    ["<p><a href='/r'>Read More</a></p>", "<p>Leave a Comment</p>", "<div class='share'>Share</div>", "<p>责任编辑：王强</p>", "<p>Copyright 2025 Example Daily. All rights reserved.</p>"],
)  # fmt: skip
def test_no_tail_leaks(tail):
    page = article_page().replace('</div><div class="sidebar">', '</div><div class="sidebar">')
    page = page.replace(f"{PARAGRAPHS[-1]}</p>", f"{PARAGRAPHS[-1]}</p>{tail}")
    assert paragraphs_of(extract(capture(page), source_id="x").text)[-1] == PARAGRAPHS[-1]


def test_hidden_and_scripted_text_stays_out():
    extra = '<p style="display:none">Invisible words that nobody was meant to read on this page.</p><script>var a = "<p>x</p>"</script>'
    text = extract(
        capture(article_page().replace("<p>Analysts", extra + "<p>Analysts")), source_id="x"
    ).text
    assert "Invisible" not in text
    assert "var a" not in text


def test_json_ld_speaks_where_the_page_is_empty():
    body = " ".join(PARAGRAPHS)
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Rules","datePublished":"2025-01-27T10:00:00Z","articleBody":"BODY"}</script>'.replace(
        "BODY", body
    )
    page = f"<html><head><title>Rules</title>{head}</head><body><h1>Rules</h1><div id='app'></div></body></html>"
    article = extract(capture(page), source_id="x")
    assert article.is_article, article.refusal
    assert PARAGRAPHS[0].split(",")[0] in article.text
