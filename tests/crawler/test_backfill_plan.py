"""What is planned: ways, units, children of an index, the document before this one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.backfill.plan import WayName, channel_of, chosen, estimate, offered, plan
from crawler.backfill.span import Span
from crawler.backfill.ways.sitemap import MAX_CHILDREN, children
from crawler.backfill.wish import Wish, write_plan
from spiders.older import address, older_document
from spiders.sitemaps import Child
from spiders.sources import Channel, ChannelKind, Source
from storage.archive import Archive
from storage.units import Unit


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SPAN = Span(at("2021-03-10"), at("2021-06-01"))


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


def test_a_wish_up_to_now_goes_on_to_the_end_it_had(tmp_path: Path) -> None:
    """Else every cursor would start anew for the minutes since the command was first given."""
    paged = source(PAGED)
    monday, tuesday = at("2021-06-01T10:00:00"), at("2021-06-02T10:00:00")

    def wish(end: datetime, *, up_to_now: bool = True) -> Wish:
        return Wish(span=Span(SPAN.begin, end), up_to_now=up_to_now)

    with Archive(f"sqlite:///{tmp_path / 'a.db'}") as archive:
        archive.create()

        def planned(one: Wish) -> int:
            return write_plan(archive, {"a": paged}, one, now=one.span.end)

        def held() -> Unit:
            with archive.read() as reader:
                return reader.units(["a"])[0]

        def work(state: str, cursor: dict[str, int]) -> None:
            with archive.begin() as tx:
                unit = tx.next_unit("a", "me", now=monday, lease=timedelta(days=9))
                assert tx.checkpoint_unit(
                    unit.id, "me", cursor=cursor, counts={}, now=monday, lease=timedelta(days=9)
                )
                assert tx.end_unit(unit.id, "me", state=state, counts={}, now=monday)

        assert planned(wish(monday)) == 1
        work("pending", {"page": 700})
        assert planned(wish(tuesday)) == 1
        assert (held().cursor, held().ends_at) == ({"page": 700}, monday)
        work("failed", {"page": 900})
        assert planned(wish(tuesday)) == 1
        assert (held().cursor, held().ends_at) == ({"page": 900}, monday)
        # An end that somebody states is meant.
        assert planned(wish(tuesday, up_to_now=False)) == 1
        assert (held().cursor, held().ends_at) == ({}, tuesday)
        work("done", {"page": 1000})
        assert planned(wish(tuesday)) == 0
        assert planned(wish(at("2021-06-03"))) == 1  # done: the days since are wanted
