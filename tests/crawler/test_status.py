"""`status` for people: a screen, however many sources there are."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cli_runs import Cli

from crawler.config import load
from storage.archive import Archive

NOW = datetime.now(UTC)


def world(cli: Cli, count: int, failing: int) -> None:
    """Configure *count* sources, of which the last *failing* fail."""
    rows = "".join(
        f'[sources.source-{n}]\nname = "Source {n}"\nhome = "https://s{n}.example/"\n'
        f'channels = [{{kind = "feed", url = "https://s{n}.example/feed"}}]\n'
        for n in range(count)
    )
    path = cli.write("windcatch.toml", '[database]\nurl = "sqlite:///w.db"\n' + rows)
    config = load(path)
    with Archive(config.database_url) as archive:
        archive.create()
        with archive.begin() as tx:
            tx.sync_sources({key: s.interval for key, s in config.sources.items()}, now=NOW)
            tx.claim_sources(list(config.sources), "o", now=NOW, lease=timedelta(minutes=5))
            for place, key in enumerate(config.sources):
                bad = place >= count - failing
                tx.release_source(
                    key, "o", now=NOW, next_due_at=NOW + timedelta(minutes=9), ok=not bad, new=0,
                    error="timeout" if bad else None, memory={},
                )  # fmt: skip
                if bad:
                    reason = f"4 passes failed: timeout [/red] number {place}; wait"
                    tx.set_health(key, health="failing", reason=reason, now=NOW)


@pytest.mark.parametrize(
    ("count", "failing", "options", "listed", "told"),
    [
        (3, 1, (), 3, 1),
        (40, 2, (), 2, 2),
        (40, 0, (), 0, 0),
        (60, 40, (), 25, 8),
        (60, 40, ("--all",), 60, 40),
    ],
)
def test_what_needs_a_look_is_shown(
    cli: Cli, count: int, failing: int, options: tuple[str, ...], listed: int, told: int
) -> None:
    world(cli, count, failing)
    lines = cli("status", *options).out.splitlines()
    rows = [line for line in lines if line.startswith("source-") and ": " not in line]
    assert len(rows) == listed
    assert sum("passes failed" in line for line in lines) == told
    brief = f"{count} sources: " in "\n".join(lines)
    assert brief is (count > 25 and not options)
    if brief and failing:
        assert f"{failing} failing, {count - failing} ok" in "\n".join(lines)


def test_json_leaves_nobody_out(cli: Cli) -> None:
    world(cli, 40, 2)
    assert len(json.loads(cli("status", "--json").out)["sources"]) == 40
