"""The small world as a client meets it: through the proxy, http and https, with script and faults."""

from __future__ import annotations

import gzip
import http.client
import io
import ssl
import time
import urllib.error
from collections.abc import Iterator

import pytest
from world_fakes import NOON, get, piece, site

from crawler.world import faults
from crawler.world.fakesite import FakeWorld
from crawler.world.pieces import Fate
from crawler.world.reply import Manner
from crawler.world.tls import Certificate

PAGE = "https://one.example/a/1.html"


@pytest.fixture
def world() -> Iterator[FakeWorld]:
    plain = site(host="plain.example", scheme="http", style="asiae")
    with FakeWorld([site(3), plain]) as world:
        yield world


def test_https_and_http_hosts_answer_under_their_own_names(world: FakeWorld) -> None:
    assert "25 percent &amp; more" in get(world, PAGE).text
    assert "본문 바로가기" in get(world, "http://plain.example/a/1.html").text


def test_what_is_served_is_written_down(world: FakeWorld) -> None:
    get(world, PAGE)
    get(world, "https://one.example/nothing")
    first, second = world.ledger.lines()
    assert (first.url, first.status, first.piece, first.revision) == (PAGE, 200, "/a/1.html", 1)
    assert (second.status, second.piece) == (404, None)


def test_a_validator_saves_the_body_until_the_edit(world: FakeWorld) -> None:
    first = get(world, PAGE)
    assert get(world, PAGE, If_None_Match=first.headers["etag"]).status == 304
    assert get(world, PAGE, If_Modified_Since=first.headers["last-modified"]).status == 304
    world.edit("one.example", "/a/1.html", text="First paragraph, edited.")
    edited = get(world, PAGE, If_None_Match=first.headers["etag"])
    assert edited.status == 200
    assert "edited" in edited.text
    assert world.ledger.revisions() == {PAGE: 2}


def test_published_pieces_are_listed_and_unlisted_ones_stand(world: FakeWorld) -> None:
    (url,) = world.publish("one.example", piece(9))
    assert url in get(world, "https://one.example/feed").text
    world.unlist("one.example", "/a/9.html")
    assert url not in get(world, "https://one.example/feed").text
    assert get(world, url).status == 200


@pytest.mark.parametrize(
    ("fate", "status", "said"),
    [
        (Fate.NOT_FOUND, 404, "Page not found"),
        (Fate.GONE, 410, "Page not found"),
        (Fate.SOFT_GONE, 200, "Page not found"),
        (Fate.HOME, 302, ""),
        (Fate.BLOCKED, 200, "Just a moment"),
        (Fate.EMPTIED, 200, "Title 1"),
    ],
)
def test_each_way_of_going(world: FakeWorld, fate: Fate, status: int, said: str) -> None:
    world.remove("one.example", "/a/1.html", fate)
    got = get(world, PAGE)
    assert got.status == status
    assert said in got.text
    assert "First paragraph" not in got.text
    world.restore("one.example", "/a/1.html")
    assert "First paragraph" in get(world, PAGE).text


def test_a_moved_piece_redirects_to_its_new_place(world: FakeWorld) -> None:
    world.move("one.example", "/a/1.html", "/b/1.html")
    got = get(world, PAGE)
    assert (got.status, got.headers["location"]) == (301, "https://one.example/b/1.html")
    assert get(world, "https://one.example/b/1.html").status == 200


def test_a_tracking_parameter_does_not_hide_a_page(world: FakeWorld) -> None:
    assert get(world, PAGE + "?utm_source=x").status == 200


def test_unknown_hosts_do_not_exist(world: FakeWorld) -> None:
    assert get(world, "http://nowhere.example/").status == 502
    with pytest.raises(urllib.error.URLError, match="502"):
        get(world, "https://nowhere.example/")


@pytest.mark.parametrize(
    "kind", [Certificate.EXPIRED, Certificate.SELF_SIGNED, Certificate.WRONG_NAME]
)
def test_bad_certificates_are_refused_by_a_verifying_client(
    world: FakeWorld, kind: Certificate
) -> None:
    world.change("one.example", certificate=kind)
    with pytest.raises(urllib.error.URLError) as caught:
        get(world, PAGE)
    assert isinstance(caught.value.reason, ssl.SSLCertVerificationError)


