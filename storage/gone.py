"""What an answer says about an article we know: still there, gone, blocked or moved. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from storage.normal import fold
from storage.types import Capture
from storage.urls import canonical_url, is_front, same_site


class VerdictKind(StrEnum):
    """The five things a response can say, and the one it cannot help."""

    OK = "ok"
    #: The publisher says so: 404, 410, 451.
    GONE = "gone"
    #: 200 (or a redirect), but the page says, or shows, that the article is no longer there.
    SOFT_GONE = "soft_gone"
    #: A wall in front of the page: bot checks, captcha, consent, log-in, paywall. Says nothing of it.
    BLOCKED = "blocked"
    MOVED = "moved"
    #: A fault on the way: 5xx, 408, 429... Try later.
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one answer says of one article."""

    kind: VerdictKind
    #: In words, for the log and the alert.
    reason: str
    #: Where it went, for `moved`.
    to: str | None = None


# Titles, cut at " - ", " | ", "_" into parts: one part saying it is enough. Titles of articles
# about missing pages are longer than these patterns allow (they match a whole part).
_TITLE_GONE = re.compile(
    r"(?:error ?)?40[34](?: error)?(?:[ :,-]*(?:error|page|file|not found|找不到.*|未找到.*|页面.*)){0,3}|410(?: gone)?|"
    r"(?:oops[!,. ]*|sorry[!,. ]*|whoops[!,. ]*)?(?:the |this )?(?:requested )?"
    r"(?:page|file|article|content|document|story|resource|url|post)"
    r"(?: you(?:'re| are)? (?:requested|looking for))?(?: (?:was|is|has been|could|can))?"
    r"(?: (?:not|no longer|cannot|can't|be|removed|deleted))* ?(?:not found|be found|found|available|unavailable|removed|deleted|missing|exist|expired|gone)|"
    r"not found|object not found|nothing found|(?:page|content) unavailable|gone|"
    r"(?:您|你)?(?:访问|查看|请求|浏览|查找|要找)?的?(?:页面|网页|文章|内容|信息|稿件|新闻|文件)(?:已经|已|并)?(?:不存在|找不到|被删除|被撤销|已删除|删除|过期|失效|下线|未找到|不见了|丢失|走丢了)(?:了|或已.*|,.*)?|"
    r"(?:抱歉|对不起)[,!! ]*.{0,20}(?:不存在|找不到|被删除|已删除|失效|下线)了?|找不到(?:页面|网页|文件|该页|您).{0,12}|页面(?:没有找到|找不到了?|不存在)|"
    r"(?:요청하신 |해당 |찾으시는 )?(?:페이지|기사|문서|게시물|뉴스)(?:를|을|가|이|는|은)? ?(?:찾을 ?수 ?없습니다|존재하지 ?않습니다|없습니다|삭제되었습니다|삭제된 .{0,10})|"
    r"(?:삭제된|존재하지 않는|없는) ?(?:페이지|기사|게시물)(?:입니다)?|"
    r"(?:cette |la )?page (?:est )?(?:introuvable|non trouvée|inexistante|supprimée)|erreur 404|article introuvable|"
    r"ページが?(?:見つかりません|存在しません).{0,10}",
    re.IGNORECASE,
)
#: Sentences of a short page, found anywhere in it.
_TEXT_GONE = re.compile(
    r"(?:page|article|content|story|document|file|link|post)(?: that)?(?: you(?:'re| are| were|'ve| have)? (?:requested|looking for|trying to (?:reach|view|access)|followed))?"
    r"[^.\n]{0,30}(?:(?:could|can)(?:not|n't| not) be found|(?:was|is) not found|(?:no longer|does(?:n't| not)|not) (?:exists?|available)|"
    r"(?:has|have|was|were)(?: been)? (?:removed|deleted|withdrawn|moved or (?:removed|deleted)|taken down)|(?:has )?expired)|"
    r"(?:can't|cannot|couldn't|could not) find (?:the|that|this) (?:page|article|content)|"
    r"(?:页面|网页|文章|内容|信息|稿件|新闻|链接)[^。\n]{0,10}(?:不存在|找不到|已?被?删除|已?被?撤销|已?失效|已?下线|已?过期|无法访问)|"
    r"(?:找不到|无法找到)[^。\n]{0,8}(?:页面|网页|文章|内容)|该(?:内容|文章)已被发布者删除|"
    r"(?:페이지|기사|게시물|콘텐츠)[^.\n]{0,12}(?:찾을 ?수 ?없|존재하지 ?않|삭제(?:되|된)|만료)|"
    r"page [^.\n]{0,30}(?:introuvable|n'existe (?:pas|plus)|a été (?:supprimée|déplacée))|article [^.\n]{0,20}n'est plus disponible|"
    r"ページ[^。\n]{0,12}(?:見つかりません|存在しません|削除され)",
    re.IGNORECASE,
)
_BLOCK_TITLE = re.compile(
    r"just a moment\.*|attention required!?.*|access denied|access to this page has been denied.*|forbidden|403 forbidden|"
    r"are you (?:a )?(?:human|robot)\??|robot check|security check(?:point)?|human verification|verify (?:you are|you're) (?:a )?human|"
    r"captcha|bot (?:verification|detection)|please wait.*|checking your browser.*|ddos.?guard|one moment,? please.*|"
    r"pardon our interruption.*|you have been blocked|request (?:blocked|rejected)|error 10\d\d|too many requests|rate limit(?:ed| exceeded)|"
    r"before you continue.*|(?:cookie|privacy) (?:consent|settings|preferences?)|we value your privacy|consent|"
    r"(?:please )?(?:log ?in|sign ?in)(?: to (?:continue|your account|read).*)?|subscribe to (?:read|continue).*|(?:register|create an account) to (?:read|continue).*|"
    r"(?:安全|人机|滑动|身份)验证(?:中心)?|访问(?:被拒绝|受限|验证|异常|过于频繁).*|验证码|请(?:先)?登录.*|用户登录|登录|"
    r"网站防火墙|(?:云)?waf|您的(?:访问|请求)(?:被|已被|出现|存在).*|请稍候.*|"
    r"(?:접근|접속)(?:이|은)? ?(?:거부|차단|제한).*|보안 ?(?:확인|문자|검증).*|로그인(?:이 필요.*)?|자동.{0,4}입력.{0,4}방지.*|"
    r"accès (?:refusé|interdit)|un instant.*|vérification.*",
    re.IGNORECASE,
)
_BLOCK_TEXT = re.compile(
    r"enable javascript and cookies to continue|checking (?:if the site connection is secure|your browser before)|"
    r"verify(?:ing)? (?:that )?you are (?:a )?human|unusual (?:traffic|activity) from your|complete the (?:captcha|security check)|"
    r"cf-ray|ray id:?|performance (?:&|and) security by cloudflare|ddos protection by|incapsula incident id|request unsuccessful|"
    r"reference ?#[0-9a-f.]+|you (?:don't|do not) have permission to access|your (?:ip|request) (?:address )?(?:has been|was) (?:blocked|rejected)|"
    r"please (?:turn|enable|switch).{0,12}(?:javascript|js|cookies)|press (?:&|and) hold|i am not a robot|"
    r"(?:accept|agree to|consent to)(?: the use of)?(?: all)? cookies(?: and .{0,30})? to (?:continue|proceed|access)|"
    r"(?:log ?in|sign ?in|subscribe|register) to (?:continue|keep) reading|this (?:article|content) is (?:for|only for|reserved for) (?:subscribers|members)|"
    r"请(?:完成|进行)(?:安全|人机|滑动)?验证|(?:拖动|滑动)(?:下方)?滑块|访问(?:过于|太)频繁|系统检测到您|您的(?:ip|请求|访问).{0,10}(?:拦截|拒绝|异常|限制)|请(?:开启|启用)javascript|"
    r"请(?:先)?登录后?(?:查看|阅读|继续)|비정상적인 (?:접근|접속|트래픽)|로그인 ?후 ?(?:이용|열람)|로봇이 아닙니다",
    re.IGNORECASE,
)
_TITLE_CUT = re.compile(r"\s+[-|_·»:/]\s+|[|_]")

