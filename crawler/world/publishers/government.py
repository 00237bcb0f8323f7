"""State Council documents, and the notices of MIIT and NDRC: tables of facts, numbers, days in force."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from crawler.world.publishers.press import (
    Press,
    Story,
    hexadecimal,
    page,
    placed,
    sitemap,
    told,
)  # fmt: skip
from storage.types import Attribution, Precision, Wire

_GOV, _MIIT, _NDRC = "https://www.gov.cn", "https://www.miit.gov.cn", "https://www.ndrc.gov.cn"

_MEASURES = (
    "各省、自治区、直辖市人民政府，国务院各部委、各直属机构：",
    "为规范车用电池更换服务，保障用户权益，根据有关法律、行政法规，现就换电站建设和运营有关事项通知如下。",
    "一、换电站应当在显著位置公布每次更换的价格，并保存每块电池的流转记录不少于十年。",
    "二、县级以上地方人民政府应当将换电站用地纳入年度供应计划，不得另设准入条件。",
    "三、电网企业应当自受理申请之日起十五个工作日内完成接入，并公开办理进度。",
    "本通知自2027年3月1日起施行。此前有关规定与本通知不一致的，以本通知为准。",
)


def _frame(owner: str, title: str, main: str, head: str = "") -> str:
    return f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8" />
<title>{escape(title)}</title>{head}</head><body><div class="header"><ul class="nav">
<li><a href="/">首页</a></li><li><a href="/zhengce/">政策</a></li><li><a href="/hudong/">互动</a></li></ul></div>
{main}<div class="footer"><p>版权所有：{owner}</p><p>网站标识码bm00000000 京ICP备00000000号</p></div>
</body></html>"""


def _rows(stories: tuple[Story, ...], home: str, *, css: str, form: str) -> str:
    items = "".join(
        f'<li><a href="{s.url.removeprefix(home)}" target="_blank" title="{escape(s.title)}">'
        f"{escape(s.title)}</a><span>{s.at.strftime(form)}</span></li>"
        for s in stories
    )
    return f'<ul class="{css}">{items}</ul>'


def _official(story: Story, number: str, body: str) -> Story:
    return replace(
        story,
        title=f"{body}关于规范车用电池更换服务的通知（第{story.number % 7 + 1}批）",
        paragraphs=_MEASURES,
        kind="policy",
        facts={
            "document_number": number,
            "issuing_body": body,
            "effective_date": "2027-03-01",
        },
    )


def _document(story: Story) -> str:
    """A State Council document: its facts in a table, its text in a cell."""
    facts = story.facts
    return _frame(
        "中国政府网",
        f"{story.title}_国务院文件_中国政府网",
        f"""<div class="position">首页 &gt; 政策 &gt; 国务院政策文件库</div><table class="bd1" width="100%"><tbody>
<tr><td><b>索 引 号：</b></td><td>000014349/2026-00{story.number % 90 + 10}</td><td><b>主题分类：</b></td>
<td>工业、交通\\其他</td></tr><tr><td><b>发文机关：</b></td><td>{facts["issuing_body"]}</td>
<td><b>成文日期：</b></td><td>{story.at:%Y年%m月%d日}</td></tr><tr><td><b>标　　题：</b></td>
<td colspan="3">{escape(story.title)}</td></tr><tr><td><b>发文字号：</b></td><td>{facts["document_number"]}</td>
<td><b>发布日期：</b></td><td>{story.at:%Y年%m月%d日}</td></tr></tbody></table>
<div class="article"><h1>{escape(story.title)}</h1>
<div class="pages_content" id="UCAP-CONTENT">{story.html(indent="　　")}</div>
<div class="share">分享到：<a>微信</a></div><div class="pages_print">【打印本页】【关闭窗口】</div></div>""",
    )


def _news(story: Story) -> str:
    return _frame(
        "中国政府网",
        f"{story.title}_中国政府网",
        f"""<div class="position">首页 &gt; 要闻</div><div class="article oneColumn pub_border">
<h1 id="ti">{escape(story.title)}</h1><div class="pages-date">{story.at:%Y-%m-%d %H:%M}
<span class="font">来源： 新华社</span><span class="font set"> 字体：<b>大</b> <b>中</b> <b>小</b></span>
<span class="font printIco">打印</span></div><div class="pages_content mhide" id="UCAP-CONTENT">
{story.html(indent="　　")}</div><div class="editor"><span class="tit">责任编辑：李平</span></div>
<div class="pages_print mhide">扫一扫在手机打开当前页</div></div>""",
        f'<meta name="firstpublishedtime" content="{story.at:%Y-%m-%d-%H:%M:%S}" />',
    )


def state_council() -> Press:
    """Return gov.cn: two documents and one report."""
    one, two, three = placed(
        told(16, language="zh"),
        lambda s: f"{_GOV}/zhengce/content/{s.at:%Y%m}/content_{s.number + 7000000}.htm",
    )
    stories = (
        _official(replace(one, at=one.at.replace(hour=0, minute=0), precision=Precision.DAY), "国办发〔2026〕31号", "国务院办公厅"),
        _official(replace(two, at=two.at.replace(hour=0, minute=0), precision=Precision.DAY), "国发〔2026〕12号", "国务院"),
        replace(
            three,
            url=three.url.replace("/zhengce/content/", "/yaowen/liebiao/"),
            lead=f"新华社北京{three.at.month}月{three.at.day}日电 ",
            wire=Wire(agency="Xinhua", dateline=f"新华社北京{three.at.month}月{three.at.day}日电"),
            attribution=Attribution(source="新华社", editor="李平"),
        ),
    )  # fmt: skip
    documents = {s.url: page(_document(s) if s.kind == "policy" else _news(s)) for s in stories}
    main = _rows(stories, _GOV, css="list01", form="%Y-%m-%d")
    for path in (
        "", "zhengce/index.htm", "zhengce/zuixin/home.htm", "zhengce/jiedu/home.htm",
        "yaowen/liebiao/home.htm", "lianbo/bumen/home.htm",
    ):  # fmt: skip
        documents[f"{_GOV}/{path}"] = page(
            _frame("中国政府网", "中国政府网", f'<div class="news_box">{main}</div>')
        )
    return Press(
        source_id="gov_cn",
        stories=stories,
        documents=documents,
        never=("打印", "扫一扫", "分享到", "版权所有", "责任编辑", "来源：", "索 引 号", "字体"),
    )


