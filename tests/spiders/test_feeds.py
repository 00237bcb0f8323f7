from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import DATA, needs_data

from spiders.feedgate import MAX_DEPTH, MAX_ITEMS, screen
from spiders.feeds import Feed, FeedState, read_feed

URL = "https://news.example/rss/feed.xml"
HEAD = b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>'
ITEM = b"<item><title>One</title><link>/a/1</link></item>"
TAIL = b"</channel></rss>"

RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Policy &amp; more</title>
<item><title>Battery <![CDATA[<b>swap</b>]]> &#8212; plan</title><link>/2025/01/27/plan.html</link>
<pubDate>Mon, 27 Jan 2025 17:28:00 +0800</pubDate><description>&lt;p&gt;A &lt;i&gt;lead&lt;/i&gt;&lt;/p&gt;</description></item>
<item><guid isPermaLink="true">https://news.example/two</guid><title>  two\n lines </title><dc:date>1970-01-01</dc:date></item>
<item><title>no link</title></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry>
<title type="html">&lt;b&gt;Bold&lt;/b&gt;</title><link rel="self" href="/self"/><link rel="alternate" href="../x"/>
<updated>2025-01-27T09:28:00Z</updated></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<item rdf:about="https://news.example/r"><title>R</title><link>https://news.example/r</link></item></rdf:RDF>"""
JSON = b"""{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[
{"id":"1","url":"/j","title":"J","date_published":"2025-01-27T17:28:00+08:00"},{"id":"2"},"odd"]}"""


def read(body: bytes, content_type: str | None = None) -> Feed:
    return read_feed(body, url=URL, content_type=content_type)


def test_rss() -> None:
    feed = read(RSS)
    assert (feed.state, feed.title, feed.whole) == (FeedState.OK, "Policy & more", True)
    first, second = feed.entries
    assert first.url == "https://news.example/2025/01/27/plan.html"
    assert first.title == "Battery swap — plan"
    assert first.summary == "A lead"
    assert first.published_at == datetime(2025, 1, 27, 9, 28, tzinfo=UTC)
    assert (second.url, second.title) == ("https://news.example/two", "two lines")
    # 1970 is a machine's zero, not a date.
    assert second.published_at is None


@pytest.mark.parametrize(
    ("body", "url"),
    [
        (ATOM, "https://news.example/x"),
        (RDF, "https://news.example/r"),
        (JSON, "https://news.example/j"),
    ],
)
def test_other_formats(body: bytes, url: str) -> None:
    feed = read(body)
    assert feed.state is FeedState.OK
    assert [entry.url for entry in feed.entries] == [url]


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", FeedState.NOT_A_FEED),
        (b"  \n", FeedState.NOT_A_FEED),
        (b"<!DOCTYPE html><html></html>", FeedState.NOT_A_FEED),
        (b"\xef\xbb\xbf<html><body>x", FeedState.NOT_A_FEED),
        (b"just text", FeedState.NOT_A_FEED),
        (b"{}", FeedState.NOT_A_FEED),
        (b"[" * 1_000_000, FeedState.NOT_A_FEED),
        (b'{"version":"https://jsonfeed.org/version/1","items":[', FeedState.TRUNCATED),
        (b'{"version":"https://jsonfeed.org/version/1","items":[]}', FeedState.EMPTY),
        (HEAD + TAIL, FeedState.EMPTY),
        (HEAD + ITEM, FeedState.TRUNCATED),
        (HEAD + b"<item><title>a & b</title><link>/1</link></item>" + TAIL, FeedState.BOZO),
    ],
)
def test_states(body: bytes, state: FeedState) -> None:
    feed = read(body)
    assert feed.state is state
    assert not feed.whole


def test_a_feed_cut_anywhere_gives_a_prefix_and_never_a_validator() -> None:
    items = b"".join(
        b"<item><title>Story %d</title><link>/s/%d</link></item>" % (n, n) for n in range(30)
    )
    body = HEAD + items + TAIL
    full = [entry.url for entry in read(body).entries]
    for at in range(0, len(body), 7):
        feed = read(body[:at])
        urls = [entry.url for entry in feed.entries]
        # The last one may itself be cut in the middle of its link.
        assert urls[:-1] == full[: max(len(urls) - 1, 0)], at
        assert not feed.whole, at


