"""URL identity."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storage_url_cases import ADOPTED, APART, CASES, NOT_TWINS, NOT_URLS, REFUSED, TWINS

from storage.urls import adopt, canonical_url, is_front, registrable_domain, same_site, twin_key


def test_the_table_is_as_long_as_promised() -> None:
    assert len(CASES) >= 150
    assert len({found for found, _, _ in CASES}) >= 150


@pytest.mark.parametrize(("found", "filed", "reason"), CASES)
def test_canonical_url(found: str, filed: str, reason: str) -> None:
    assert canonical_url(found) == filed, reason
    assert canonical_url(filed) == filed, "idempotent"


@pytest.mark.parametrize(("one", "two", "reason"), APART)
def test_two_articles_stay_two(one: str, two: str, reason: str) -> None:
    assert canonical_url(one) != canonical_url(two), reason
    assert twin_key(one) != twin_key(two) or reason == "two documents", reason


@pytest.mark.parametrize(("one", "two", "reason"), TWINS)
def test_twins(one: str, two: str, reason: str) -> None:
    assert twin_key(one) == twin_key(two), reason


@pytest.mark.parametrize(("one", "two", "reason"), NOT_TWINS)
def test_no_twins(one: str, two: str, reason: str) -> None:
    assert twin_key(one) != twin_key(two), reason


@pytest.mark.parametrize("text", NOT_URLS)
def test_what_is_no_url_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        canonical_url(text)
    assert not same_site(text, "https://example.com/")


@pytest.mark.parametrize(("found", "declared", "filed", "reason"), ADOPTED)
def test_a_declared_url_is_believed(found: str, declared: str, filed: str, reason: str) -> None:
    assert adopt(found, declared) == filed, reason


@pytest.mark.parametrize(("found", "declared", "reason"), REFUSED)
def test_a_declared_url_is_not_believed(found: str, declared: str, reason: str) -> None:
    assert adopt(found, declared) == canonical_url(found), reason


def test_proven_content_lets_an_article_change_sites_but_never_to_a_home_page() -> None:
    found = "https://example.com/a/12345"
    assert adopt(found, "https://other.org/b", same_content=True) == "https://other.org/b"
    assert adopt(found, "https://other.org/", same_content=True) == found


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("https://a.example.com/", "https://b.example.com/x", True),
        ("https://a.co.uk/", "https://b.co.uk/", False),
        ("https://news.china.com.cn/", "https://www.china.com.cn/", True),
        ("https://a.gov.cn/", "https://b.gov.cn/", False),
        ("http://127.0.0.1:1/", "http://127.0.0.1:2/", True),
        ("http://127.0.0.1/", "http://127.0.0.2/", False),
        ("http://localhost/", "http://localhost/a", True),
    ],
)
def test_same_site(one: str, two: str, same: bool) -> None:
    assert same_site(one, two) is same


def test_registrable_domain() -> None:
    assert registrable_domain("WWW.Example.co.uk.") == "example.co.uk"
    assert registrable_domain("localhost") == "localhost"


@pytest.mark.parametrize("url", ["https://a.com/", "https://a.com/zh-cn", "https://a.com/home"])
def test_front_pages(url: str) -> None:
    assert is_front(url)


@pytest.mark.parametrize("url", ["https://a.com/?p=1", "https://a.com/x/y", "https://a.com/#!/a"])
def test_no_front_pages(url: str) -> None:
    assert not is_front(url)


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_a_value_error(text: str) -> None:
    for candidate in (text, "https://example.com/" + text, "https://" + text):
        try:
            filed = canonical_url(candidate)
        except ValueError:
            continue
        assert canonical_url(filed) == filed
        twin_key(filed)
        assert adopt(filed, text)


_PART = st.text(alphabet="aA1%2F./;=&?+-_~é新", max_size=12)


@given(_PART, _PART, _PART)
def test_canonical_url_is_idempotent(path: str, query: str, fragment: str) -> None:
    try:
        filed = canonical_url(f"https://Example.com/{path}?{query}#{fragment}")
    except ValueError:
        return
    assert canonical_url(filed) == filed


def test_no_network_and_no_database_is_loaded() -> None:
    code = (
        "import sys, storage.urls, storage.changes, storage.stories, storage.gone, storage.volatile\n"
        "heavy = {'sqlalchemy', 'scrapy', 'twisted', 'slack_sdk'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
