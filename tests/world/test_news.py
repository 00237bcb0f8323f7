"""The demo's script: consistent with itself, and with what its watchlist is about."""

from __future__ import annotations

from datetime import UTC, datetime

from alerts.match import Matcher, Subject
from alerts.watchlist import load_watchlists
from crawler.world import news
from crawler.world.demo import COPIES, STORIES, WATCHLIST

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_each_article_has_a_publisher_and_a_path_of_its_own() -> None:
    script = news.script(NOW)
    hosts = {site.host for site in news.sites()}
    told = [*script.before, *script.fresh.values()]
    assert {one.host for one in told} == hosts
    assert len({(one.host, one.piece.path) for one in told}) == len(told)


def test_the_script_is_in_order_and_in_the_past() -> None:
    script = news.script(NOW)
    times = [one.piece.published_at for one in script.fresh.values()]
    assert times == sorted(times)
    assert max(times) < NOW
    assert max(one.piece.published_at for one in script.before) < min(times)


def test_the_watchlist_is_about_the_stories_and_nothing_else() -> None:
    script = news.script(NOW)
    matcher = Matcher(load_watchlists({"desk.toml": WATCHLIST}))
    languages = {site.host: site.language for site in news.sites()}
    matched = {
        name
        for name, told in script.fresh.items()
        if matcher.match(
            Subject(title=told.piece.title, text=told.piece.text, language=languages[told.host])
        )
    }
    assert matched == {*STORIES, *COPIES}


def test_a_copy_carries_the_text_and_an_edit_changes_it() -> None:
    script = news.script(NOW)
    swap = script.fresh["swap"].piece.text
    assert script.fresh["swap-copy"].piece.text == swap
    assert swap in script.fresh["swap-longer"].piece.text
    assert "2030" in script.edits["swap"].text
    assert "2030" not in swap
