"""Dates as printed in English, Chinese and Korean; what is no date stays none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.dates import find_dates, in_utc, parse_date, possible, url_day
from spiders.zones import zone_for
from storage.types import Precision

SHANGHAI = "Asia/Shanghai"
CASES = [
    ("2025-03-14 09:30:12 来源：新华社", "2025-03-14T09:30:12+08:00", ""),
    ("发布时间： 2025-03-14 09:30", "2025-03-14T09:30:00+08:00", "published"),
    ("Xinhua | Updated: 2025-01-27 17:28", "2025-01-27T17:28:00+08:00", "updated"),
    ("Published : Mar 14, 2025 - 16:05", "2025-03-14T16:05:00+08:00", "published"),
    ("2026.01.06. 오전 10:54", "2026-01-06T10:54:00+08:00", ""),
    ("2026년 1월 6일 오후 3:54", "2026-01-06T15:54:00+08:00", ""),
    ("2020年05月22日10:41", "2020-05-22T10:41:00+08:00", ""),
    ("Monday, Jan. 27, 2025 at 5:28 p.m. EST", "2025-01-27T17:28:00-05:00", ""),
    # CST is China's here, because the source's zone says so.
    ("Jan 27, 2025 17:28 CST", "2025-01-27T17:28:00+08:00", ""),
    ("10:30 AM, 27 Jan 2025", "2025-01-27T10:30:00+08:00", ""),
    ("24.6.2019 20:20", "2019-06-24T20:20:00+08:00", ""),
    ("二〇二五年三月十四日", "2025-03-14", ""),
    ("27 January 2025", "2025-01-27", ""),
    ("13/02/2024", "2024-02-13", ""),
]


@pytest.mark.parametrize(("text", "stated", "label"), CASES)
def test_dates_in_text(text, stated, label):
    (found,) = find_dates(text, zone=SHANGHAI)
    if "T" in stated:
        assert found.moment.at.isoformat() == stated
        assert found.moment.precision is Precision.MINUTE
    else:
        # A day is a label: its date is the stated one in UTC too.
        assert in_utc(found.moment).date().isoformat() == stated
        assert found.moment.precision is Precision.DAY
    assert found.label == label


def test_published_and_updated_on_one_line():
    found = list(find_dates("입력 2026.01.06 10:54 수정 2026.01.06 11:02", zone="Asia/Seoul"))
    assert [hit.label for hit in found] == ["published", "updated"]


@pytest.mark.parametrize(
    "text",
    [
        "on the 22nd",
        "Feb. 17",
        "03月14日 09:30",
        "2025-13-45",
        "version 1.2.3",
        # Two readings, nothing that tells: not guessed.
        "3/4/2025",
        "Tel. 2019-2020-2021",
    ],
)
def test_what_is_no_full_date(text):
    assert not list(find_dates(text))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-01-27T17:28:00+08:00", "2025-01-27T09:28:00+00:00"),
        ("2025-05-22T10:00:00.000+0000", "2025-05-22T10:00:00+00:00"),
        ("Mon, 27 Jan 2025 17:28:00 GMT", "2025-01-27T17:28:00+00:00"),
        ("1737970080", "2025-01-27T09:28:00+00:00"),
        ("20250127", "2025-01-27T00:00:00+00:00"),
    ],
)
def test_attribute_values(text, instant):
    moment = parse_date(text)
    assert moment is not None
    assert in_utc(moment).isoformat() == instant


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://x.cn/2025-01/27/c_123.htm", "2025-01-27"),
        ("https://x.com/a/202501/27/WS67.html", "2025-01-27"),
        ("https://x.com/2025/01/27/slug", "2025-01-27"),
        ("https://x.com/2025/01/slug-1-2", None),
        ("https://x.com/2019-nCoV-10-20", None),
        ("https://x.com/2025/13/45/slug", None),
    ],
)
def test_day_in_the_url(url, day):
    moment = url_day(url)
    assert (moment and moment.at.date().isoformat()) == day


def test_the_impossible_is_refused():
    now = datetime(2025, 1, 27, tzinfo=UTC)
    assert possible(parse_date("2025-01-26"), now=now)
    assert possible(parse_date("2025-01-30"), now=now) is None
    assert possible(parse_date("1970-01-01"), now=now) is None
    assert possible(None, now=now) is None


def test_zones_of_single_zone_countries():
    assert zone_for("news.example.cn", None) == SHANGHAI
    assert zone_for("example.com", "ko") == "Asia/Seoul"
    assert zone_for("example.com", "en") is None


@given(st.text(max_size=200))
def test_no_text_raises(text):
    for found in find_dates(text, zone=SHANGHAI, day_first=True):
        assert in_utc(found.moment).tzinfo is UTC
    parse_date(text)
    url_day(text)


@given(st.integers(700_000_000, 2_000_000_000))
def test_iso_round_trip(seconds):
    at = datetime.fromtimestamp(seconds, UTC)
    moment = parse_date(at.isoformat())
    assert moment is not None
    assert abs(moment.at - at) < timedelta(seconds=1)
