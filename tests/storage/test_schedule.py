"""Due sources, leases, rechecks and runs, on both back ends."""

from __future__ import annotations

from datetime import timedelta

from storage_articles import DAY, HOUR, NOW, SECOND, article, capture, record, url

from storage.archive import Archive
from storage.types import Validator

LEASE = timedelta(minutes=10)


def sync(archive: Archive, *names: str, interval=HOUR, now=NOW) -> None:
    with archive.begin() as tx:
        tx.sync_sources(dict.fromkeys(names, interval), now=now)


def claim(archive: Archive, owner="a", *, now=NOW + HOUR, **options) -> list[str]:
    with archive.begin() as tx:
        states = tx.claim_due(owner, now=now, limit=10, lease=LEASE, **options)
    return [state.source_id for state in states]


def release(archive: Archive, name: str, owner="a", *, now=NOW + HOUR, **fields) -> bool:
    outcome = {"ok": True, "new": 0, "error": None, "memory": {}, **fields}
    due = outcome.pop("next_due_at", now + HOUR)
    with archive.begin() as tx:
        return tx.release_source(name, owner, now=now, next_due_at=due, **outcome)


def state(archive: Archive, name: str):
    with archive.begin() as tx:
        return tx.source_state(name)


def test_new_sources_start_a_little_apart(archive: Archive) -> None:
    sync(archive, "a", "b", "c")
    with archive.read() as reader:
        due = [one.next_due_at for one in reader.sources()]
    assert due == [NOW, NOW + 5 * SECOND, NOW + 10 * SECOND]


def test_a_source_is_leased_to_one_owner(archive: Archive) -> None:
    sync(archive, "a", "b")
    assert claim(archive) == ["a", "b"]
    assert claim(archive, "b") == []
    assert claim(archive, "b", now=NOW + HOUR + LEASE + SECOND) == ["a", "b"]
    # The first one is too late, and changes nothing.
    assert not release(archive, "a", "a", ok=False, error="late")
    assert release(archive, "a", "b", memory={"etag": "x"}, new=3)
    held = state(archive, "a")
    assert (held.lease_owner, held.failures, held.memory) == (None, 0.0, {"etag": "x"})
    assert held.last_new_at == held.last_ok_at == held.baseline_at == NOW + HOUR


def test_renewed_leases_last(archive: Archive) -> None:
    sync(archive, "a")
    claim(archive)
    with archive.begin() as tx:
        assert tx.renew_leases("a", now=NOW + HOUR + LEASE, lease=LEASE) == 1
    assert claim(archive, "b", now=NOW + HOUR + LEASE + SECOND) == []


def test_by_hand_a_source_is_claimed_due_or_not_unless_somebody_has_it(archive: Archive) -> None:
    sync(archive, "a", "b")
    assert claim(archive, only=["a"]) == ["a"]
    with archive.begin() as tx:
        got = tx.claim_sources(["a", "b", "never-seen"], "me", now=NOW, lease=LEASE)
    assert [one.source_id for one in got] == ["b", "never-seen"]


def test_failures_count_and_success_forgets_them(archive: Archive) -> None:
    sync(archive, "a")
    for times in (1, 2):
        claim(archive)
        release(archive, "a", ok=False, error="503", next_due_at=NOW)
        assert (state(archive, "a").failures, state(archive, "a").last_error) == (times, "503")
    assert state(archive, "a").baseline_at is None
    claim(archive)
    release(archive, "a")
    assert (state(archive, "a").failures, state(archive, "a").last_error) == (0.0, None)


def test_a_source_taken_out_keeps_its_memory_and_is_not_due(archive: Archive) -> None:
    sync(archive, "a", "b")
    claim(archive)
    release(archive, "a", memory={"x": 1})
    sync(archive, "b")
    assert claim(archive, now=NOW + DAY) == ["b"]
    sync(archive, "a", "b", now=NOW + DAY)
    assert state(archive, "a").memory == {"x": 1}
    assert claim(archive, now=NOW + DAY, only=["a"]) == ["a"]


def test_a_shorter_interval_counts_from_now(archive: Archive) -> None:
    sync(archive, "a", interval=DAY)
    claim(archive)
    release(archive, "a", next_due_at=NOW + DAY)
    sync(archive, "a", interval=HOUR)
    assert state(archive, "a").next_due_at == NOW + HOUR


