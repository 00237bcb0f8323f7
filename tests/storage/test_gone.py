"""What an answer says about an article we know."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.gone import Verdict, VerdictKind, judge
from storage.types import Capture

URL = "https://example.com/news/12345"
TEXT = "The ministry said on Tuesday that the plan is ready and will be published soon. " * 20
OK, GONE, SOFT = VerdictKind.OK, VerdictKind.GONE, VerdictKind.SOFT_GONE
BLOCKED, MOVED, ERROR = VerdictKind.BLOCKED, VerdictKind.MOVED, VerdictKind.ERROR


def capture(
    status: int = 200, final: str = URL, body: bytes = b"<html>", **headers: str
) -> Capture:
    return Capture(
        url=URL,
        final_url=final,
        status=status,
        headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()),
        body=body,
        fetched_at=datetime(2026, 3, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (200, OK),
        (203, OK),
        (304, OK),
        (404, GONE),
        (410, GONE),
        (451, GONE),
        (401, BLOCKED),
        (402, BLOCKED),
        (403, BLOCKED),
        (400, ERROR),
        (408, ERROR),
        (429, ERROR),
        (500, ERROR),
        (502, ERROR),
        (503, ERROR),
        (504, ERROR),
        (522, ERROR),
        (301, ERROR),
    ],
)
def test_the_status_alone(status: int, wanted: VerdictKind) -> None:
    title, text = ("Plan is ready", TEXT) if status < 300 else ("", "")
    assert judge(capture(status), title=title, text=text).kind is wanted


SOFT_TITLES = [
    "Page not found",
    "404",
    "404 Not Found",
    "404 - Page Not Found",
    "Page not found | Example News",
    "Example News - Article not found",
    "Sorry, this page is no longer available",
    "Oops! Page not found",
    "This article has been removed",
    "The page you requested was not found",
    "Content unavailable",
    "页面不存在",
    "您访问的页面不存在",
    "404_页面未找到",
    "抱歉，您访问的页面不存在",
    "文章已删除",
    "内容已删除",
    "페이지를 찾을 수 없습니다",
    "삭제된 기사입니다",
    "존재하지 않는 게시물입니다",
    "Page introuvable",
    "Erreur 404",
    "ページが見つかりません",
]
NOT_SOFT_TITLES = [
    "Ministry says missing page of the treaty has been found",
    "404 electric buses delivered to the city",
    "Why so many government pages are not found by voters",
    "Article 404 of the code is removed, parliament says",
    "页面设计大赛在京举行",
    "삭제된 기사 논란에 대한 해명",
    "Court: content removed by platform must be restored",
]


@pytest.mark.parametrize("title", SOFT_TITLES)
def test_a_short_page_that_says_so_is_softly_gone(title: str) -> None:
    found = judge(capture(), title=title, text="Go to the home page.", previous_text=TEXT)
    assert found.kind is SOFT, found


@pytest.mark.parametrize("title", NOT_SOFT_TITLES)
@pytest.mark.parametrize("text", [TEXT, TEXT[:900]])
def test_an_article_about_missing_pages_is_an_article(title: str, text: str) -> None:
    assert judge(capture(), title=title, text=text, previous_text=TEXT).kind is OK


@pytest.mark.parametrize(
    "text",
    [
        "Sorry, the page you are looking for could not be found.",
        "The article you requested is no longer available. Try a search.",
        "This page has been removed.",
        "We can't find the page you requested.",
        "很抱歉，您要访问的页面不存在！",
        "该文章已被删除",
        "对不起，找不到您要的网页",
        "该内容已被发布者删除",
        "요청하신 페이지를 찾을 수 없습니다.",
        "해당 기사는 삭제되었습니다.",
        "La page que vous cherchez n'existe plus.",
    ],
)
def test_a_notice_in_the_text_is_softly_gone(text: str) -> None:
    assert judge(capture(), title="Example News", text=text, previous_text=TEXT).kind is SOFT


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Just a moment...", "Enable JavaScript and cookies to continue"),
        ("Attention Required! | Cloudflare", "Sorry, you have been blocked. Ray ID: 7f"),
        ("Access Denied", "You don't have permission to access this. Reference #18.2f"),
        ("Example", "Please verify you are a human"),
        ("Example", "Our systems have detected unusual traffic from your network"),
        ("Robot Check", ""),
        ("Security check", "Complete the security check to continue"),
        ("Before you continue to Example", "We use cookies"),
        ("Cookie consent", "Accept all cookies to continue"),
        ("Log in", "Sign in to continue reading"),
        ("Subscribe to read | Example", "Choose your plan"),
        ("安全验证", "请完成安全验证"),
        ("访问被拒绝", "您的请求存在异常，已被拦截"),
        ("验证码", "请拖动滑块"),
        ("보안 확인", "로봇이 아닙니다"),
        ("접근이 차단되었습니다", ""),
        ("Un instant…", "vérification de votre navigateur"),
    ],
)
@pytest.mark.parametrize("status", [200, 403, 404, 503])
def test_a_wall_says_nothing_of_the_article(title: str, text: str, status: int) -> None:
    found = judge(capture(status), title=title, text=text, previous_text=TEXT)
    assert found.kind is BLOCKED, found


@pytest.mark.parametrize(
    "answer",
    [
        capture(403, cf_mitigated="challenge"),
        capture(202, x_amzn_waf_action="challenge"),
        capture(405, x_amzn_waf_action="captcha"),
        capture(403, server="AkamaiGHost"),
        capture(403, server="cloudflare"),
        capture(403, server="awselb/2.0"),
        capture(403, server="CloudFront"),
    ],
)
def test_walls_known_by_their_headers(answer: Capture) -> None:
    assert judge(answer).kind is BLOCKED


@pytest.mark.parametrize("reason", ["login", "block", "captcha", "consent", "paywall"])
def test_walls_known_by_extraction(reason: str) -> None:
    assert judge(capture(), title="x", text="y", is_article=False, refusal=reason).kind is BLOCKED


def test_an_article_about_captchas_is_an_article() -> None:
    found = judge(capture(), title="Captcha", text=TEXT + "Please verify you are a human.")
    assert found.kind is OK


def test_a_redirect_to_the_home_page_is_softly_gone() -> None:
    for final in (
        "https://example.com/",
        "https://www.example.com/index.html",
        "https://example.com/en/",
    ):
        found = judge(capture(final=final), title="Example News", text=TEXT, is_article=False)
        assert found.kind is SOFT
        assert found.to


def test_a_redirect_to_an_article_is_a_move() -> None:
    found = judge(capture(final="https://example.com/2026/plan-12345"), title="P", text=TEXT)
    assert found == Verdict(
        kind=MOVED, reason="redirected", to="https://example.com/2026/plan-12345"
    )


def test_a_redirect_to_a_listing_is_softly_gone() -> None:
    found = judge(
        capture(final="https://example.com/politics/all"),
        title="P",
        is_article=False,
        refusal="listing",
    )
    assert found.kind is SOFT


def test_tracking_added_by_a_redirect_is_no_move() -> None:
    assert judge(capture(final=URL + "?utm_source=x"), title="P", text=TEXT).kind is OK


def test_an_emptied_text_is_softly_gone_and_a_short_one_is_not() -> None:
    assert judge(capture(), title="P", text="", previous_text=TEXT).kind is SOFT
    assert judge(capture(), title="P", text="By A. B.", previous_text=TEXT).kind is SOFT
    assert (
        judge(capture(), title="P", text="A short note.", previous_text="A short text.").kind is OK
    )
    assert judge(capture(), title="P", text=TEXT[:400], previous_text=TEXT).kind is OK


def test_an_empty_body_is_a_fault() -> None:
    assert judge(capture(body=b""), previous_text=TEXT).kind is ERROR


@given(st.text(max_size=80), st.text(max_size=200), st.integers(100, 599), st.booleans())
def test_any_answer_has_a_verdict(title: str, text: str, status: int, is_article: bool) -> None:
    found = judge(capture(status), title=title, text=text, is_article=is_article)
    assert found.reason