#: A page as short as this can be a notice; an article about walls and missing pages is longer.
_NOTICE_CHARS = 1200


def judge(
    capture: Capture,
    *,
    title: str = "",
    text: str = "",
    is_article: bool = True,
    refusal: str | None = None,
    previous_text: str | None = None,
) -> Verdict:
    """Return what *capture* says about the article that used to answer at `capture.url`.

    *title*, *text*, *is_article* and *refusal* are what extraction made of the body;
    *previous_text* is the last revision's, when there is one. Block pages come before everything:
    a wall that answers 404 says nothing about the article.
    """
    wall = _wall(capture, title, text, refusal)
    if wall:
        return Verdict(kind=VerdictKind.BLOCKED, reason=wall)
    status = capture.status
    if status in (404, 410):
        return Verdict(kind=VerdictKind.GONE, reason=f"HTTP {status}")
    if status == 451:
        return Verdict(kind=VerdictKind.GONE, reason="HTTP 451: taken down for legal reasons")
    if status in (401, 402, 403, 407):
        return Verdict(kind=VerdictKind.BLOCKED, reason=f"HTTP {status}")
    if status == 304:
        return Verdict(kind=VerdictKind.OK, reason="not modified")
    if not 200 <= status < 300:
        return Verdict(kind=VerdictKind.ERROR, reason=f"HTTP {status}")
    if not capture.body:
        return Verdict(kind=VerdictKind.ERROR, reason=f"HTTP {status} with an empty body")
    return _page(capture, title, text, is_article, refusal, previous_text)


