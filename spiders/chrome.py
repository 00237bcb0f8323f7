"""Lines that are the site's in every language we read: share bars, sign-ins, legal notes. Pure.

Scoring is statistics; these are certain. Each pattern must match a whole line, so that prose that
merely mentions the words is safe.
"""

from __future__ import annotations

import re

from spiders.byline import is_note

#: No line that says more is chrome of this kind, but for the legal notes.
_LONGEST = 160

_WHOLE = re.compile(
    r"\W*(?:"
    r"(?:continue\s+)?read(?:ing)?\s+(?:more|next|also|full\s+(?:story|article))(?:\s*(?:\.\.\.|…|»|>+|→))?|"
    r"(?:click\s+(?:here\s+)?to\s+)?(?:share|tweet|print|email|save|copy\s+link|bookmark|listen|follow(?:\s+us)?)"
    r"(?:\s*[-:|]?\s*(?:this|article|story|on|via|with|to|facebook|twitter|x|wechat|weibo|linkedin|whatsapp|email|telegram|reddit|pinterest|us))*|"
    r"share\s*-\s*wechat|(?:facebook|twitter|linkedin|whatsapp|wechat|weibo|telegram|pinterest|reddit|email|print|line|kakaotalk)(?:[\s|,/·]+(?:facebook|twitter|x|linkedin|whatsapp|wechat|weibo|telegram|pinterest|reddit|email|print|copy\s+link))*|"
    r"leave\s+a\s+(?:comment|reply)|post\s+a\s+comment|\d*\s*comments?|(?:view|show|see|hide|load)\s+(?:all\s+|more\s+)?(?:\d+\s+)?(?:comments?|more)|add\s+a\s+comment|join\s+the\s+(?:conversation|discussion)|"
    r"(?:back\s+to\s+(?:the\s+)?)?top|back\s+to\s+home(?:page)?|skip\s+to\s+(?:main\s+)?content|close|menu|search|text\s+size|font\s+size|bar_progress|"
    r"advertise?ments?|ad|sponsored(?:\s+content)?|story\s+continues\s+below(?:\s+advertisement)?|(?:article|content)\s+continues\s+below.{0,30}|"
    r"(?:related|recommended|popular|trending|latest|more)(?:\s+(?:articles?|stories|news|posts?|topics?|coverage|content|reading|videos?|links?|tags?))?|you\s+(?:may|might)\s+also\s+like|most\s+(?:read|popular|viewed)|up\s+next|special\s+coverage|"
    r"(?:sign|log)\s+(?:in|up)(?:\s+(?:to|for|with|here).{0,60})?|subscribe(?:\s+(?:now|to|for|here|today).{0,60})?|newsletter|register|follow\s+us.{0,40}|join\s+us\s+on\s+social.{0,10}|"
    r"(?:global\s+edition)?\s*(?:asia)?\s*中文\s*双语\s*fran[cç]ais|english|photo\s+gallery|gallery|loading\W*|"
    r"signed-?in\s+readers\s+can\b.{0,120}|how\s+this\s+landed\s+with\s+the\s+community|was\s+this\s+(?:article\s+)?(?:worth\s+your\s+time|helpful|useful)|"
    r"본문\s*바로가기|메뉴\s*바로가기|공유하기|글자\s*크기.{0,10}|닫기|목록|댓글(?:\s*\d+)?|스크랩|프린트|인쇄|기사\s*(?:공유|스크랩|저장)|관련\s*기사|좋아요|구독(?:하기)?|"
    r"返回(?:首页|顶部|列表|搜狐.{0,12})|查看更多|点击(?:查看|阅读|进入).{0,20}|阅读(?:全文|原文|更多)|打开\s*APP.{0,20}|分享(?:到|至)?[:：]?.{0,24}|扫(?:一扫|码|描).{0,30}|"
    r"相关(?:新闻|阅读|文章|推荐|链接|报道)[:：]?|热门(?:推荐|新闻|文章)?|推荐阅读|延伸阅读|更多(?:精彩|新闻|内容).{0,14}|上一(?:篇|页)[:：]?.{0,80}|下一(?:篇|页)[:：]?.{0,80}|"
    r"收藏|点赞|打印(?:本页)?|关闭(?:窗口|本页)?|字号.{0,10}|字体[:：]?.{0,10}|【?纠错】?|我要(?:评论|纠错|反馈|举报).{0,8}|网友评论.{0,12}|评论\s*[（(]?\d*[)）]?|\d+\s*(?:人参与|条评论|跟贴|评论)|登录|注册|举报(?:/反馈)?|"
    r"(?:责任)?编\s*[辑輯][:：].{1,30}|责编[:：].{1,30}|[\[【(（]\s*(?:责任编辑|责编|编辑)[:：]?.{1,30}[\]】)）]|本文来源[:：].{1,40}|"
    r"(?:.{0,20}[,，])?点(?:个|击)?[【“]?(?:在看|赞|关注).{0,20}|(?:请)?(?:使用|用|打开)?微信(?:扫一扫|扫码|扫描).{0,40}|微信号[:：\s]?[\w-]{3,30}|"
    # What WordPress prints for a gallery without scripts, and codes of its plugins that nobody ran.
    r"this\s+slideshow\s+requires\s+javascript|\[(?P<code>[a-z_]{3,20})\s[^\]]{0,300}\].{0,120}\[/(?P=code)\]|"
    r"来源[:：].{1,30}|原标题[:：].{1,80}|end(?:item)?|[\w.+-]{1,40}@[\w.-]{4,40}"
    r")\W*",
    re.IGNORECASE,
)  # fmt: skip
_LEGAL = re.compile(
    r"^\W{0,3}(?:(?:©|ⓒ|\(c\)|copyright\b|版权(?:所有|声明)|著作权|저작권|무단\s*전재).{0,600}|"
    r".{0,160}(?:all\s+rights\s+reserved|without\s+(?:prior\s+)?written\s+(?:authorization|permission)|무단\s*(?:전재|복제)|版权所有|未经.{0,20}授权.{0,80}(?:转载|使用)|"
    r"if\s+you\s+believe\s+it\s+infringes|distilled\s+and\s+summarized\s+from\s+source).{0,400}|"
    r".{0,20}(?:仅|只)代表(?:作者|原作者).{0,60}|.{2,200}【详细】|"
    r"(?:特别声明|免责声明|郑重声明|声明)[:：].{10,400}|license\s+for\s+publishing\s+multimedia.{0,60}|registration\s+number:?.{0,40}|"
    r".{0,10}(?:ICP备|ICP证|京公网安备|网安备|网络视听许可).{0,120})$",
    re.IGNORECASE | re.DOTALL,
)
#: Searched in the end of a line only: an unanchored search of long lines cost a tenth of it all.
_CAPTION_END = re.compile(
    r"[\[(（【]\s*(?:photo|picture|image|video|file\s+photo|사진)[^\])）】]{0,60}[\])）】]\s*\.?$|"
    r"[(（]\s*(?:xinhua|ap|afp|reuters|新华社|getty images)\s?(?:photo)?\s?/\s?[^)）]{2,50}[)）]\.?$|"
    r"(?:新华社记者|新华社发|图片?来源|摄影)[^。]{0,30}[)）]?(?:\s*摄)?$|(?:\s|[(（][㐀-鿿]{2,8})摄[)）]?$|"
    r"\b[A-Z][A-Z.'’ -]{3,40}\s?/\s?(?:FOR\s+)?(?:CHINA\s+DAILY|XINHUA|REUTERS|AFP|AP|EPA|VCG|IMAGINECHINA)\.?$|"
    r"\b(?:REUTERS|AFP|AP|EPA|VCG|IC)\s?/\s?[A-Z][\w.’'-]+(?:\s[A-Z][\w.’'-]+){0,3}\.?$|"
    r"(?:视觉中国|东方IC|IC\s?photo|新华社|人民视觉|受访者|资料)\s?(?:供图|资料(?:图片?)?|图片?)\)?$|供图\s?.{0,8}$|(?:视频|资料|报道)截图[)）]?$|"
    r"\[image\s+source\s?=.{0,60}\]$",
    re.IGNORECASE,
)
_CAPTION_START = re.compile(
    r"(?:(?:this|these|an?|the|file|undated|combined|combination|aerial|drone|satellite|panoramic)\s+){0,3}"
    r"(?:photos?|pictures?|images?)\s+(?:taken|released|shot|provided|dated|captured)\b.{0,200}\bshows?\b.{0,300}$|"
    r"(?:photo|image|picture|credit|圖|图|사진)\s?[:：=/].{0,160}$|[▲△].{2,200}$|"
    r"\(?(?:video|photo|text)\s+(?:reporters?|editors?|by)\b.{0,200}\)?$",
    re.IGNORECASE,
)
_TAIL = 90
#: Chrome only where the text begins or ends: inside it these may be a list's or a table's lines.
_EDGE = re.compile(
    r"(?:(?:发布|发表|更新|创建)?(?:时间|日期)\s?[:：]\s?)?(?:19|20)\d\d\s?[-/年.]\s?\d{1,2}\s?[-/月.]\s?\d{1,2}日?\s+\d{1,2}:\d\d.{0,60}|[\d,.\s]{1,12}|"
    r"(?:您(?:所在|当前)的?位置|当前位置|首页|标签|关键词|相关资讯|更多).{0,80}|.{2,20}\s[>›»]\s.{2,80}|"
    r"[【\[]\s?[㐀-鿿]{2,4}\s?[】\]].{2,40}|(?:责任)?编辑?\s[㐀-鿿]{2,4}(?:\s校对.{0,12})?|"
    r"(?:采写|撰文|执笔|原创|文|图|摄影|通讯员|校对|审核|审校|监制|设计|制作|统筹|编辑|责编)\s?[:：/／|｜].{2,40}|"
    # The reporter alone on a line, as newspapers sign.
    r"[㐀-鿿]{2,10}记者[:：\s]{1,2}[㐀-鿿]{2,4}(?:[、，,\s]{1,2}[㐀-鿿]{2,4}){0,4}|[【\[（(]\s?(?:图?文|撰文)\s?[/／|｜].{2,40}[】\]）)]|"
    r"[(（]?(?:原题为|(?:本文)?原标题)[:：]?《.{2,80}》[)）]?|[(（]?本文(?:来自|为|系).{2,90}|"
    r"[(（]?(?:图片?均?来[自源]|图文?来源|题图|头图).{0,30}|发送邮件至.{2,60}|"
    r"\d{0,2}[、.]?\s?回复\s?[【“「\[].{1,20}[】”」\]].{0,30}|点击(?:下方|底部)?菜单栏.{0,40}|功能介绍\s.{2,80}|"
    r"(?:长按|点击|欢迎)?关注(?:该|本|我们的)?公众号.{0,30}|发送中|(?:以上)?信息来源于网络|原创|(?:文章)?来源\s?[|｜丨].{1,60}|(?:特别|免责|郑重)?声明[:：]?|"
    r"stand:\s?\d.{4,40}|(?:by|von|par|por|di|av|door)\s(?-i:[A-ZÀ-Þ][\w.'’-]+(?:\s[A-ZÀ-Þ][\w.'’-]+){1,3})|"
    r"(?:filed\s+under|tags?|topics?|categories|posted\s+in|keywords?)\s?[:：>|].{0,160}|"
    r"(?:published|updated|posted|last\s+updated)\b.{4,50}|"
    r"[0-3]?\d[./-][0-3]?\d[./-](?:19|20)\d\d\b.{0,20}\b(?:publi[cs]\w{2,6}|posted|written|veröffentlicht|by|por|par|von)\b.{4,100}",
    re.IGNORECASE,
)
_WAY_HOME = re.compile(
    r"(?<=[。！？”.!?])\s*[\[【(（]?(?:返回|点击进入|更多.{0,6}请?点击)[^。！？.]{0,12}(?:首页|频道|列表|专题|主页)\s?[>》\]】)）]*$"
)
_ALSO = re.compile(
    r"\W{0,3}(?:(?:read|see|watch)\s+(?:also|more|next)|also\s+read|related|les\s+også|l[äa]s\s+(?:också|även|mer)|lees\s+ook|"
    r"læs\s+også|lies\s+auch|lesen\s+sie\s+(?:auch|hier|mehr)|mehr\s+(?:dazu|zum\s+thema)|(?:à\s+)?lire\s+aussi|"
    r"lea\s+también|leia\s+(?:também|mais)|leggi\s+anche|czytaj\s+(?:także|też|więcej)|延伸阅读|相关(?:阅读|报道)|관련\s?기사)\s?[:：|>-]",
    re.IGNORECASE,
)
#: A button: it asks the reader to do something elsewhere.
_BUTTON = re.compile(
    r"[^\w\s]?\s?(?:learn|read|find\s+out|view|see|click|shop|get|start|try|order|buy|book|sign|download|discover|explore|"
    r"watch|listen|check|join|compare|browse|request|visit|apply|contact|subscribe)\b",
    re.IGNORECASE,
)
_LONGEST_BUTTON = 60
#: So many words in capitals are another article's headline, fewer a name.
_HEADLINE_WORDS = 4
_SENTENCE = re.compile(r"[.!?:;][\"'”’»)\]]*$")
_NOTHING = re.compile(r"[\W_]*")


