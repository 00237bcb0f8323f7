"""What documents say of how long they stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.feeds import read_feed
from spiders.hints import MAX_HINT_S, feed_ttl_s, max_age_s


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=300"}, 300),
        ({"cache-control": 'public, MAX-AGE="60"'}, 60),
        ({"cache-control": "s-maxage=900"}, 0),
        ({"cache-control": "max-age=300", "age": "200"}, 100),
        ({"cache-control": "max-age=300", "age": "9000"}, 0),
        ({"cache-control": "no-cache, max-age=300"}, 0),
        ({"cache-control": "max-age=999999999"}, MAX_HINT_S),
        ({"cache-control": "max-age=-5"}, 0),
    ],
)
def test_max_age(headers: dict[str, str], seconds: float) -> None:
    assert max_age_s(headers) == seconds


@pytest.mark.parametrize(
    ("feed", "seconds"),
    [
        ({}, 0),
        ({"ttl": "60"}, 3600),
        ({"ttl": "soon"}, 0),
        ({"ttl": "9999999999"}, 0),
        ({"sy_updateperiod": "hourly", "sy_updatefrequency": "2"}, 1800),
        ({"sy_updateperiod": "\n\thourly\t", "sy_updatefrequency": "\n1"}, 3600),
        ({"sy_updateperiod": "weekly"}, MAX_HINT_S),
        ({"sy_updateperiod": "hourly", "sy_updatefrequency": "0"}, 3600),
        ({"sy_updateperiod": "now and then"}, 0),
    ],
)
def test_feed_ttl(feed: dict[str, str], seconds: float) -> None:
    assert feed_ttl_s(feed) == seconds


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_header_is_read(control: str, age: str) -> None:
    assert 0 <= max_age_s({"cache-control": control, "age": age}) <= MAX_HINT_S


def test_a_feed_carries_its_hint() -> None:
    body = b"""<?xml version="1.0"?><rss version="2.0"
    xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>T</title>
    <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
    <item><title>One</title><link>https://a.example/1</link></item></channel></rss>"""
    assert read_feed(body, url="https://a.example/feed").ttl_s == 900
