"""Where fuzzing begins: documents of every shape that is read, written for this project."""

from __future__ import annotations

import gzip
import json

_RSS = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="/style.xsl"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>One Times &amp; Co</title><link>https://one.example/</link><ttl>30</ttl>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
<item><title><![CDATA[Rules for <b>swapping</b> stations]]></title><link>https://one.example/2026/11/17/rules.html?a=1&amp;b=2#c</link>
<pubDate>Tue, 17 Nov 2026 09:30:00 +0800</pubDate><dc:creator>A. Writer</dc:creator>
<description>&lt;p&gt;The ministry said so.&lt;/p&gt;</description><content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded>
<guid isPermaLink="false">tag:1</guid></item>
<item><title>电池 — “换电”</title><link>/2026/11/16/second.html</link><guid>https://one.example/?p=2</guid>
<pubDate>16 Nov 26 25:61 EST</pubDate><enclosure url="a.mp3" length="x" type="audio/mpeg"/></item>
</channel></rss>"""
_ATOM = """<?xml version='1.0' encoding='gb2312'?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://one.example/"><title type="html">One &amp;amp; all</title>
<link rel="next" href="?page=2"/><updated>2026-11-17T01:30:00Z</updated>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <i>b</i></div></title>
<link rel="alternate" href="a.html"/><link rel="enclosure" href="javascript:1"/><id>urn:1</id>
<published>2026-11-17T09:30:00.123+08:00</published><updated>0001-01-01T00:00:00Z</updated><summary>s</summary></entry>
</feed>"""
_RDF = """<?xml version="1.0"?><!DOCTYPE rdf:RDF [<!ENTITY x "y">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="u"><title>&x;</title></channel><item rdf:about="u"><title>T</title><link>http://one.example/x</link></item></rdf:RDF>"""
_JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "items": [
            {"id": "1", "url": "https://one.example/a", "date_published": "2026-11-17T00:00:00Z"},
            {"id": 2, "external_url": None, "title": ["x"], "summary": "\ud800"},
        ],
    }
)
FEEDS = (_RSS.encode(), _ATOM.encode("gb2312"), _RDF.encode(), _JSON_FEED.encode())