def is_chrome(line: str) -> bool:
    """Say whether *line* is certainly the site's, not the article's."""
    if _NOTHING.fullmatch(line):
        return True
    if len(line) <= _LONGEST and (_WHOLE.fullmatch(line) or is_note(line)):
        return True
    return len(line) <= 900 and _LEGAL.match(line) is not None


def is_edge_chrome(line: str) -> bool:
    """Say whether *line* is chrome when nothing but chrome stands before it, or after it."""
    return len(line) <= _LONGEST and _EDGE.fullmatch(line) is not None


def without_tail(line: str) -> str:
    """Return the last *line* of a text without the way home that is printed behind its full stop."""
    return _WAY_HOME.sub("", line)


def is_pointer(line: str, *, linked: int) -> bool:
    """Say whether *line*, of which *linked* characters are links, only points at another article."""
    return linked >= 0.4 * len(line) and _ALSO.match(line) is not None


def is_button(line: str, *, linked: int) -> bool:
    """Say whether *line* is a link and no more, which leads away: a button, or a headline in capitals.

    The caller knows that it is no item and no heading: of a list of links these are the text.
    """
    if linked < 0.9 * len(line) or _SENTENCE.search(line):
        return False
    headline = line.isupper() and len(line.split()) >= _HEADLINE_WORDS
    return headline or (len(line) <= _LONGEST_BUTTON and _BUTTON.match(line) is not None)


def is_caption(line: str) -> bool:
    """Say whether *line* ends or starts as only a picture's caption or credit does."""
    if len(line) > 400:
        return False
    return bool(_CAPTION_END.search(line[-_TAIL:]) or _CAPTION_START.match(line))
