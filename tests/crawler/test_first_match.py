"""A revision that makes a theme hold for the first time is told as such: through a real archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from storage_articles import DAY, HOUR, NOW, article, capture
from storage_backends import *

from alerts.match import Matcher
from alerts.message import render
from alerts.watchlist import load_watchlists
from crawler.clock import utcnow
from crawler.ingest import Desk, ingest
from crawler.rematching import rematch
from spiders.items import Page
from storage.archive import Archive
from storage.types import ChangeClass, Discovery, Entry, Recorded
from storage.views import AlertView

BATTERIES = """
id = "desk"
destination = "policy"
delivery = { changes = ["substantive", "withdrawn"] }
[[themes]]
id = "batteries"
name = "Batteries"
query = "battery"
"""
BOTH = BATTERIES + '\n[[themes]]\nid = "sea"\nname = "The sea"\nquery = "herring OR trawler"\n'

PARAGRAPHS = [
    f"The council of district {number} met on Monday and spoke for {number + 2} hours about roads, "
    f"schools and the budget of the year, which is {number * 70 + 11} million."
    for number in range(9)
]
PLAIN = "\n\n".join(PARAGRAPHS)
BATTERY = (
    PLAIN + "\n\nA battery plant will open by the heerring port with 340 jobs in the first year."
)
#: A slip mended: too little to be told for itself.
SEA = BATTERY.replace("heerring", "herring")
MARKET = (
    PLAIN + "\n\nA herring market will open at the port with 120 stalls, the mayor said on Friday."
)


def desk(text: str = BOTH) -> Desk:
    lists = load_watchlists({"desk.toml": text})
    return Desk(matcher=Matcher(lists), watchlists=lists)


def read(
    archive: Archive, text: str, at: datetime, *, baseline: bool = False, using: Desk | None = None
) -> Recorded:
    one = article(1, title="The council met", text=text, fetched_at=at)
    page = Page(
        source_id="example",
        entry=Entry(url=one.url, found_by=Discovery.FEED),
        capture=replace(capture(one.url, fetched_at=at), body=text.encode()),
    )
    return ingest(archive, page, one, desk=using or desk(), now=at, baseline=baseline)


def told(archive: Archive) -> list[AlertView]:
    with archive.read() as reader:
        return list(reversed(reader.alerts()))


def names(alerts: list[AlertView]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(alert.op, alert.kind, alert.themes) for alert in alerts]


def test_an_article_that_concerned_nobody_is_told_when_it_does(sqlite_archive: Archive) -> None:
    read(sqlite_archive, PLAIN, NOW)
    assert told(sqlite_archive) == []
    read(sqlite_archive, MARKET, NOW + DAY)
    assert names(told(sqlite_archive)) == [("post", "story", ("sea",))]


def test_a_told_article_that_comes_to_match_another_theme_is_told_again(
    sqlite_archive: Archive,
) -> None:
    read(sqlite_archive, BATTERY, NOW)
    assert names(told(sqlite_archive)) == [("post", "story", ("batteries",))]
    recorded = read(sqlite_archive, SEA, NOW + DAY)
    assert recorded.change is not None
    # It would not ring but for the new theme.
    assert recorded.change.change_class is not ChangeClass.SUBSTANTIVE
    alerts = told(sqlite_archive)[1:]
    assert [(alert.op, alert.kind) for alert in alerts] == [
        ("update", "story"),
        ("reply", "change"),
    ]
    reply = alerts[1]
    assert reply.themes == ("batteries", "sea")
    assert reply.payload["new_themes"] == ["sea"]
    message = render(reply.payload)
    assert "Now also about The sea" in message.plain
    assert "Now also about The sea" in str(message.blocks)


def test_a_silently_filed_article_is_told_by_its_new_theme_alone(sqlite_archive: Archive) -> None:
    read(sqlite_archive, BATTERY, NOW, baseline=True)
    assert told(sqlite_archive) == []
    read(sqlite_archive, SEA, NOW + DAY)
    assert names(told(sqlite_archive)) == [("post", "story", ("sea",))]


def test_a_theme_that_held_before_is_no_news(sqlite_archive: Archive) -> None:
    read(sqlite_archive, SEA, NOW)
    read(sqlite_archive, BATTERY, NOW + DAY)
    count = len(told(sqlite_archive))
    read(sqlite_archive, SEA.replace("herring", "trawler"), NOW + 3 * DAY)
    new = told(sqlite_archive)[count:]
    assert [alert for alert in new if alert.payload.get("new_themes")] == []


@pytest.mark.parametrize(("rematched", "expected"), [(False, ["sea"]), (True, [])])
def test_after_a_rematch_an_added_theme_is_no_news_for_what_it_holds_for(
    sqlite_archive: Archive, rematched: bool, expected: list[str]
) -> None:
    read(sqlite_archive, SEA, NOW, using=desk(BATTERIES))
    if rematched:
        done = rematch(
            sqlite_archive, desk().watchlists, clock=utcnow, progress=lambda done, total: None
        )
        assert done.added == 1
    assert len(told(sqlite_archive)) == 1
    read(sqlite_archive, SEA.replace("about roads", "about bridges", 1), NOW + DAY + HOUR)
    fresh = [name for alert in told(sqlite_archive) for name in alert.payload.get("new_themes", ())]
    assert fresh == expected
