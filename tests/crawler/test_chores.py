"""Nightly work, pings and figures."""

from __future__ import annotations

import os
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from receiver_fakes import Receiver

from crawler import heartbeat
from crawler.chores import Chores
from crawler.config import load
from crawler.metrics import Figures, serve
from crawler.nightly import is_due, newest, nightly, stale, to_drop
from crawler.standing import SourceStanding, Standing
from storage.archive import Archive
from storage.errors import StorageError
from storage.prune_tx import Retention

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def name(at: datetime) -> str:
    return f"w-{at:%Y%m%dT%H%M%SZ}.backup.db"


def test_seven_days_and_four_weeks_of_backups_are_kept() -> None:
    held: set[str] = {"w-odd.backup.db"}
    for night in range(100):
        held.add(name(NOW + night * DAY))
        held -= set(to_drop(held))
    assert "w-odd.backup.db" in held
    nights = sorted(99 - (NOW + 99 * DAY - _time(one)).days for one in held - {"w-odd.backup.db"})
    assert nights[-7:] == list(range(93, 100))
    assert 8 <= len(nights) <= 10
    assert nights[0] <= 99 - 21


def _time(file: str) -> datetime:
    return datetime.strptime(file[2:18], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("ages", "up", "said"),
    [
        ((2, 26), 99, None),
        # One night was missed: it is made up for.
        ((49,), 99, None),
        ((51, 80), 99, "the newest backup"),
        ((), 3, None),
        ((), 51, "no backup"),
    ],
)
def test_the_age_of_backups(
    tmp_path: Path, ages: tuple[float, ...], up: float, said: str | None
) -> None:
    folder = tmp_path / "backups"
    assert newest(folder) is None
    folder.mkdir()
    (folder / "w-odd.backup.db").touch()
    for age in ages:
        (folder / name(NOW - age * HOUR)).touch()
    found = stale(folder, since=NOW - up * HOUR, now=NOW)
    assert (found or "").startswith(said or "no such words") is (said is not None)
    assert newest(folder) == (NOW - min(ages) * HOUR if ages else None)


@pytest.mark.parametrize(
    ("now", "last", "up", "due"),
    [
        pytest.param(3, 24, 99, True, id="its hour"),
        pytest.param(3, 0.5, 99, False, id="done in this hour"),
        pytest.param(12, 9, 99, False, id="done this night"),
        pytest.param(12, 40, 99, True, id="missed: the machine was off"),
        pytest.param(12, 40, 0.5, False, id="just started"),
        pytest.param(12, None, 2, True, id="never done"),
        pytest.param(12, -900, 2, True, id="a clock that was ahead"),
    ],
)
def test_when_the_nightly_work_is_due(now: int, last: float | None, up: float, due: bool) -> None:
    moment = NOW.astimezone().replace(hour=now).astimezone(UTC)
    done = None if last is None else moment - last * HOUR
    assert is_due(moment, last=done, started=moment - up * HOUR, hour=3) is due


def test_a_night(tmp_path: Path) -> None:
    with Archive(f"sqlite:///{tmp_path / 'w.db'}") as archive:
        archive.create()
        folder = tmp_path / "backups"
        assert nightly(archive, folder=folder, retention=Retention(), now=NOW)
        assert not nightly(archive, folder=folder, retention=Retention(), now=NOW + HOUR)
        assert [path.name for path in folder.iterdir()] == [name(NOW)]
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(StorageError):
            nightly(archive, folder=tmp_path / "file", retention=Retention(), now=NOW + DAY)
        with archive.read() as reader:
            runs = [(run.trigger, run.outcome) for run in reader.runs()]
    assert runs == [("nightly", "failed"), ("nightly", "finished")]


def test_a_night_that_is_broken_off_is_made_up_for(tmp_path: Path) -> None:
    with Archive(f"sqlite:///{tmp_path / 'w.db'}") as archive:
        archive.create()
        folder = tmp_path / "backups"
        assert nightly(archive, folder=folder, retention=Retention(), now=NOW, stop=lambda: True)
        with archive.read() as reader:
            (broken_off,) = reader.runs()
        assert (broken_off.outcome, broken_off.error) == ("interrupted", None)
        assert nightly(archive, folder=folder, retention=Retention(), now=NOW + HOUR)
        assert name(NOW + HOUR) in [path.name for path in folder.iterdir()]


def test_nothing_is_begun_when_the_service_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "windcatch.toml"
    path.write_text('[database]\nurl = "sqlite:///w.db"\n[service]\nbackup_folder = "b"\n')
    config = load(path)
    monkeypatch.setattr("crawler.chores.is_due", lambda *_, **__: True)
    with Archive(config.database_url) as archive:
        archive.create()
        chores = Chores(archive, lambda: config, lambda: NOW)
        chores.ask_to_stop()
        chores.minute()
        with archive.read() as reader:
            assert reader.runs() == ()


