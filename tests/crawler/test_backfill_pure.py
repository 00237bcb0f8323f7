"""What is wanted of history, and where it may be: rules without a network."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.backfill.dates import Reach, Run, of_article, of_entry, place, proven
from crawler.backfill.plan import WayName, channel_of, chosen, estimate, offered, plan
from crawler.backfill.ringing import Ringing, listening
from crawler.backfill.span import Span, days, months, stated
from crawler.backfill.summary import progress_line, standings
from crawler.backfill.ways.sitemap import MAX_CHILDREN, children
from spiders.older import address, older_document
from spiders.sitemaps import Child
from spiders.sources import Channel, ChannelKind, Source
from storage.types import Article, Discovery, Entry, Precision
from storage.units import Unit


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SPAN = Span(at("2021-03-10"), at("2021-06-01"))


def test_months_and_days_cover_the_span_and_no_more() -> None:
    assert [(key, part.begin, part.end) for key, part in months(SPAN)] == [
        ("2021-05", at("2021-05-01"), at("2021-06-01")),
        ("2021-04", at("2021-04-01"), at("2021-05-01")),
        ("2021-03", at("2021-03-10"), at("2021-04-01")),
    ]
    assert [key for key, _ in days(Span(at("2020-02-28T12:00"), at("2020-03-01T00:00")))] == [
        "2020-02-29",
        "2020-02-28",
    ]


@given(
    st.integers(0, 45 * 365 * 24),
    st.timedeltas(timedelta(1), timedelta(900)),
)
def test_the_parts_make_the_whole(hours: int, length: timedelta) -> None:
    begin = at("1995-01-01") + timedelta(hours=hours)
    whole = Span(begin, begin + length)
    for cut in (months, days):
        parts = [part for _, part in cut(whole)][::-1]
        assert parts[0].begin == whole.begin
        assert parts[-1].end == whole.end
        assert all(a.end == b.begin for a, b in itertools.pairwise(parts))


@pytest.mark.parametrize(
    ("name", "begin", "length"),
    [
        ("https://a.example/sitemap-2021-03.xml", "2021-03-01", 31),
        ("https://a.example/post-sitemap_202102.xml.gz", "2021-02-01", 28),
        ("https://a.example/sitemaps/2021/12/", "2021-12-01", 31),
        ("https://a.example/sitemap/2021-03-05.xml", "2021-03-05", 1),
        ("https://a.example/sitemap-20210305.xml", "2021-03-05", 1),
        ("https://a.example/sitemap-2021-02-31.xml", "2021-02-01", 28),  # no such day
        ("https://a.example/sitemap-news-2019.xml", "2019-01-01", 365),
        ("https://a2021-03.example/sitemap-7.xml", None, 0),  # the host says nothing
        ("https://a.example/sitemap-123456789.xml", None, 0),
        ("https://a.example/post-sitemap13.xml", None, 0),
    ],
)
def test_what_a_file_name_states(name: str, begin: str | None, length: int) -> None:
    found = stated(name)
    if begin is None:
        assert found is None
    else:
        assert found == Span(at(begin), at(begin) + timedelta(days=length))


def entry(url: str, dated: str | None = None, by: Discovery = Discovery.LISTING) -> Entry:
    return Entry(url=url, found_by=by, published_at=at(dated) if dated else None)


@pytest.mark.parametrize(
    ("url", "dated", "by", "trusted", "reach"),
    [
        ("https://a.example/2021/04/05/x.html", "1999-01-01", "listing", True, "within"),
        ("https://a.example/2021/03/09/x.html", None, "listing", True, "within"),  # another zone
        ("https://a.example/2021/03/08/x.html", None, "listing", True, "before"),
        ("https://a.example/2021/06/03/x.html", None, "listing", True, "after"),
        ("https://a.example/x", "2021-04-05", "listing", True, "within"),
        ("https://a.example/x", "2020-04-05", "feed", True, "before"),
        ("https://a.example/x", "2022-04-05", "wordpress", True, "after"),
        ("https://a.example/x", None, "listing", True, "unknown"),
        # A page changed before the span cannot be of it; one changed after it can.
        ("https://a.example/x", "2020-04-05", "sitemap", True, "before"),
        ("https://a.example/x", "2020-04-05", "sitemap", False, "unknown"),
        ("https://a.example/x", "2022-04-05", "sitemap", True, "unknown"),
        ("https://a.example/x", "2021-04-05", "sitemap", True, "unknown"),
    ],
)
def test_where_an_entry_lies(
    url: str, dated: str | None, by: str, trusted: bool, reach: str
) -> None:
    one = entry(url, dated, Discovery(by))
    assert of_entry(one, SPAN, zone=None, trusted=trusted) is Reach(reach)


def test_the_page_decides_to_the_second_but_for_a_day() -> None:
    def article(moment: datetime | None, precision: Precision | None = None) -> Article:
        return Article(
            source_id="a", url="u", canonical_url="u", title="t", text="t", fetched_at=SPAN.end,
            published_at=moment, published_precision=precision,
        )  # fmt: skip

    second = timedelta(seconds=1)
    assert of_article(article(SPAN.begin), SPAN) is Reach.WITHIN
    assert of_article(article(SPAN.begin - second), SPAN) is Reach.BEFORE
    assert of_article(article(SPAN.begin - second, Precision.DAY), SPAN) is Reach.WITHIN
    assert of_article(article(SPAN.end), SPAN) is Reach.AFTER
    assert of_article(article(None), SPAN) is Reach.UNKNOWN
    assert place(None, SPAN) is Reach.UNKNOWN


def _listed(changed: list[str]) -> list[Entry]:
    return [
        entry(f"https://a.example/2021/03/{n + 1:02}/x.html", moment, Discovery.SITEMAP)
        for n, moment in enumerate(changed)
    ]


def test_lastmod_is_believed_when_it_proved_true() -> None:
    true = [f"2021-03-{n + 1:02}T05:00:00" for n in range(15)]
    assert proven(_listed(true), zone=None)
    assert not proven(_listed(true[:5]), zone=None)  # too few to tell
    assert not proven(_listed(["2024-01-01"] * 15), zone=None)  # all the same
    assert not proven(_listed([*true[:14], "2010-01-01"]), zone=None)  # before its own page
    undated = [entry(f"https://a.example/{n}", "2021-03-01") for n in range(15)]
    assert not proven(undated, zone=None)  # nothing to compare with


def test_pinned_entries_do_not_end_a_section() -> None:
    row = Run(3)
    for reach in ("before", "before", "within", "before", "unknown", "before"):
        row.take(Reach(reach))
        assert not row.over
    row.take(Reach.BEFORE)
    assert row.over
    assert Run(3, so_far=3).over  # as a cursor remembers it


def source(*channels: Channel, **fields: object) -> Source:
    return Source(
        **{"id": "a", "name": "A", "home": "https://a.example/", "channels": channels, **fields}
    )


def channel(kind: str, url: str, **fields: object) -> Channel:
    return Channel(kind=ChannelKind(kind), url=url, **fields)


DAILY = channel("archive", "https://a.example/{year}-{month}/{day}.htm")
MONTHLY = channel("archive", "https://a.example/b/{year}/{month}/")
SITEMAP = channel("sitemap", "https://a.example/sitemap.xml")
PAGED = channel("listing", "https://a.example/news/{page}")
SINGLE = channel("listing", "https://a.example/news/")


def test_the_ways_and_their_order() -> None:
    rich = source(PAGED, SITEMAP, SINGLE, DAILY)
    assert offered(rich) == ("archive", "sitemap", "section")
    assert chosen(rich, None) == ("archive", "sitemap")  # pagination costs the most
    assert chosen(rich, [WayName.WAYBACK, WayName.SECTION]) == ("section", "wayback")
    assert chosen(source(PAGED), None) == ("section",)
    assert chosen(source(SINGLE), None) == ()  # leads no further than its first page
    assert chosen(source(SINGLE), [WayName.SITEMAP]) == ()


def test_the_plan() -> None:
    rich = source(DAILY, MONTHLY, SITEMAP)
    units = plan(rich, Span(at("2021-03-30"), at("2021-04-02")))
    assert [(unit.way, unit.key) for unit in units] == [
        ("archive", "0 2021-04-01"),
        ("archive", "0 2021-03-31"),
        ("archive", "0 2021-03-30"),
        ("archive", "1 2021-04"),
        ("archive", "1 2021-03"),
        ("sitemap", "https://a.example/sitemap.xml"),
    ]
    assert [unit.place for unit in units] == sorted(unit.place for unit in units)
    assert channel_of(rich, units[0]) is DAILY
    assert channel_of(rich, units[3]) is MONTHLY
    assert channel_of(rich, units[5]) is SITEMAP
    assert address(DAILY.url, "2021-03-05") == "https://a.example/2021-03/05.htm"
    assert channel_of(source(SITEMAP), units[3]) is None  # the definition changed since
    cost = estimate(rich, units)
    assert (cost.units, cost.requests, cost.seconds, cost.unknown) == (6, 6, 6.0, 6)
    late = plan(rich, Span(at("2021-03-30"), at("2021-04-02")), [WayName.WAYBACK])
    assert [unit.key for unit in late] == ["2021-03", "2021-04", "2021-05"]  # one month beyond


def _unit(**fields: object) -> Unit:
    return Unit(
        **{"source_id": "a", "way": "sitemap", "key": SITEMAP.url, "place": 7}
        | {"begins_at": SPAN.begin, "ends_at": SPAN.end, **fields}
    )


def _children(*named: tuple[str, str | None], **fields: object) -> list[str]:
    found = [Child(url=name, changed_at=at(when) if when else None) for name, when in named]
    units, _ = children(found, _unit(**fields), 3)
    return [unit.key for unit in units]


def test_children_that_may_hold_what_is_wanted() -> None:
    assert _children(
        ("s-2021-01.xml", None),
        ("s-2021-03.xml", None),
        ("s-2021-05.xml", None),
        ("s-2022.xml", None),
    ) == ["s-2021-05.xml", "s-2021-03.xml"]
    # Without months, and without proof, nothing is left out.
    assert len(_children(("a.xml", "2015-01-01"), ("b.xml", None))) == 2
    # Proven by the children that state their month: then the old one is old.
    months_ = [(f"s-2021-0{n}.xml", f"2021-0{n + 1}-01") for n in range(1, 6)]
    assert "old.xml" not in _children(*months_, ("old.xml", "2015-01-01"))
    # False ones: changed before their own month began.
    false = [(name, "2016-01-01") for name, _ in months_]
    assert "old.xml" in _children(*false, ("old.xml", "2015-01-01"))


def test_indexes_that_would_never_end() -> None:
    assert _children((SITEMAP.url, None)) == []  # itself
    assert _children(("a.xml", None), ("a.xml", None)) == ["a.xml"]
    units, notes = children([Child(url="a.xml")], _unit(cursor={"depth": 3}), 3)
    assert units == ()
    assert "deeper" in notes[0]
    many = [Child(url=f"map{n:06}.xml") for n in range(50_000)]
    units, notes = children(many, _unit(), 3)
    assert len(units) == MAX_CHILDREN
    assert "names 50000 sitemaps" in notes[0]


@pytest.mark.parametrize(
    ("feed", "target"),
    [
        ('<feed><link rel="prev-archive" href="/2021.xml"/></feed>', "https://a.example/2021.xml"),
        (
            "<rss><atom:link rel='prev-archive' href='x?a=1&amp;b=2'/></rss>",
            "https://a.example/x?a=1&b=2",
        ),
        ('<feed><link rel="next" href="/2.xml"/></feed>', "https://a.example/2.xml"),
        ('<feed><link rel="next-archive" href="/2.xml"/></feed>', None),  # the newer one
        ('<feed><link href="/"/></feed>', None),
        ("", None),
    ],
)
def test_the_document_before_this_one(feed: str, target: str | None) -> None:
    assert older_document(feed.encode(), "https://a.example/feed") == target


def test_what_is_missing_by_month() -> None:
    units = [
        _unit(state="done", counts={"new": 3, "promised 2021-03": 5, "held 2021-03": 3}),
        _unit(
            key="b",
            state="failed",
            error="too bad",
            counts={"promised 2021-04": 2, "held 2021-04": 2},
        ),
        _unit(key="c", state="cancelled"),
    ]
    (one,) = standings(units)
    assert one.gaps == (("2021-03", 5, 3),)
    assert one.failures == (("b", "too bad"),)
    assert (one.total, one.counts["new"]) == (2, 3)
    assert one.as_json()["units"]["cancelled"] == 1


def test_a_line_of_progress() -> None:
    counts = Counter({"new": 120, "known": 30, "left out: off_site": 9})
    line = progress_line("a", done=10, total=40, counts=counts, seconds=60, at="sitemap x")
    assert line == ("a: 10 of 40 units, 3m left, 2.5 a second: 120 new, 30 known, at sitemap x")


def test_how_history_rings() -> None:
    from alerts.rules import Delivery, Mode
    from alerts.watchlist import Watchlist, load_watchlists

    text = 'name = "D"\ndestination = "d"\n[[themes]]\nid = "a"\nname = "A"\nquery = "battery"\n'
    (loud,) = load_watchlists({"d.toml": text})
    assert isinstance(loud, Watchlist)
    assert isinstance(loud.delivery, Delivery)
    assert listening([loud], Ringing.ALL) == (loud,)
    assert listening([loud], Ringing.DIGEST)[0].delivery.mode is Mode.DIGEST


def test_counts_of_lists_are_not_counted_twice() -> None:
    from crawler.backfill.tally import counted, settled

    counts = {"new": 4, "promised 2021-03": 10, "held 2021-03": 4}
    assert counted(_unit(counts=counts, cursor={"depth": 2})) == {"new": 4}
    assert counted(_unit(counts=counts, cursor={"page": 2})) == counts
    saved = Counter({"new": 1, "promised 2021-03": 5, "held 2021-03": 5})
    assert settled(Counter(counts), saved) == {
        "new": 4,
        "promised 2021-03": 5,
        "held 2021-03": 5,
    }
