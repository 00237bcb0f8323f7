"""Which passes may begin with a first look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from spiders.firstlook import KEY, Rules, documents, first_urls, pause_s, rules_of
from spiders.sources import Channel, ChannelKind, Politeness, Source
from storage.types import Discovery, SourceState, Validator

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED, LIST = "https://news.example/feed", "https://news.example/list/1"
SOURCE = Source(
    id="s",
    name="S",
    home="https://news.example/",
    channels=(
        Channel(kind=ChannelKind.FEED, url=FEED),
        Channel(kind=ChannelKind.ARCHIVE, url="https://news.example/archive"),
        Channel(kind=ChannelKind.LISTING, url="https://news.example/list/{page}"),
    ),
)
RULES = Rules(at=NOW - HOUR, allowed=frozenset({FEED, LIST}), delay_s=3.0)


def held(url: str, **fields: Any) -> Validator:
    stated: dict[str, Any] = {"etag": "x", "checked_at": NOW - HOUR, "full_at": NOW - HOUR}
    return Validator(url=url, source_id="s", **{**stated, **fields})


def state(**memory: Any) -> SourceState:
    return SourceState(
        source_id="s",
        interval=HOUR,
        next_due_at=NOW,
        memory={KEY: RULES.as_json(), **memory},
    )


HELD = {FEED: held(FEED), LIST: held(LIST)}


def look(
    source: Source = SOURCE,
    of: SourceState | None = None,
    validators: dict[str, Validator] | None = None,
    **more: Any,
) -> list[str] | None:
    given: dict[str, Any] = {"awaiting": (), "baseline": False, "now": NOW, **more}
    found = documents(source, of or state(), HELD if validators is None else validators, **given)
    return found and [document.url for document in found]


def test_the_first_document_of_each_live_channel() -> None:
    assert first_urls(SOURCE) == ((FEED, Discovery.FEED), (LIST, Discovery.LISTING))
    assert look() == [FEED, LIST]


POLITE = replace(SOURCE, politeness=Politeness(robots=False))


@pytest.mark.parametrize(
    ("given", "may"),
    [
        pytest.param({"awaiting": {"s"}}, False, id="articles to visit again"),
        pytest.param({"awaiting": {"other"}}, True, id="another's articles"),
        pytest.param({"baseline": True}, False, id="the first pass is not over"),
        pytest.param({"of": state(gap={"open": True})}, False, id="a gap is being filled"),
        pytest.param({"of": state(gap={"open": False})}, True, id="a gap that is over"),
        pytest.param({"of": state(gap=None)}, True, id="no gap"),
        pytest.param({"validators": {FEED: held(FEED)}}, False, id="one was never read whole"),
        pytest.param({"validators": {**HELD, FEED: held(FEED, full_at=NOW - 24 * HOUR)}}, False,
                     id="a day since the whole was asked for"),
        pytest.param({"validators": {**HELD, FEED: held(FEED, full_at=NOW + HOUR)}}, False,
                     id="our clock was stepped back"),
        pytest.param({"validators": {**HELD, FEED: held(FEED, etag="", body_hash=None)}}, False,
                     id="a liar, and no bytes to compare with"),
        pytest.param({"validators": {**HELD, FEED: held(FEED, etag=None, body_hash="0")}}, True,
                     id="no validator, but bytes to compare with"),
        pytest.param({"of": state(robots=replace(RULES, at=NOW - 24 * HOUR).as_json())}, False,
                     id="robots.txt was read a day ago"),
        pytest.param({"of": state(robots=replace(RULES, allowed=frozenset({FEED})).as_json())},
                     False, id="robots.txt forbids one"),
        pytest.param({"of": state(robots=None)}, False, id="robots.txt was never read"),
        pytest.param({"of": state(robots={"at": "yesterday"})}, False, id="not to be read"),
        pytest.param({"of": state(robots=None), "source": POLITE}, True, id="robots.txt is not asked"),
        pytest.param({"source": replace(SOURCE, channels=SOURCE.channels[1:2])}, False,
                     id="an archive alone"),
    ],
)  # fmt: skip
def test_when_a_pass_may_begin_with_a_look(given: dict[str, Any], may: bool) -> None:
    assert bool(look(**given)) is may


def test_rules_come_back_as_they_were_kept() -> None:
    assert rules_of({KEY: RULES.as_json()}) == RULES
    assert pause_s(SOURCE, {KEY: RULES.as_json()}) == 3.0
    assert pause_s(SOURCE, {}) == SOURCE.politeness.delay_s
    assert pause_s(POLITE, {KEY: RULES.as_json()}) == POLITE.politeness.delay_s
