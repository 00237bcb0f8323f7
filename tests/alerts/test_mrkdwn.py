"""Escaping, cleaning and links."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.cleaning import clean, cut, link, runs
from alerts.mrkdwn import escape, fallback
from alerts.operator import redacted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Q&A <now>", "Q&amp;A &lt;now&gt;"),
        ("<!channel>", "&lt;!channel&gt;"),
        # Arrives encoded: stays literal, is not decoded into a mention.
        ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
        # Nothing else: Slack says not to encode the whole text.
        ('"it\'s" 5 % = é', '"it\'s" 5 % = é'),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(st.text(), st.integers(1, 60))
@example("&" * 30, 10)
@example("<<<<!channel>", 5)
def test_a_cut_fallback_never_cuts_an_entity(text: str, limit: int) -> None:
    shown = fallback(text, limit)
    assert len(shown) <= limit
    assert not re.search(r"<|>", shown)
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)


@given(st.text(), st.integers(1, 200))
def test_cleaning_is_stable_and_bounded(text: str, limit: int) -> None:
    once = clean(text, limit)
    assert len(once) <= limit
    assert clean(once, limit) == once
    once.encode("utf-8")
    assert "\n" not in once
    assert once == once.strip()


@given(st.text(max_size=60))
def test_runs_lose_nothing_a_reader_sees(text: str) -> None:
    # What joins two runs is kept: words must not grow together.
    assert runs(text).strip() == clean(text, 1000)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("line\u2028break\r\nend", "line break end"),
        ("\u202egnp\u202c", "gnp"),
        ("co\u00adop", "coop"),
        # Joiners carry meaning in Persian and in emoji.
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e\u0301", "é"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text, 100) == shown


def test_cut_prefers_a_words_end() -> None:
    assert cut("one two three four", 15) == "one two three…"
    assert cut("onetwothreefour", 5) == "onet…"
    assert cut("short", 5) == "short"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/x|y>z w", "https://a.example/x%7Cy%3Ez%20w"),
        ("https://a.example/%E4%B8%AD?q=1&r=2#f", "https://a.example/%E4%B8%AD?q=1&r=2#f"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://gov.uk@evil.example/", None),
        ("https://user:pw@a.example/", None),
        ("javascript:alert(1)", None),
        ("ftp://a.example/", None),
        ("//a.example/", None),
        ("https://a.example:99999/", None),
        ("https://a b.example/", None),
        ("https://a.example/" + "é" * 1000, None),
        ("", None),
        (None, None),
    ],
)
def test_link(url: str | None, safe: str | None) -> None:
    assert link(url) == safe


@given(st.text(max_size=60))
def test_no_link_breaks_out(tail: str) -> None:
    safe = link("https://a.example/" + tail)
    assert safe is None or (
        safe.startswith("https://a.example") and not re.search(r"[\s<>|]", safe)
    )


def test_secrets_are_blotted_out() -> None:
    text = (
        "xoxb-123-abc at https://hooks.slack.com/services/T0/B0/secret"
        " via http://user:pw@proxy?token=abc"
    )
    shown = redacted(text)
    for secret in ("123", "services", "user:pw", "=abc"):
        assert secret not in shown
