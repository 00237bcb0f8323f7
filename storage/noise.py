"""Lines that are not the article: counters, relative times, share bars, lists of other articles. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from storage.normal import lines as folded_lines

_COUNT = r"[\d,.]+\s?(?:k|m|万|萬|천|만|w)?\+?"
_AGO = (
    r"(?:just now|刚刚|방금|(?:about |over |an? |\d+ ?)(?:second|sec|minute|min|hour|hr|day|week|month)s?"
    r" ago|\d+ ?(?:秒|分钟|小时|个小时|天|日|周|个月)(?:以)?前|\d+ ?(?:초|분|시간|일|주|개월) ?전"
    r"|il y a \d+ (?:minute|heure|jour)s?)"
)
_COUNTER_NAME = (
    r"(?:page ?)?views?|reads|visits|hits|comments?|likes?|shares?|followers|thumbs up|"
    r"阅读(?:数|量|次数)?|浏览(?:数|量|次数)?|点击(?:数|量|率|次数)?|访问(?:数|量|次数)?|人气|评论(?:数)?|"
    r"点赞(?:数)?|收藏|转发|已?有?人?(?:阅读|浏览|围观|参与)|조회 ?수?|댓글 ?수?|추천 ?수?|좋아요|공유|閲覧数|"
    r"lectures|vues|commentaires|partages"
)
#: A counter standing in a short line, however much else the line says.
_COUNTER = re.compile(
    rf"(?:{_COUNTER_NAME}) ?[::(] ?{_COUNT} ?(?:次|人|条|회|건|명)?\)?"
    rf"|(?<![\w.,]){_COUNT} ?(?:次|人|条|회|건|명)? ?(?:{_COUNTER_NAME})(?![A-Za-z])",
    re.IGNORECASE,
)
#: A whole line of counters: "点赞 12", "조회수 1,204 댓글 3".
_COUNTERS = re.compile(
    rf"(?:(?:{_COUNTER_NAME}) ?[::(]? ?{_COUNT} ?(?:次|人|条|회|건|명)?\)?[\s,|/·]*)+",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    rf"(?:(?:last )?(?:updated|published|posted|modified)|更新于|发布于|更新|发布|수정|입력|mis à jour|publié)?"
    rf" ?[::]? ?{_AGO}",
    re.IGNORECASE,
)
# What every counter and every relative time has: most lines have none, and are spared the rest.
_MAY_COUNT = re.compile(r"[\d,.]")
_MAY_RELATE = re.compile(r"ago|now|il y a|[前刚방전]", re.IGNORECASE)
_SERVICE = (
    r"whatsapp|facebook|fb|twitter|x|linkedin|telegram|wechat|weixin|weibo|reddit|pinterest|line|email|e-mail|"
    r"copy link|copy url|print|qq|qzone|qq空间|微信|微博|新浪微博|朋友圈|复制链接|打印|페이스북|트위터|카카오톡|"
    r"카카오스토리|네이버|밴드|이메일|url ?복사|링크 ?복사|인쇄|facebook messenger|messenger|flipboard|tumblr|more|link"
)
_SHARE = re.compile(
    rf"(?:(?:share|share(?: this)?(?: article| story| page)?(?: on| with| via| by| to)?|follow us(?: on)?|"
    rf"tweet|pin it|save|bookmark|分享|分享到|分享至|共享|收藏|转发|공유|공유하기|기사 ?공유|sns ?공유|partager(?: sur)?|"
    rf"print|listen|comments?|comment|点赞|评论|스크랩|글자 ?크기|폰트|가|font size|text size|a[+-]|字号|大|中|小|"
    rf"{_SERVICE})[\s,|/·:>-]*)+",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:advertisement|advertising|sponsored(?: content)?|ad|ads|story continues below(?: advertisement)?|"
    r"广告|推广|광고|publicité|top|back to (?:the )?top|返回顶部|close|skip to (?:main )?content|본문 ?바로가기|"
    r"bar_progress|loading\.*|subscribe(?: now)?|sign up(?: now)?|newsletter|\d+[ -]min(?:ute)?s? read|"
    r"(?:sign up|subscribe)(?: for| to)? [^.]{0,40}newsletters?|download (?:the )?app|"
    r"打开app|下载客户端|扫一扫|扫码(?:关注|分享)?|enlarge image|click to (?:enlarge|expand)|\[?(?:photo|图片)\]?)",
    re.IGNORECASE,
)
#: Headings of lists of other articles; what follows them changes hourly.
_OTHERS = re.compile(
    r"(?:most (?:read|popular|viewed|shared|commented)(?: (?:stories|articles|news))?|trending(?: now)?|popular(?: now| stories| posts)?|"
    r"related(?: (?:articles?|stories|news|content|links?|topics?|posts?|coverage|reading))?|"
    r"(?:you (?:may|might) (?:also )?(?:like|be interested in)|recommended(?: for you)?|more (?:from|on|in) .{1,40}|"
    r"more (?:stories|news|articles|top stories)|read (?:more|next|also)|see also|editor'?s? picks?|latest(?: news| stories)?|"
    r"hot (?:news|topics)|top stories|around the web)|"
    r"相关(?:阅读|新闻|文章|链接|报道|推荐|专题)|延伸阅读|推荐阅读|热门(?:文章|新闻|推荐|排行|阅读)?|热点(?:新闻|推荐|排行)?|阅读排行(?:榜)?|点击排行(?:榜)?|"
    r"(?:24小时|一周|今日|本周)?(?:热文|热榜|排行榜|热门排行)|猜你喜欢|精彩推荐|为您推荐|最新(?:文章|新闻|资讯)|编辑推荐|"
    r"관련 ?(?:기사|뉴스|글)|많이 ?본 ?(?:뉴스|기사)|인기 ?(?:기사|뉴스)|추천 ?(?:기사|뉴스)|최신 ?(?:기사|뉴스)|실시간 ?(?:뉴스|인기)|주요 ?뉴스|"
    r"(?:à )?lire aussi|les plus lus|sur le même sujet) ?[::>»]*",
    re.IGNORECASE,
)
_OTHERS_INLINE = re.compile(
    r"(?:related|read (?:more|also|next)|see also|also read|相关阅读|相关新闻|相关链接|延伸阅读|推荐阅读|관련 ?기사|lire aussi)"
    r" ?[::>»] ?\S.{0,160}",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?。！？][\"')\]]*$")
_SHORT = 120


def drop(lines: Sequence[str]) -> list[str]:
    """Return the folded *lines* that belong to the article, without their counters.

    A heading such as "Most read" takes the short, unfinished lines under it away as well: titles
    of other articles end without a full stop, sentences of this one with it.
    """
    kept: list[str] = []
    in_list = False
    for line in lines:
        if _OTHERS.fullmatch(line):
            in_list = True
            continue
        if in_list and len(line) < _SHORT and not _SENTENCE_END.search(line):
            continue
        in_list = False
        line = strip_counters(line)
        if line and not is_noise(line):
            kept.append(line)
    return kept


@lru_cache(maxsize=8)
def body_lines(text: str) -> tuple[str, ...]:
    """Return the folded lines of *text* that belong to the article.

    Remembered for the few texts in hand: fingerprint, signature and what a copy adds all ask.
    """
    return tuple(drop(folded_lines(text)))


@lru_cache(maxsize=4096)
def is_noise(line: str) -> bool:
    """Return whether a folded line is a label, a share bar or a pointer to another article."""
    if len(line) > 200:
        return False
    if _OTHERS_INLINE.fullmatch(line):
        return True
    return len(line) < _SHORT and any(
        pattern.fullmatch(line) for pattern in (_SHARE, _LABEL, _COUNTERS)
    )


@lru_cache(maxsize=4096)
def strip_counters(line: str) -> str:
    """Return *line* without view counters and "2 hours ago"; prose (a long or ended line) as it is."""
    if len(line) >= _SHORT or (_SENTENCE_END.search(line) and len(line) > 40):
        return line
    bare = _COUNTER.sub(" ", line) if _MAY_COUNT.search(line) else line
    bare = _RELATIVE.sub(" ", bare) if _MAY_RELATE.search(bare) else bare
    if bare == line:
        return line
    return " ".join(bare.split()).strip(" |/·-,:")