@pytest.mark.parametrize(
    ("encode", "declared", "content_type"),
    [
        ("utf-16", "utf-16", None),
        ("gb18030", "gb2312", None),
        ("gb18030", "gb2312", "application/xml"),
        ("utf-8", "utf-99", None),
        ("utf-8-sig", "utf-8", "text/xml; charset=utf-8"),
        ("euc-kr", "euc-kr", None),
        # By RFC 3023 that would be ASCII; nobody who serves text/xml means it.
        ("utf-8", "utf-8", "text/xml"),
    ],
)
def test_encodings(encode: str, declared: str, content_type: str | None) -> None:
    title = "배터리 교환" if encode == "euc-kr" else "财政部通知"
    text = f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><item>'
    body = f"{text}<title>{title}</title><link>/1</link></item></channel></rss>".encode(encode)
    assert [entry.title for entry in read(body, content_type).entries] == [title]


HOSTILE = {
    # In no charset at all: what guesses them byte by byte takes minutes for a megabyte.
    "no charset": HEAD + b"<item><title>" + bytes(range(128, 256)) * 4000 + b"</title></item>" + TAIL,
    "attributes": HEAD + b"<item " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>" + TAIL,
    "hidden by >": HEAD + b'<item z=">" ' + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b"/>",
    "hidden by <": HEAD + b'<item z="<" ' + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b"/>",
    "hidden by length": HEAD
    + b'<item z="' + b"x" * 9000 + b'" ' + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b"/>",
    "no values": HEAD + b"<item " + b" ".join(b"a%d" % n for n in range(100_000)) + b"/>",
    "no quotes": HEAD + b"<item " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b"/>",
    "deep": HEAD + ITEM + b"<x>" * 200_000,
    "deep, closed": HEAD + b"<x>" * 100_000 + b"</x>" * 100_000 + TAIL,
    "items": HEAD + ITEM * 50_000 + TAIL,
    "elements": HEAD + b"<item>" + b"<x>1</x>" * 200_000 + TAIL,
    "only <": HEAD + b"<" * 500_000,
    "open tags": HEAD + b'<a "' * 200_000,
    "open comments": HEAD + b"<!--" * 500_000,
    "ampersands": HEAD + b"<item><title>" + b"&" * 2_000_000 + b"</title></item>" + TAIL,
    "entities": HEAD + b"<item><title>" + b"&x;" * 500_000 + b"</title></item>" + TAIL,
    "long text": HEAD + b"<item><link>/1</link><title>" + b"x" * 7_000_000 + b"</title></item>" + TAIL,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_feeds_cost_little(name: str) -> None:
    begun = time.process_time()
    feed = read(HOSTILE[name])
    # Ungated, most of these take 10 s to minutes. Not a benchmark: it asserts "no explosion".
    assert time.process_time() - begun < 6
    assert len(feed.entries) <= MAX_ITEMS
    assert all(len(entry.title or "") <= 500 for entry in feed.entries)


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY x "&b;&b;&b;">]>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd">%p;]>',
        b'<!DOCTYPE r [<!ENTITY x "' + b"h" * 50_000 + b'">]>',
    ],
)
def test_entities_are_never_expanded(doctype: bytes) -> None:
    feed = read(
        b'<?xml version="1.0"?>' + doctype + HEAD[21:] + ITEM.replace(b"One", b"O&x;ne") + TAIL
    )
    title = "".join(entry.title or "" for entry in feed.entries)
    assert len(title) < 20
    assert "root:" not in title
    assert not feed.whole


def test_the_screen_leaves_a_sound_feed_alone_and_is_idempotent() -> None:
    assert screen(RSS).data is RSS
    cut = screen(HEAD + b"<x>" * (MAX_DEPTH + 10) + b"</x>" * (MAX_DEPTH + 10) + TAIL)
    assert cut.warnings
    assert not screen(cut.data).warnings


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=150, deadline=None)
def test_never_raises(noise: bytes) -> None:
    read(noise)
    read(HEAD + noise + TAIL)
    assert read(HEAD + ITEM + noise[:3]).entries or b"<" in noise


@needs_data
def test_the_shared_feeds() -> None:
    files = [p for p in sorted((DATA / "feeds").rglob("*")) if p.suffix in {".xml", ".json"}]
    assert len(files) > 1500
    lost = []
    for path in files:
        feed = read(path.read_bytes())
        assert all(entry.url for entry in feed.entries)
        if feed.state is FeedState.NOT_A_FEED and "<title" in path.read_text("utf-8", "replace"):
            lost.append(path.name)
    # Microsoft's Channel Definition Format names no articles of a kind we could fetch.
    assert len(lost) <= 12, lost