def _miit(story: Story) -> str:
    return _frame(
        "工业和信息化部",
        story.title,
        f"""<div class="mnav">您当前的位置：<a href="/">首页</a>&gt;<a href="/zwgk/">政务公开</a></div>
<div class="xxgk-box"><table class="xxgk-table"><tr><th>发文机关：</th><td>{story.facts["issuing_body"]}</td>
<th>发文字号：</th><td>{story.facts["document_number"]}</td></tr></table></div>
<div class="ctitle" id="con_title"><h1>{escape(story.title)}</h1></div>
<div class="cinfo center"><span id="con_time">发布时间：{story.at:%Y-%m-%d %H:%M}</span>
<span>来源：装备工业一司</span></div><div class="ccontent center" id="con_con">{story.html(indent="　　")}</div>
<div class="share">【打印】【关闭】</div><div class="xgwj"><h3>相关文件</h3></div>""",
        f'<meta name="ArticleTitle" content="{escape(story.title)}"><meta name="PubDate" content="{story.at:%Y-%m-%d %H:%M}">'
        '<meta name="ContentSource" content="装备工业一司">',
    )


def miit() -> Press:
    """Return the Ministry of Industry and Information Technology."""
    stories = placed(
        told(17, language="zh"),
        lambda s: f"{_MIIT}/zwgk/zcwj/wjfb/tz/art/{s.at:%Y}/art_{hexadecimal(s, 32)}.html",
    )
    stories = tuple(
        replace(
            _official(s, f"工信部装〔2026〕{s.number % 90 + 10}号", "工业和信息化部"),
            attribution=Attribution(source="装备工业一司"),
        )
        for s in stories
    )
    main = _rows(stories, _MIIT, css="clist_con", form="%Y-%m-%d")
    documents = {s.url: page(_miit(s)) for s in stories}
    for path in ("zwgk/zcwj/wjfb/index.html", "zwgk/zcjd/index.html", "xwdt/gxdt/index.html"):
        documents[f"{_MIIT}/{path}"] = page(_frame("工业和信息化部", "文件发布", main))
    documents[f"{_MIIT}/sitemap.xml"] = sitemap(stories)
    return Press(
        source_id="miit",
        stories=stories,
        documents=documents,
        never=("打印", "版权所有", "当前的位置", "来源：", "相关文件", "发布时间"),
    )


def _ndrc(story: Story) -> str:
    return _frame(
        "国家发展和改革委员会",
        f"{story.title}-国家发展和改革委员会",
        f"""<div class="crumb">首页&gt;政务公开&gt;政策&gt;通知</div><div class="article">
<div class="article_title">{escape(story.title)}</div>
<div class="article_title article_title_news">{story.facts["document_number"]}</div>
<div class="attachment_r"><div class="time">发布时间：{story.at:%Y/%m/%d}</div>
<div class="ly laiyuantext"><span id="ly">来源：产业发展司</span></div><div class="fenxiang">[ 打印 ]</div></div>
<div class="article_con article_con_notitle"><div class="TRS_Editor">{story.html(indent="　　")}</div></div></div>
<div class="fj">相关附件下载</div>""",
        f'<meta name="ArticleTitle" content="{escape(story.title)}" /><meta name="PubDate" content="{story.at:%Y/%m/%d}" />',
    )


def ndrc() -> Press:
    """Return the National Development and Reform Commission."""
    stories = placed(
        told(18, language="zh"),
        lambda s: f"{_NDRC}/xxgk/zcfb/tz/{s.at:%Y%m}/t{s.at:%Y%m%d}_{s.number + 1390000}.html",
    )
    stories = tuple(
        replace(
            _official(s, f"发改产业〔2026〕{s.number % 900 + 100}号", "国家发展改革委"),
            at=s.at.replace(hour=0, minute=0),
            precision=Precision.DAY,
            attribution=Attribution(source="产业发展司"),
            facts={"document_number": f"发改产业〔2026〕{s.number % 900 + 100}号", "effective_date": "2027-03-01"},
        )
        for s in stories
    )  # fmt: skip
    main = _rows(stories, f"{_NDRC}/xxgk/zcfb/tz", css="u-list", form="%Y/%m/%d").replace(
        'href="/20', 'href="./20'
    )
    documents = {s.url: page(_ndrc(s)) for s in stories}
    for path in ("xxgk/zcfb/tz/", "xxgk/zcfb/fzggwl/", "xxgk/jd/jd/", "xwdt/xwfb/"):
        rows = main if path.endswith("/tz/") else main.replace('href="./', 'href="/xxgk/zcfb/tz/')
        documents[f"{_NDRC}/{path}"] = page(_frame("国家发展和改革委员会", "通知", rows))
    return Press(
        source_id="ndrc",
        stories=stories,
        documents=documents,
        never=("打印", "版权所有", "发布时间", "来源：", "附件下载"),
    )