def test_a_clock_stepped_back_ten_years_stops_nothing(archive: Archive) -> None:
    sync(archive, "a")
    claim(archive)
    past = NOW - 3650 * DAY
    assert claim(archive, "b", now=past) == ["a"]


def test_rechecks_come_due_with_what_to_ask(archive: Archive) -> None:
    record(archive, article(), capture=capture())
    validator = Validator(url=url(1), source_id="example", etag='"1"', checked_at=NOW, full_at=NOW)
    with archive.begin() as tx:
        tx.save_validator(validator)
        assert tx.due_rechecks("example", now=NOW, limit=5) == ()
        (due,) = tx.due_rechecks("example", now=NOW + 2 * HOUR, limit=5)
        assert (due.article_id, due.url, due.validator) == (1, url(1), validator)
        tx.postpone_rechecks([1], until=NOW + DAY)
        assert tx.due_rechecks("example", now=NOW + 2 * HOUR, limit=5) == ()
        assert tx.validator(url(1)) == validator
        assert tx.validator(url(2)) is None


def test_runs_end_once_and_the_abandoned_are_closed(archive: Archive) -> None:
    with archive.begin() as tx:
        one = tx.start_run("crawl", ["a"], now=NOW, pid=1, config_hash=None)
        two = tx.start_run("crawl", ["b"], now=NOW, pid=2, config_hash="x")
        tx.beat_run(two, NOW + 2 * HOUR, {"b": {"new": 1}})
        assert tx.close_abandoned(NOW + 2 * HOUR, HOUR) == 1
        tx.end_run(two, now=NOW + 3 * HOUR, outcome="finished", counts={}, error=None)
        tx.end_run(two, now=NOW + 4 * HOUR, outcome="killed", counts={}, error="x")
    with archive.read() as reader:
        runs = {run.id: run for run in reader.runs()}
        assert [run.id for run in reader.runs(source="a")] == [one]
    assert (runs[one].outcome, runs[two].outcome) == ("abandoned", "finished")


def test_what_discovery_asks(archive: Archive) -> None:
    record(archive, article())
    with archive.begin() as tx:
        tx.record_refusal(url(2), source_id="a", reason="listing", capture_id=None, now=NOW)
        tx.record_refusal(url(2), source_id="a", reason="login", capture_id=None, now=NOW + HOUR)
        dressed = url(1) + "?utm_source=feed"
        known = tx.known([url(1), dressed, url(2), url(3), "not a url"])
        assert tx.refused_as(url(2)) == "login"
    assert set(known) == {url(1), dressed, url(2)}
    assert (known[dressed].article_id, known[dressed].url) == (1, dressed)
    assert (known[url(2)].article_id, known[url(2)].refused) == (None, "login")
    assert known[url(2)].refusals == 2


def test_health_says_when_it_changed(archive: Archive) -> None:
    sync(archive, "a")
    with archive.begin() as tx:
        assert tx.set_health("a", health="quiet", reason="nothing since Monday", now=NOW)
        assert not tx.set_health("a", health="quiet", reason="nothing since", now=NOW + HOUR)
    held = state(archive, "a")
    assert (held.health, held.health_reason, held.health_since) == ("quiet", "nothing since", NOW)


def test_one_source_of_a_host_is_at_work_at_a_time(archive: Archive) -> None:
    sync(archive, "a", "b", "c")
    hosts = {"a": "one.example", "b": "one.example", "c": "two.example"}
    assert claim(archive, hosts=hosts) == ["a", "c"]
    # Whoever asks: the other one waits until the first is given back.
    assert claim(archive, "b", hosts=hosts) == []
    release(archive, "a")
    assert claim(archive, "b", hosts=hosts) == ["b"]


def test_a_clock_that_was_ahead_leaves_nothing_out_of_reach(archive: Archive) -> None:
    ahead = NOW + 300 * DAY
    sync(archive, "a", "b", now=ahead)
    with archive.begin() as tx:
        tx.claim_due("x", now=ahead, limit=1, lease=LEASE)
    record(archive, article(1, fetched_at=ahead, published_at=ahead), now=ahead)
    with archive.begin() as tx:
        assert tx.clock_stepped_back(now=NOW, lease=LEASE) == 2
        assert tx.clock_stepped_back(now=NOW, lease=LEASE) == 0
    assert claim(archive, now=NOW + LEASE + HOUR + SECOND) == ["a", "b"]
    with archive.begin() as tx:
        assert tx.due_rechecks("example", now=NOW + 4 * DAY, limit=9)