def standing(*states: str, oldest: datetime | None = None) -> Standing:
    sources = tuple(
        SourceStanding(
            source_id=f"s{number}", state=state, last_ok_at=NOW, last_new_at=None,
            next_due_at=NOW, due=True, at_work=False, failures=0, reason=None, articles=3,
        )
        for number, state in enumerate(states)
    )  # fmt: skip
    return Standing(
        at=NOW, sources=sources, outbox={"pending": 2}, oldest_pending_at=oldest, service=None
    )


@pytest.mark.parametrize(
    ("held", "up", "word"),
    [
        (standing(), 9, None),
        (standing("ok", "failing"), 9, None),
        (standing("failing", "late", "ok"), 9, "2 of 3 sources"),
        (standing("failing", "late", "ok"), 0.5, None),
        (standing("off", "ok"), 9, None),
        (standing("ok", oldest=NOW - 5 * timedelta(minutes=1)), 9, None),
        (standing("ok", oldest=NOW - HOUR), 9, "an alert waits"),
    ],
)
def test_what_the_watchdog_is_told(held: Standing, up: float, word: str | None) -> None:
    said = heartbeat.trouble(held, started=NOW - up * HOUR)
    assert (said is None) if word is None else (said is not None and word in said)


def test_pings_arrive_and_never_raise(caplog: pytest.LogCaptureFixture) -> None:
    with Receiver() as receiver:
        assert heartbeat.ping(f"{receiver.url}/uuid", problem=None)
        assert heartbeat.ping(f"{receiver.url}/uuid/", problem="an alert waits")
        gone = f"{receiver.url}/secret-uuid"
    assert receiver.paths == ["/hook/uuid", "/hook/uuid/fail"]
    assert receiver.took[1][1] == b"an alert waits"
    for address in (gone, "file:///etc/passwd", "not an address"):
        assert not heartbeat.ping(address, problem=None)
    assert "secret-uuid" not in caplog.text


def test_figures_are_served_on_loopback_only() -> None:
    stop = serve(Figures(lambda: standing("ok", "failing"), lambda: {"crawls": 2.0}), 39_464)
    try:
        with urllib.request.urlopen("http://127.0.0.1:39464/metrics", timeout=5) as answer:
            text = answer.read().decode()
    finally:
        stop()
    assert 'windcatch_sources{state="failing"} 1.0' in text
    assert "windcatch_crawls 2.0" in text
    assert 'windcatch_source_articles{source="s0"} 3.0' in text
    assert "windcatch_database_up 1.0" in text


def test_figures_without_a_database() -> None:
    def broken() -> Standing:
        raise StorageError("gone")

    names = {metric.name for metric in Figures(broken, dict).collect()}
    assert names == {"windcatch_build_info", "windcatch_database_up"}


def test_what_an_earlier_life_left_half_written_goes_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "windcatch.toml"
    config.write_text('[service]\nbackup_folder = "copies"\n', encoding="utf-8")
    left = tmp_path / "copies" / f"{name(NOW)}.tmp"
    left.parent.mkdir()
    left.touch()
    monkeypatch.setattr(Chores, "_nightly", lambda _: None)
    with Archive(f"sqlite:///{tmp_path / 'windcatch.db'}") as archive:
        archive.create()
        Chores(archive, lambda: load(config), lambda: NOW).minute()
    assert not left.exists()


def test_chores_survive_a_database_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(os.environ, heartbeat.VARIABLE, raising=False)
    (tmp_path / "windcatch.toml").write_text("")
    config = load(tmp_path / "windcatch.toml")
    with Archive(config.database_url) as archive:
        Chores(archive, lambda: config, lambda: NOW).minute()
    assert "chores: " in caplog.text


def test_the_watchdog_hears_of_backups_that_stay_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "windcatch.toml"
    config.write_text("", encoding="utf-8")
    clock = [NOW]
    with Archive(f"sqlite:///{tmp_path / 'windcatch.db'}") as archive, Receiver() as receiver:
        archive.create()
        monkeypatch.setenv(heartbeat.VARIABLE, receiver.url)
        monkeypatch.setattr(Chores, "_nightly", lambda _: None)
        chores = Chores(archive, lambda: load(config), lambda: clock[0])
        chores.minute()
        clock[0] += 3 * DAY
        chores.minute()
        assert [path.endswith("/fail") for path in receiver.paths] == [False, True]
        assert b"no backup" in receiver.took[1][1]