def _wall(capture: Capture, title: str, text: str, refusal: str | None) -> str | None:
    """Return the wall's name, or None. Signs as measured by EDGI's web monitoring and our own."""
    status = capture.status
    server = (capture.header("server") or "").lower()
    if capture.header("x-amzn-waf-action") in ("challenge", "captcha"):
        return "AWS WAF challenge"
    if (capture.header("cf-mitigated") or "").lower() == "challenge":
        return "Cloudflare challenge"
    size = len(capture.body)
    if 400 <= status < 500 and status not in (404, 410):
        if "akamaighost" in server and size < 1024:
            return "Akamai block"
        if "cloudflare" in server and size < 8192:
            return "Cloudflare block"
        if "awselb" in server or "cloudfront" in server:
            return f"AWS block (HTTP {status})"
    if status == 429:
        return None
    folded_title, folded = fold(title).strip(), fold(text[: 2 * _NOTICE_CHARS])
    if len(folded) <= _NOTICE_CHARS:
        for part in (folded_title, *_TITLE_CUT.split(folded_title)):
            if part and _BLOCK_TITLE.fullmatch(part.strip()):
                return f"block page: {part.strip()[:60]!r}"
        if found := _BLOCK_TEXT.search(folded):
            return f"block page: {found.group()[:60]!r}"
    if refusal in ("login", "block", "captcha", "consent", "paywall"):
        return f"{refusal} page"
    return None


def _page(
    capture: Capture,
    title: str,
    text: str,
    is_article: bool,
    refusal: str | None,
    previous_text: str | None,
) -> Verdict:
    asked, answered = canonical_url(capture.url), canonical_url(capture.final_url)
    sent_away = asked != answered
    if sent_away and is_front(answered) and not is_front(asked):
        where = "the home page" if same_site(asked, answered) else "another site's home page"
        return Verdict(kind=VerdictKind.SOFT_GONE, reason=f"redirected to {where}", to=answered)
    folded_title, folded = fold(title).strip(), fold(text)
    if len(folded) <= _NOTICE_CHARS:
        for part in (folded_title, *_TITLE_CUT.split(folded_title)):
            if part and _TITLE_GONE.fullmatch(part.strip(" .!。！")):
                return Verdict(
                    kind=VerdictKind.SOFT_GONE, reason=f"page says {part.strip()[:60]!r}"
                )
        if len(folded) <= _NOTICE_CHARS // 2 and (found := _TEXT_GONE.search(folded)):
            return Verdict(kind=VerdictKind.SOFT_GONE, reason=f"page says {found.group()[:60]!r}")
    if previous_text is not None:
        before = len(fold(previous_text))
        # A rewrite seldom leaves a twentieth; an emptied template always does.
        if before >= 400 and len(folded) < max(40, before // 20):
            return Verdict(
                kind=VerdictKind.SOFT_GONE,
                reason=f"text emptied: {len(folded)} characters of {before} left",
            )
    if sent_away:
        if not is_article:
            return Verdict(
                kind=VerdictKind.SOFT_GONE,
                reason=f"redirected to a page that is no article ({refusal or 'unknown'})",
                to=answered,
            )
        return Verdict(kind=VerdictKind.MOVED, reason="redirected", to=answered)
    if not is_article and previous_text is not None:
        return Verdict(
            kind=VerdictKind.SOFT_GONE if refusal in ("error", "not_found") else VerdictKind.ERROR,
            reason=f"no longer an article: {refusal or 'unknown'}",
        )
    return Verdict(kind=VerdictKind.OK, reason="answered with an article")