_URLSET = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://one.example/a.html</loc><lastmod>2026-11-17</lastmod><news:news><news:publication_date>2026-11-17T01:00:00+08:00</news:publication_date><news:title>A &lt;b&gt;</news:title></news:news></url>
<url><loc> /relative?x=[ </loc><lastmod>2026-13-99</lastmod></url></urlset>"""
_INDEX = """<sitemapindex><sitemap><loc>http://[::1]/s.xml</loc></sitemap><sitemap><loc>s-2026-11.xml.gz</loc><lastmod>2026-11</lastmod></sitemap></sitemapindex>"""
SITEMAPS = (
    _URLSET.encode(),
    _INDEX.encode(),
    gzip.compress(_URLSET.encode(), mtime=0),
    b"https://one.example/1\nhttps://one.example/2\n",
    _URLSET.encode("utf-16"),
)

URLS = (
    b"https://one.example/2026/11/17/a-b.html?utm_source=x&id=1#top",
    b"http://user:pw@127.0.0.1:8080/",
    b"http://2130706433/", b"http://0x7f.1/", b"http://0177.0.0.01/", b"http://127.1",
    b"http://[::ffff:127.0.0.1]/", b"http://[fe80::1%25eth0]/", b"http://[::]:80/",
    b"http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/", b"http://localhost./", b"http://a.local/",
    b"http://one.example\\@169.254.169.254/", b"http://one.example#@10.0.0.1/",
    b"http://one.example:80:80/", b"//one.example/x", b"https:/one.example", b"HTTPS:\\\\one.example",
    b"http://xn--fiqs8s/", "http://例え.テスト/日本語?ä=ö".encode(), b"http://one.example:65536/",
    b"http://64.ff9b::7f00:1/", b"http://[64:ff9b::7f00:1]/", b"http://one.example/%00%0d%0a",
    b"http://one\tname.example/", b"javascript:alert(1)", b"data:text/html,x", b"http://..//..",
)  # fmt: skip

_PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Rules for stations | One Times</title>
<link rel="canonical" href="https://one.example/2026/11/17/rules.html"><meta property="og:title" content="Rules for stations">
<meta property="article:published_time" content="2026-11-17T09:30:00+08:00"><meta name="author" content="A. Writer">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Rules","datePublished":"2026-11-17","author":{"@type":"Person","name":["A"]}}</script>
<script type="application/ld+json">[[[{"@graph":[{"@type":["NewsArticle"]}]}]]]</script></head>
<body><nav><ul><li><a href="/">Home</a><li><a href="/x">News</a></ul></nav><article><h1>Rules for stations</h1>
<div class="meta">By A. Writer &middot; 2026年11月17日 09:30 来源：新华社</div>
<p>BEIJING, Nov. 17 (Xinhua) -- The ministry said on Monday that the new rules for battery swapping would take effect in spring, after two years of trials in eleven cities.</p>
<p>Operators must publish the price of a swap, 3.5 percent less than before, and keep records of every battery for at least ten years, said the document.</p>
<table><tr><td>12<td>34</table><figure><img src=a.jpg><figcaption>A station</figcaption></figure></article>
<aside><h2>Most read</h2><ol><li><a href=/1>One</a><li><a href=/2>Two</a></ol></aside><!-- x --></body></html>"""
PAGES = (_PAGE.encode(), _PAGE.replace("utf-8", "gb18030").encode("gb18030"), b"<p>" * 30)

_ROWS = "".join(
    f'<li class="item"><span class="date">2026-11-{day:02}</span><h3><a href="/2026/11/{day:02}/story-{day}.html">'
    f"Story {day} of the month, with a headline of usual length</a></h3><p>A line below it.</p></li>"
    for day in range(17, 5, -1)
)
_LISTING = f"""<!doctype html><html><head><base href="https://one.example/news/"><link rel="next" href="?page=2"></head>
<body><nav><a href="/">Home</a><a href="/about">About us</a></nav><ul class="list">{_ROWS}</ul>
<div class="pages"><a href="?page=1">1</a><a href="?page=2">2</a><a class=next href="?page=2">Next</a></div></body></html>"""
LISTINGS = (_LISTING.encode(), PAGES[0])

_CONFIG = """watchlists = ["watchlists/*.toml"]

[database]
url = "sqlite:///windcatch.db"

[fetch]
user_agent = "Windcatch/1 (+mailto:a@b.example)"
timeout_s = 20
allow_private_networks = ["10.0.0.0/8"]

[service]
batch = 10
nightly_hour = 3

[destinations.policy]
type = "slack"
channel = "#policy"

[destinations.file]
type = "jsonl"
path = "out.jsonl"

[operator]
destination = "policy"

[sources.one]
name = "One Times"
home = "https://one.example/"
language = "zh"
zone = "Asia/Shanghai"
interval = "30m"
deny = ["/video/", "^https?://[^/]+/(tag|author)/"]
channels = [
  {kind = "feed", url = "https://one.example/feed"},
  {kind = "listing", url = "https://one.example/news?page={page}", links = "h2 a", max_pages = 2},
]
politeness = {delay_s = 2.0, concurrency = 1}

[sources.chinadaily]
enabled = false
"""
CONFIGS = (_CONFIG.encode(),)
_WATCHLIST = """
id = "desk"
name = "Technology policy"
destination = "policy"
starter = ["quantum"]

[delivery]
mode = "digest"
every = "daily"
at = "08:00"
zone = "Asia/Shanghai"
quiet = ["22:00", "07:00"]
languages = ["en", "zh"]
changes = ["substantive", "withdrawn"]
cap_per_hour = 20
mute = [{story = "one", until = 2026-12-01T08:00:00Z}]

[delivery.themes.swap]
mode = "instant"

[groups]
cars = ["NEV", "new energy vehicle*", "新能源汽车"]
states = 'ministry OR "State Council" OR 国务院'

[[themes]]
id = "swap"
name = "Battery swapping"
query = '$cars AND (swap* NEAR/5 station OR 换电) NOT title:"phone battery"'
priority = "high"
languages = ["en", "zh"]
weights = {NEV = 2.0}

[[themes]]
id = "rules"
name = "New rules"
any = ["subsidy", "export control"]
all = ["$states"]
none = ["football"]
"""
WATCHLISTS = (_WATCHLIST.encode(),)
WORDS: dict[str, tuple[bytes, ...]] = {
    "xml": (
        b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?", b"?>", b"&#x0;", b"&#1114112;", b"&amp;", b"&x;",
        b"<item>", b"</item>", b"<entry>", b"<link/>", b'<link href="', b"<a ", b"=''", b'"', b"<x:y>",
        b"</", b"/>", b'<!DOCTYPE a [<!ENTITY a "b">]>', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b" xmlns=",
        b'encoding="utf-16"', b'encoding="utf-7"', b'encoding="x"', b"<url><loc>", b"<sitemap>", b"&" * 50,
        b"<a " + b"b='c' " * 80, b"<b>" * 80, b"2026-11-17T00:00:00Z", b"9999-99-99",
    ),
    "query": (
        b" AND ", b" OR ", b" NOT ", b"(", b")", b'"', b"'", b"NEAR/5", b"NEAR/99999", b"*", b"?", b"$cars", b"title:",
        b"\\", b"[[themes]]", b"[groups]", b"\n", b" = ", b"\xe6\x8d\xa2\xe7\x94\xb5", b"\xcc\x81", b"(" * 60, b"a OR " * 90,
        b"~", b">=2", b"{", b"}", b"1e999", b"nan", b"true", b"2026-13-01", b".a" * 60, b"[" * 60,
    ),
    "url": (
        b"@", b"\\", b"/", b"//", b":", b"[", b"]", b"%", b"%2f", b"%00", b"#", b"?", b".", b"..", b"\t",
        b"\n", b"\xe3\x80\x82", b"\xef\xbc\x8f", b"127.0.0.1", b"0", b"0x", b"[::1]", b":80", b":0", b"http:",
        b"\xc2\xad", b"\xe2\x80\x8b", b"\xe2\x80\xae", b"localhost", b".internal", b"xn--", b"|", b"a" * 300,
    ),
    "html": (
        b"<p>", b"</p>", b"<div>", b"<table><tr><td>", b"<script>", b"</script>", b"<style>", b"<!--", b"-->",
        b"<svg>", b"<math>", b"<template>", b"<select>", b"<a href=", b"'", b'"', b"&#", b"&nbsp;", b"\x00",
        b"\xff", b'<script type="application/ld+json">', b'{"@type":"NewsArticle","datePublished":', b"[" * 60,
        b"{}" * 20, b"2026-11-17", b"2026\xe5\xb9\xb411\xe6\x9c\x8817\xe6\x97\xa5", b"<h1>", b"<br>" * 40,
        b"<b>" * 100, b'<meta charset="', b"<base href=http://x>", b"<title>", b"12345678901234567890",
    ),
    "toml": (
        b"[", b"]", b"[[", b"]]", b"=", b'"', b"'''", b'"""', b"\\u0000", b"\n", b"{", b"}", b",", b"true", b"nan",
        b"inf", b"-1", b"0x7f", b"1e999", b"99999999999999999999", b"1979-05-27T07:32:00Z", b'""', b"[]", b"{}",
        b"[sources.", b"(a+)+$", b'"0s"', b'"1000000d"', b"xoxb-1-2-a", b"http://u:p@h/", b"file:///etc/passwd",
        b"\xe2\x80\xae", b"\xff", b"../../", b"type = ", b"kind = ", b"#",
    ),
}  # fmt: skip
