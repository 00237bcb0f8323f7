"""Power cuts at random writes: what was acknowledged is there afterwards, and the file is sound."""

from __future__ import annotations

import functools
import random
import shutil
from pathlib import Path

import pytest
import sqlalchemy
from storage_articles import HOUR, NOW, article, draft

from storage import engine
from storage.archive import Archive
from storage.backup import check
from storage.errors import StorageError
from storage.types import Discovery

power = pytest.importorskip("power", reason="needs apsw")

#: Articles that are filed when the power stays; each costs some ten writes and two syncs.
WORK = 8


class Acknowledged:
    """What the archive has said yes to."""

    def __init__(self) -> None:
        self.articles: set[str] = set()
        self.claimed: set[str] = set()


def work(archive: Archive, seed: int) -> Acknowledged:
    """File articles with their alerts, and claim these, until the power is gone."""
    said = Acknowledged()
    try:
        for number in range(WORK):
            one = article(seed * 100 + number)
            with archive.begin() as tx:
                recorded = tx.record(one, found_by=Discovery.FEED, now=NOW)
                tx.enqueue(draft(f"one:{number}", article_id=recorded.article_id), now=NOW)
            said.articles.add(one.url)
            with archive.begin() as tx:
                rows = tx.claim_outbox("me", now=NOW, lease=HOUR, limit=1)
            said.claimed.update(row.alert_id for row in rows)
            if number % 3 == 2:
                archive.tidy()
    except StorageError:
        pass
    return said


def after_a_cut(path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> Acknowledged:
    """Work on *path* until the power goes, at a step that *seed* chooses."""
    dice = random.Random(seed)
    machine = power.Power(f"power-{seed}")
    make = functools.partial(sqlalchemy.create_engine, module=machine.module())
    with monkeypatch.context() as patch:
        patch.setattr(engine, "create_engine", make)
        archive = Archive(f"sqlite:///{path}")
        archive.schema()
        machine.left = dice.randrange(4, 30 * WORK)
        said = work(archive, seed)
        machine.left = -1
        archive.close()
    machine.cut(dice)
    return said


def lost(path: Path, said: Acknowledged) -> int:
    """Return how much of what was acknowledged is not there any more."""
    with Archive(f"sqlite:///{path}") as archive:
        with archive.read() as reader:
            held = {view.url for view in reader.articles(limit=10_000)}
            uncertain = {alert.id for alert in reader.alerts(limit=10_000) if alert.uncertain}
        assert len(held - said.articles) <= 1, "all or nothing, but for the one under way"
    return len(said.articles - held) + len(said.claimed - uncertain)


@pytest.mark.parametrize("seed", range(12))
def test_nothing_acknowledged_is_lost(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    path = tmp_path / "windcatch.db"
    shutil.copy(sqlite_template, path)
    said = after_a_cut(path, monkeypatch, seed)
    assert lost(path, said) == 0
    with Archive(f"sqlite:///{path}") as archive:
        assert check(archive) == ()
        # Work resumes.
        with archive.begin() as tx:
            again = tx.record(article(9999), found_by=Discovery.FEED, now=NOW)
    assert again.outcome == "new"


def test_without_syncs_it_would_be(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cuts bite: with NORMAL, commits that were acknowledged are gone."""
    pragmas = tuple(p.replace("synchronous=FULL", "synchronous=NORMAL") for p in engine._PRAGMAS)
    monkeypatch.setattr(engine, "_PRAGMAS", pragmas)
    missing = 0
    for seed in range(6):
        path = tmp_path / f"{seed}.db"
        shutil.copy(sqlite_template, path)
        missing += lost(path, after_a_cut(path, monkeypatch, seed))
    assert missing > 0
