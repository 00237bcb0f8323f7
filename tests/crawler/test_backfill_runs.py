"""Backfills from beginning to end: every way, twice, killed, stopped, and against traps."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from backfill_runs import (
    BEGIN,
    CHANNELS,
    END,
    articles,
    backfill,
    command,
    ended,
    history,
    rows,
    source,
    write_config,
)

from crawler.cli.app import run
from crawler.world.archive_site import ArchiveWorld
from storage.archive import Archive

SINCE, UNTIL = "2021-06-01T00:00+00:00", "2021-08-01T00:00+00:00"
WANTED = (datetime(2021, 6, 1, tzinfo=UTC), datetime(2021, 8, 1, tzinfo=UTC))
COUNT = 240


def test_every_way_brings_the_same_once_and_rings_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    sites = {way: history(COUNT, f"{way}.example.com") for way in CHANNELS}
    with ArchiveWorld(*sites.values()) as world:
        write_config(
            tmp_path,
            world.proxy_url,
            *(source(way, site.host, way) for way, site in sites.items()),
        )
        plan = backfill(tmp_path, *sites, "--since", SINCE, "--until", UNTIL, "--dry-run")
        assert plan.code == 0, plan.err
        assert not (tmp_path / "windcatch.db").exists()
        planned = Counter(unit["way"] for unit in plan.json["units"])
        assert planned["archive"] == 61
        assert planned["wordpress"] == 2
        assert planned["sitemap"] == 1 + 4  # the index; a month more on both sides
        assert sum("story" in url for url in world.asked) == 0

        done = backfill(tmp_path, *sites, "--since", SINCE, "--until", UNTIL)
        assert done.code == 0, done.err + done.out
        found = articles(tmp_path)
        for way, site in sites.items():
            mine = {a.url: a for a in found if a.source_id == way}
            wanted = {n for n in range(COUNT) if WANTED[0] <= site.at(n) < WANTED[1]}
            assert set(mine) == {site.url(n) for n in wanted}, way
            assert {a.found_by for a in mine.values()} == {"backfill"}
            assert all(a.published_at == site.at(n) for n in wanted if (a := mine[site.url(n)]))
        told = {one["way"]: one for one in done.json["standing"]}
        assert all(one["gaps"] == [] for one in told.values())
        before = rows(tmp_path)
        assert before["alert"] == 0
        assert before["match"] > 0
        with Archive(f"sqlite:///{tmp_path / 'windcatch.db'}") as archive, archive.begin() as tx:
            assert tx.index_pending() == 0  # search has followed
        # Every page once, whatever led there.
        assert max(n for url, n in world.asked.items() if "story" in url) == 1

        world.asked.clear()
        again = ended(command(tmp_path, "backfill", *sites, "--since", SINCE, "--until", UNTIL))
        assert again.code == 0
        assert again.out.count("nothing was left to do") == len(sites)
        assert rows(tmp_path) == before
        assert sum("story" in url for url in world.asked) == 0
    monkeypatch.chdir(tmp_path)
    capfd.readouterr()
    assert run(["backfill", "status"]) == run(["backfill", "cancel", "--all"]) == 0
    assert "wordpress" in (said := capfd.readouterr().out)
    assert "\n0 units cancelled" in said


FAILPOINTS = ("backfill.checkpoint", "ingest.before_commit", "ingest.after_commit")


def test_killed_again_and_again_it_ends_the_same(tmp_path: Path) -> None:
    """`benchmarks/bench_backfill.py --kills 20` is the same with 20,000 articles."""
    dice = random.Random(8)
    site = history(60, "sitemap.example.com")
    arguments = ("old", "--since", "2021-01-01T00:00+00:00", "--until", "2024-01-01T00:00+00:00")
    with ArchiveWorld(site) as world:
        write_config(tmp_path, world.proxy_url, source("old", site.host, "sitemap"))
        codes = []
        for _ in range(3):
            point = f"{dice.choice(FAILPOINTS)}:{dice.randint(2, 9)}:kill"
            killed = ended(command(tmp_path, "backfill", *arguments, WINDCATCH_FAILPOINT=point))
            codes.append(killed.code)
        assert codes.count(-9) == 3
        done = backfill(tmp_path, *arguments)
        assert done.code == 0, done.err
    found = articles(tmp_path)
    assert sorted(a.url for a in found) == sorted(site.url(n) for n in range(60))
    assert {a.revision for a in found} == {1}
    assert rows(tmp_path)["alert"] == 0
    assert done.json["standing"][0]["units"]["done"] == 37


def test_stopped_with_ctrl_c_it_continues(tmp_path: Path) -> None:
    site = history(60, "section.example.com")
    arguments = ("backfill", "old", "--since", "2021-01-01T00:00+00:00", "--until", SINCE)
    with ArchiveWorld(site) as world:
        write_config(
            tmp_path,
            world.proxy_url,
            source("old", site.host, "section", delay_s=0.4),
        )
        running = command(tmp_path, *arguments)
        deadline = time.monotonic() + 60
        while not any("story" in url for url in list(world.asked)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        stopped = ended(running)
        assert stopped.code == 130
        assert "the same command continues" in stopped.err
        held = len(articles(tmp_path))
        wanted = sum(1 for n in range(60) if site.at(n) < datetime(2021, 6, 1, tzinfo=UTC))
        assert 0 < held < wanted
        # Nothing that was fetched was thrown away.
        assert held == sum("story" in url for url in world.asked)
        write_config(tmp_path, world.proxy_url, source("old", site.host, "section"))
        assert ended(command(tmp_path, *arguments)).code == 0
    assert len(articles(tmp_path)) == wanted


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("old", "--since", "2031-01-01"), "is not before now"),
        (("old", "--since", "2021-01-01", "--via", "magic"), 'no way "magic"'),
        (("old", "--since", "2021-01-01", "--via", "feed"), "old offers sitemap"),
        (("older", "--since", "2021-01-01"), 'no source "older"'),
        (("old",), "--since"),
        (("cancel",), "name the sources, or give --all"),
        (("old", "--since", "2021-01-01", "--alerts", "all"), "add --yes"),
    ],
)
def test_mistakes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    told: str,
) -> None:
    write_config(tmp_path, "http://127.0.0.1:9", source("old", "old.example.com", "sitemap"))
    monkeypatch.chdir(tmp_path)
    assert run(["backfill", *arguments]) == 2
    assert told in capfd.readouterr().err


def test_it_gives_way_to_live_polling(tmp_path: Path) -> None:
    """While another process holds the source, it waits; a wreck's lease is taken at once."""
    import asyncio

    from crawler.backfill.fetching import Stopped
    from crawler.backfill.lease import SourceLease, owner_name

    now = datetime(2026, 1, 1, tzinfo=UTC)
    with Archive(f"sqlite:///{tmp_path / 'windcatch.db'}") as archive:
        archive.create()
        with archive.begin() as tx:
            tx.sync_sources({"a": timedelta(minutes=30)}, now=now)

        async def story() -> list[str]:
            stopping = asyncio.Event()
            lease = SourceLease(archive, "a", owner_name(), lambda: now, stopping)
            await lease.take()
            events: list[str] = []

            def poll() -> None:
                with archive.begin() as tx:
                    if tx.claim_due("service", now=now, limit=1, lease=timedelta(seconds=90)):
                        events.append("polled")
                        tx.release_source(
                            "a", "service", now=now, next_due_at=now + timedelta(minutes=30),
                            ok=True, new=0, error=None, memory={},
                        )  # fmt: skip

            breathing = asyncio.ensure_future(lease.breathe())
            while not events:
                await asyncio.sleep(0.05)
                await asyncio.to_thread(poll)
            await breathing
            await lease.breathe()  # not due: at once
            with archive.begin() as tx:
                events.append(tx.source_state("a").lease_owner)
            stopping.set()
            lease.give_back()
            with archive.begin() as tx:
                tx.claim_sources(["a"], "elsewhere:1:x", now=now, lease=timedelta(seconds=90))
            with pytest.raises(Stopped):
                await lease.take()
            return events

        assert asyncio.run(story()) == ["polled", owner_name()]


def test_the_made_up_archive_is_what_it_says() -> None:
    site = history(1000)
    assert [site.at(n) for n in site.within(BEGIN, END)] == [site.at(n) for n in range(1000)]
    assert site.number_of("/2021/01/01/story-000000.html") == 0
    assert site.number_of("/2021/01/02/story-000000.html") is None
