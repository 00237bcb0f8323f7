"""Lines that tell of the page and not of what happened: who made it, when, whose it is. Pure."""

from __future__ import annotations

import re

_LABELS = (
    r"(?:last )?(?:updated|published|posted|modified|first published|created)(?: (?:on|at))?|"
    r"(?:updated|publication|published|post|release) (?:date|time|at|on)|"
    r"(?:edited|written|reported|reporting|editing|photo|photos|story|text) by|editors?|reporters?|"
    r"photographer|photos?|images?|source|writers?|authors?|contributors?|"
    r"更新(?:时间|日期|于)?|发布(?:时间|日期|于)?|时间|日期|来源|稿源|作者|编辑|责任编辑|责编|主编|记者|通讯员|校对|"
    r"审核|审校|监制|制作|实习生|值班编辑|文|图|摄影|"
    r"입력(?:시각)?|수정(?:시각)?|등록|송고|승인|기사 ?입력|최종 ?수정|편집|기자|출처|게시|업데이트|발행|"
    r"mis à jour(?: le)?|publié le|更新日時?|公開日時?"
)
_DAY = (
    r"(?:\d{4} ?[-/.年년] ?\d{1,2} ?[-/.月월] ?\d{1,2} ?[日일]?\.?|"
    r"(?:[a-z]{3,9}day,? )?(?:[a-z]{3,9}\.? \d{1,2}|\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9}\.?),? \d{4}|"
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})"
)
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
#: Lines that tell who made the page and when, not what happened: a label and its value, a bare
#: date with a time, "By Jane Smith".
_META = re.compile(
    rf"(?:.{{0,40}}[|·•/] ?)?(?:{_LABELS}) ?(?:[::|/].{{0,80}}|{_DAY}.{{0,40}}|{_CLOCK}.{{0,20}})"
    rf"|(?:.{{0,40}}[|·•/,] ?)?{_DAY},?(?: at)? ?(?:\(?[^\W\d_]{{1,9}}\.?\)? ?)?{_CLOCK}.{{0,30}}",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    # A blank before each name but the first: without it one long name can be cut in 10^13 ways.
    r"[Bb]y [A-Z][\w.'-]*(?:(?:,| and| in|, and|;)? [A-Z][\w.'-]*){0,9}[,;]?"
    r"|\(?(?:[A-Z][\w.'-]* ){1,3}/ ?[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,3}\)?"
    r"|[가-힣]{2,4} ?(?:기자|특파원)(?: ?\S+@\S+)?"
    r"|\(?(?:[Aa]dditional )?(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Cc]ompiled) by .{2,120}"
    r"|[Tt]his (?:story|article) (?:has been|was) (?:first )?(?:updated|published)"
    r"(?: throughout| with (?:more|additional|new|further) [a-z]+| (?:on|at|in) .{2,70})?\.?",
)
#: Who took or drew a picture: "(Photo by A. Smith/AP)", "新华社记者 张三 摄", "[사진=한국전력 제공]".
#: Never a sentence: "Video from the scene showed ..." is news.
_PICTURE = re.compile(
    r"[(\[]?(?:(?:file|handout|courtesy|stock) )?"
    r"(?:photos?|photographs?|pictures?|images?|graphics?|illustrations?|video|screenshots?|screengrab)"
    r"(?: (?:credit|courtesy))? ?(?:[:|=/] ?.{1,100}|(?: by| from| via| courtesy of| provided by| taken by)"
    r"(?-i:(?: (?:[A-Z(][\w.'/&-]*|of|the|and|for|via|/))+)[.)\]]*)"
    r"|[(\[][^()]{1,40}/ ?(?:xinhua|reuters|afp|ap|getty images|vcg|china daily|yonhap|epa|cns)[)\]]"
    r"|[(\[【]?[^。]{0,24}(?:摄|供图|制图|绘图|图源|资料图|资料图片|视频截图)[)\]】]?"
    r"|[(\[<【]?(?:사진|그래픽|영상|일러스트|자료|이미지)(?: ?(?:제공|출처))? ?[=:/].{0,60}"
    r"|[(\[<【].{0,40}(?:제공|촬영|자료 ?사진)[)\]>】]",
    re.IGNORECASE,
)
#: Whose the text is, what it is no advice on, and where it was printed first.
_RIGHTS = re.compile(
    r"[<\[(]?(?:copyright|©|ⓒ|\(c\)|版权所有|版权声明|저작권자).{0,160}"
    r"|.{0,60}all rights reserved.{0,20}"
    r"|this (?:material|article|story|content|copy|text) may not be (?:published|reproduced|reprinted).{0,100}"
    r"|.{0,20}未经.{0,16}(?:授权|许可|同意|允许|书面).{0,12}(?:转载|摘编|翻印|镜像).{0,40}"
    r"|(?:如需|如欲|欢迎|凡)?转载.{0,12}(?:请|须|需|务必).{0,16}(?:注明|联系|标注|授权).{0,40}"
    r"|.{0,30}무단 ?(?:전재|복제|배포|재배포).{0,40}금지[.)>\]]?"
    r"|[(]?(?:.{0,20}(?:本文|文章|内容|以上|观点|信息).{0,16})?"
    r"(?:不构成.{0,12}(?:投资|任何|交易|法律|医疗).{0,8}(?:建议|意见|依据)|"
    r"(?:不代表|仅代表).{0,16}(?:立场|观点|意见|本人)|仅供参考).{0,40}"
    r"|our standards ?: ?.{2,80}"
    r"|(?:the )?(?:views|opinions)(?: and opinions)? expressed .{0,60}(?:are|not) .{0,20}"
    r"(?:those|own|represent|reflect|author).{0,80}"
    r"|.{0,40}(?:is not|does not constitute|not intended as) (?:\w+ ){0,3}(?:investment|financial|legal|medical)"
    r"(?: or \w+)? advice.{0,60}"
    r"|(?:editor'?s'? note ?[:-] ?)?[(]?this (?:story|article|piece|column) "
    r"(?:is part of|is (?:also )?published|(?:first|originally) (?:appeared|ran)|appeared|"
    r"was (?:first |originally )?(?:published|produced|translated|written|edited|supported)).{0,140}"
    r"|(?:이|본) 기사는.{0,80}(?:시리즈|제작|작성|번역|지원|게재|협력).{0,40}"
    r"|(?:编者按 ?:? ?)?(?:本文|本报道|此文)(?:系|为|是|首发|原载|转载|由).{0,60}",
    re.IGNORECASE,
)
#: What the reader is asked to do.
_INVITATION = re.compile(
    r"[(\[]?(?:扫码|扫描.{0,6}二维码|扫一扫|长按.{0,6}二维码).{0,40}"
    r"|[(\[]?(?:点击|微信搜索).{0,12}(?:关注|下载|阅读|查看|订阅|进入|公众号).{0,30}"
    r"|欢迎.{0,4}(?:关注|订阅|投稿).{0,40}"
    r"|(?:获取|了解)?更多(?:资讯|内容|新闻|精彩|详情|信息|报道).{0,16}(?:请|关注|下载|点击|登录|扫).{0,30}"
    r"|(?:请|立即)?(?:关注[^,。]{0,16}(?:公众号|视频号|客户端)|下载[^,。]{0,10}(?:客户端|app|小程序))[^,。]{0,12}[。!]?"
    r"|제보는? ?(?:카카오톡|카톡|이메일|전화|\S*@).{0,50}"
    r"|.{0,30}(?:구독하기|구독하세요|구독과 좋아요|채널 ?추가).{0,30}"
    r"|▶ ?(?:제보|구독|관련|네이버|카카오|기사|더 ?보기|바로가기|클릭).{0,60}"
    r"|(?:download|get|install) (?:our|the) (?:\w+ ){0,3}app\b.{0,40}"
    r"|(?:sign up|subscribe)\b.{0,60}(?:newsletter|updates|alerts|channel|here|today|now|inbox|email|podcast).{0,40}"
    r"|(?:follow|like|join|find|contact) (?:us|the (?:reporter|author|writer)|\w+ \w+) (?:on|at|via|by) .{2,80}"
    r"|for more (?:news|stories|information|on|details|coverage)[^.]{0,50}(?:visit|click|follow|subscribe|see|go to).{0,60}"
    r"|click (?:here|on) .{0,80}|(?:have|got) a (?:news )?tip\?.{0,120}|send (?:us )?(?:your )?tips? .{0,80}"
    r"|(?:e-?mail|contact|write to|邮箱|联系邮箱|이메일|메일)? ?[::]? ?\S+@\S+\.[a-z]{2,}(?: ?\|? ?@\w+)?[.)]?"
    r"|[\[(<【](?:관련 ?기사|관련 ?뉴스|related|相关(?:阅读|新闻|报道|链接)|延伸阅读|推荐阅读)[\])>】] ?.{0,160}",
    re.IGNORECASE,
)
#: Before a headline, or after it: that it is new, or which version it is; never that it was wrong.
_HEADLINE_LABEL = re.compile(
    r"^(?:[\[(【<](?:update[ds]?|breaking(?: news)?|exclusive|live|watch|video|photos?|lead|urgent|flash|"
    r"\d?(?:st|nd|rd|th)? ?ld|速报|快讯|快訊|突发|独家|更新|滚动|视频|图集|속보|단독|종합\d?(?:보)?|\d보|긴급|영상|포토|업데이트)"
    r"[\])】>]|(?:update(?: ?\d{1,2})?|updated|breaking(?: news)?|exclusive|watch|video|live|urgent|快讯|突发|独家|更新|속보)"
    r" ?[:|-](?= )| ?(?:快讯|突发|独家|更新|속보)[::|]) *"
    r"|(?: ?[\[(](?:종합\d?(?:보)?|\d보|속보|lead|\d?(?:st|nd|rd|th)? ?ld|update\s?\d*|updated|图|组图|视频)[\])])+$",
    re.IGNORECASE,
)
#: Whatever else it looks like, it tells of dates that bind or of a fault of the article's.
_CLAUSE = re.compile(
    r"effect|force|deadline|expire|correct|clarif|retract|misstat|in error|wrong|生效|施行|实施|截止|更正|勘误|有误|上午|下午|地点|시행|발효|만료|정정|바로잡|오류",
    re.IGNORECASE,
)
_LONGEST = 200
#: "(责任编辑:刘洋)", "[转载请注明来源]": the same line, set apart.
_BRACKETED = re.compile(r"(?:\(([^()]+)\)|\[([^\[\]]+)\]|【([^【】]+)】|<([^<>]+)>)")


def is_credit(line: str) -> bool:
    """Return whether a folded *line* tells of the page: a byline, credit, time, right or invitation."""
    if len(line) > _LONGEST or _CLAUSE.search(line):
        return False
    if any(pattern.fullmatch(line) for pattern in (_PICTURE, _RIGHTS, _INVITATION)):
        return True
    if len(line) <= 140 and (_META.fullmatch(line) or _BYLINE.fullmatch(line)):
        return True
    inner = _BRACKETED.fullmatch(line)
    return inner is not None and is_credit(inner[inner.lastindex or 0].strip())


def bare_headline(title: str) -> str:
    """Return a folded *title* without labels such as "UPDATE 2:" and "[속보]"."""
    return _HEADLINE_LABEL.sub("", title).strip() or title
