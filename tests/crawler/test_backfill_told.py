"""What people are told of a backfill: gaps, progress, and whether it rings."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from crawler.backfill.ringing import Ringing, listening
from crawler.backfill.summary import progress_line, standings
from storage.units import Unit

BEGIN = datetime(2021, 3, 10, tzinfo=UTC)


def unit(**fields: object) -> Unit:
    return Unit(
        **{"source_id": "a", "way": "sitemap", "key": "s.xml", "place": 7}
        | {"begins_at": BEGIN, "ends_at": BEGIN + timedelta(days=90), **fields}
    )


def test_what_is_missing_by_month() -> None:
    units = [
        unit(state="done", counts={"new": 3, "promised 2021-03": 5, "held 2021-03": 3}),
        unit(
            key="b",
            state="failed",
            error="too bad",
            counts={"promised 2021-04": 2, "held 2021-04": 2},
        ),
        unit(key="c", state="cancelled"),
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
    assert progress_line("a", done=0, total=1, counts=Counter(), seconds=9, at="feed x") == (
        "a: 0 of 1 unit, at feed x"
    )


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
    assert counted(unit(counts=counts, cursor={"depth": 2})) == {"new": 4}
    assert counted(unit(counts=counts, cursor={"page": 2})) == counts
    saved = Counter({"new": 1, "promised 2021-03": 5, "held 2021-03": 5})
    assert settled(Counter(counts), saved) == {
        "new": 4,
        "promised 2021-03": 5,
        "held 2021-03": 5,
    }