def test_a_fault_holds_for_its_times_and_place(world: FakeWorld) -> None:
    world.fault("one.example", r"^/a/1", faults.status(429, times=2, retry_after="7"))
    assert [get(world, PAGE).status for _ in range(3)] == [429, 429, 200]
    assert get(world, "https://one.example/a/2.html").status == 200
    assert [line.fault for line in world.ledger.lines()] == ["status 429", "status 429", None, None]


def test_retry_after_is_sent_and_heal_takes_faults_away(world: FakeWorld) -> None:
    world.fault("one.example", ".", faults.status(503, times=None, retry_after="garbage"))
    assert get(world, PAGE).headers["retry-after"] == "garbage"
    world.heal("one.example")
    assert get(world, PAGE).status == 200


@pytest.mark.parametrize(
    "manner",
    [
        Manner.RESET, Manner.RESET_HEADERS, Manner.RESET_BODY, Manner.TRUNCATE, Manner.GARBAGE,
        Manner.BAD_CHUNK, Manner.TRICKLE, Manner.SLOW_HEADERS, Manner.SILENCE,
    ],
)  # fmt: skip
@pytest.mark.parametrize("url", ["http://plain.example/a/1.html", PAGE])
def test_each_bad_manner_is_bad(world: FakeWorld, manner: Manner, url: str) -> None:
    for host in world.sites:
        world.fault(host, ".", faults.misbehave(manner))
    started = time.monotonic()
    with pytest.raises((OSError, http.client.HTTPException, ValueError)):
        # Less than the slow ones' step of half a second: urllib's timeout is for one read.
        get(world, url, timeout=0.4)
    assert time.monotonic() - started < 3
    assert get(world, url).status == 200


def test_a_bomb_is_small_on_the_wire_and_large_unpacked(world: FakeWorld) -> None:
    world.fault("one.example", ".", faults.bomb())
    got = get(world, PAGE)
    assert got.headers["content-encoding"] == "gzip"
    assert len(got.body) < 200_000
    unpacked = gzip.GzipFile(fileobj=io.BytesIO(got.body))
    assert sum(len(part) for part in iter(lambda: unpacked.read(1 << 20), b"")) == 104_857_600


def test_a_false_length_keeps_the_client_waiting(world: FakeWorld) -> None:
    world.fault("plain.example", ".", faults.misbehave(Manner.FALSE_LENGTH))
    link = http.client.HTTPConnection("127.0.0.1", world.port, timeout=0.4)
    link.request("GET", "http://plain.example/a/1.html")
    answer = link.getresponse()
    assert answer.length == 10**11
    with pytest.raises(TimeoutError):
        answer.read(10_000_000)
    link.close()


def test_an_endless_body_goes_on(world: FakeWorld) -> None:
    world.fault("plain.example", ".", faults.misbehave(Manner.ENDLESS))
    link = http.client.HTTPConnection("127.0.0.1", world.port, timeout=5)
    link.request("GET", "http://plain.example/a/1.html")
    assert len(link.getresponse().read(5_000_000)) == 5_000_000
    link.close()


def test_noise_moves_with_each_request_and_quiet_pages_do_not(world: FakeWorld) -> None:
    assert get(world, PAGE).body == get(world, PAGE).body
    world.change("one.example", noisy=True)
    noisy = get(world, PAGE)
    assert noisy.body != get(world, PAGE).body
    assert "etag" not in noisy.headers


def test_the_only_site_answers_without_a_proxy() -> None:
    with FakeWorld([site(1, scheme="http")]) as world:
        link = http.client.HTTPConnection("127.0.0.1", world.port, timeout=5)
        link.request("GET", "/a/1.html")
        assert link.getresponse().status == 200
        link.close()


def test_the_clock_is_the_one_given() -> None:
    with FakeWorld([site()], clock=lambda: NOON) as world:
        get(world, PAGE)
        assert world.ledger.lines()[0].at == NOON
        assert world.edit("one.example", "/a/1.html", text="x").changed_at == NOON


def test_closing_ends_connections_that_hang() -> None:
    world = FakeWorld([site(scheme="http")])
    with world:
        world.fault("one.example", ".", faults.misbehave(Manner.SILENCE))
        link = http.client.HTTPConnection("127.0.0.1", world.port, timeout=5)
        link.request("GET", "/a/1.html")
        time.sleep(0.05)
        started = time.monotonic()
    assert time.monotonic() - started < 2
    link.close()
