"""Due sources, leases, rechecks and runs, on both back ends."""

from __future__ import annotations

from datetime import timedelta

from storage_articles import DAY, HOUR, NOW, SECOND, article, capture, record, url

from storage.archive import Archive
from storage.claim_tx import Return
from storage.clean import clean
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


def test_sources_with_failures_are_claimed_apart(archive: Archive) -> None:
    """One that ends its crawl process takes along only such as have failed, and few."""
    sync(archive, "a", "b", "c", "d", "e")
    later = NOW + 2 * HOUR
    assert claim(archive) == ["a", "b", "c", "d", "e"]
    for name in "abcde":
        release(archive, name, ok=name in "bd", error=None if name in "bd" else "died")
    assert claim(archive, "one", now=later, troubled=2) == ["a", "c"]
    assert claim(archive, "two", now=later, troubled=2) == ["b", "d"]
    assert claim(archive, "three", now=later, troubled=2) == ["e"]


def test_what_was_not_visited_is_as_due_as_it_was(archive: Archive) -> None:
    sync(archive, "a", "b")
    before = state(archive, "a").next_due_at
    claim(archive)
    with archive.begin() as tx:
        tx.give_back(["a", "b"], "somebody else")
    assert claim(archive, "b") == []
    with archive.begin() as tx:
        tx.give_back(["a"], "a")
    assert (state(archive, "a").next_due_at, state(archive, "a").lease_owner) == (before, None)
    assert claim(archive, "b") == ["a"]


def test_many_without_news_are_given_back_at_once(archive: Archive) -> None:
    sync(archive, "a", "b", "c")
    claim(archive)
    release(archive, "a", ok=False, error="503", memory={"old": 1})
    due = state(archive, "b").next_due_at
    assert claim(archive, now=NOW + 2 * HOUR) == ["b", "c", "a"]
    now = NOW + 3 * HOUR
    old = ["as it was"]
    returns = [
        Return(
            source_id="a",
            next_due_at=now + HOUR,
            memory={"new": "a\0b", "old": old},
        ),
        Return(source_id="b", next_due_at=None, memory={"by": "hand"}),
        Return(source_id="never-seen", next_due_at=now, memory={}),
    ]
    with archive.begin() as tx:
        assert tx.release_unchanged(returns, "a", now=now) == {"a", "b"}
        assert tx.release_unchanged(returns, "a", now=now) == set()
    a, b, c = (state(archive, name) for name in "abc")
    memory = {"new": clean("a\0b"), "old": old}
    assert (a.failures, a.last_error, a.last_ok_at, a.memory) == (0.0, None, now, memory)
    assert (a.next_due_at, a.lease_owner, a.lease_until) == (now + HOUR, None, None)
    assert (b.next_due_at, b.memory, b.lease_owner) == (due, {"by": "hand"}, None)
    assert c.lease_owner == "a"


def test_validators_are_kept_and_found_many_at_once(archive: Archive) -> None:
    def held(at: str, etag: str) -> Validator:
        return Validator(url=at, source_id="a", etag=etag, checked_at=NOW, full_at=NOW)

    one, two = "https://a.example/feed", "https://b.example/feed"

    with archive.begin() as tx:
        tx.save_validators([held(one, "x"), held(two, "y")])
        tx.save_validators([held(two, "z"), held(one + "long" * 5000, "not kept")])
        tx.save_validators([])
        found = tx.validators([one, two, "https://c.example/feed"])
    assert {key: validator.etag for key, validator in found.items()} == {one: "x", two: "z"}


def test_which_sources_have_articles_to_visit_again(archive: Archive) -> None:
    record(archive, article())
    with archive.begin() as tx:
        assert tx.awaiting_recheck(["example", "b"], now=NOW + 40 * DAY) == {"example"}
        assert tx.awaiting_recheck(["b"], now=NOW + 40 * DAY) == frozenset()
        assert tx.awaiting_recheck(["example"], now=NOW) == frozenset()


def test_a_claim_may_leave_the_memory_where_it_is(archive: Archive) -> None:
    sync(archive, "a")
    claim(archive)
    release(archive, "a", memory={"large": 1})
    later = NOW + 3 * HOUR
    with archive.begin() as tx:
        (one,) = tx.claim_due("a", now=later, limit=1, lease=LEASE, with_memory=False)
        assert (one.source_id, one.lease_owner, one.memory) == ("a", "a", {})
        (one,) = tx.claim_sources(["a"], "a", now=later, lease=LEASE)
        assert one.memory == {"large": 1}


def test_what_a_source_taught_of_its_lines_is_kept_apart_from_its_memory(archive: Archive) -> None:
    learned = {"pages": 3, "seen": {"00ff": ["a", "b"]}}
    with archive.begin() as tx:
        assert tx.site_lines("a") == {}
        tx.keep_site_lines("a", {"pages": 1})
        tx.keep_site_lines("a", learned)
        assert tx.site_lines("a") == learned
        assert tx.site_lines("b") == {}
