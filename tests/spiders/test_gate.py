from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spiders.gate import (
    GatePolicy,
    Refused,
    blocked,
    check_url,
    networks,
    policy_for,
    without_secrets,
)
from spiders.sources import Channel, ChannelKind, Source

REFUSED = [
    ("file:///etc/passwd", "scheme"),
    ("ftp://example.com/x", "scheme"),
    ("gopher://example.com/", "scheme"),
    ("javascript:alert(1)", "scheme"),
    ("data:text/html,x", "scheme"),
    ("//example.com/relative", "unreadable"),
    ("http://", "unreadable"),
    ("http://user:pw@example.com/", "userinfo"),
    ("http://user@example.com/", "userinfo"),
    # GHSA-rph4-96w6-q594: one parser goes to the first host, another to the second.
    ("http://127.0.0.1:1\\@example.com/", "backslash"),
    ("http://example.com\\.evil.example/", "backslash"),
    ("http://example.com/a\nb", "control_character"),
    ("http://example.com/\u202egnp.exe", "control_character"),
    ("http://example.com/\x00", "control_character"),
    ("http://example.com:22/", "port"),
    ("http://example.com:6379/", "port"),
    ("http://127.0.0.1/", "private_address"),
    ("http://127.1/", "private_address"),
    ("http://2130706433/", "private_address"),
    ("http://0x7f000001/", "private_address"),
    ("http://0177.0.0.1/", "private_address"),
    ("http://①②⑦.⓪.⓪.①/", "private_address"),
    ("http://%31%32%37.0.0.1/", "private_address"),
    ("http://127.0.0.1./", "private_address"),
    ("http://0/", "private_address"),
    ("http://0.0.0.0/", "private_address"),
    ("http://[::1]/", "private_address"),
    ("http://[::ffff:127.0.0.1]/", "private_address"),
    ("http://[::ffff:7f00:1]/", "private_address"),
    ("http://[64:ff9b::7f00:1]/", "private_address"),
    ("http://[2002:7f00:1::]/", "private_address"),
    ("http://[fe80::1]/", "private_address"),
    ("http://[fd00::1]/", "private_address"),
    ("http://10.0.0.1/", "private_address"),
    ("http://192.168.1.1/", "private_address"),
    ("http://169.254.169.254/latest/meta-data/", "private_address"),
    # Carrier-grade NAT: changedetection's GHSA-gwph-fp79-379w.
    ("http://100.64.0.1/", "private_address"),
    ("http://224.0.0.1/", "private_address"),
    ("http://localhost/", "private_address"),
    ("http://LOCALHOST./", "private_address"),
    ("http://x.localhost/", "private_address"),
    ("http://printer.local/", "private_address"),
    ("http://example.com/" + "a" * 5000, "too_long"),
    # Short as written, long as sent: three bytes of six characters each.
    ("http://example.com/" + "政" * 1000, "too_long"),
    # No name has an empty label; what a resolver makes of one nobody knows (fuzzing).
    ("http://1../", "no_host"),
    ("http://.example.com/", "no_host"),
]

PASSED = [
    ("http://example.com", "http://example.com/"),
    ("HTTP://EXAMPLE.com:80/A?b=C#frag", "http://example.com/A?b=C"),
    (" https://example.com/a b \n", "https://example.com/a%20b"),
    ("http://例え.jp/中文?x=中", "http://xn--r8jz45g.jp/%E4%B8%AD%E6%96%87?x=%E4%B8%AD"),
    ("https://example.com:8443/", "https://example.com:8443/"),
    ("http://example.com/a|b", "http://example.com/a%7Cb"),
    ("http://1.1.1.1/", "http://1.1.1.1/"),
    ("http://a_b.example.com/", "http://a_b.example.com/"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_refused(url: str, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        check_url(url)
    assert caught.value.reason == reason


@pytest.mark.parametrize(("url", "expected"), PASSED)
def test_passed(url: str, expected: str) -> None:
    assert check_url(url) == expected
    assert check_url(expected) == expected


@given(st.text(max_size=60).map("http://".__add__) | st.text(max_size=60))
@example("http://a@b@c/")
@example("http://[::1]%00/")
@example("http://example.com:80:90/")
def test_no_url_passes_that_two_parsers_read_differently(url: str) -> None:
    try:
        checked = check_url(url)
    except Refused:
        return
    parts = urlsplit(checked)
    assert parts.scheme in {"http", "https"}
    assert parts.username is None
    assert parts.hostname
    assert "\\" not in checked
    assert checked.isascii()
    assert check_url(checked) == checked


def test_a_port_named_in_the_definition_is_allowed() -> None:
    channel = Channel(kind=ChannelKind.FEED, url="http://news.example:8901/feed")
    source = Source(id="s", name="S", home="http://news.example/", channels=(channel,))
    assert check_url("http://news.example:8901/a", policy=policy_for(source))
    with pytest.raises(Refused):
        check_url("http://news.example:8902/a", policy=policy_for(source))


def test_an_allowed_network_is_public() -> None:
    policy = GatePolicy(private_networks=networks(("10.1.0.0/16",)))
    assert check_url("http://10.1.2.3/", policy=policy)
    with pytest.raises(Refused):
        check_url("http://10.2.2.3/", policy=policy)


@pytest.mark.parametrize("address", ["nonsense", "", "1.2.3", "10.0.0.1%eth0", "ff02::1"])
def test_what_is_no_public_address_is_blocked(address: str) -> None:
    assert blocked(address)


def test_logs_show_no_secrets() -> None:
    assert without_secrets("http://u:p@h.example/a?token=1") == "http://h.example/a?…"
    assert "\n" not in without_secrets("http://h/\nERROR fake")
