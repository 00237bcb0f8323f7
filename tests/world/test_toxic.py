"""The fault-injecting proxy: each toxic does what its name says."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator

import pytest
from world_fakes import site

from crawler.world.fakesite import FakeWorld
from crawler.world.toxic import Toxic, Toxicity, ToxicProxy


@pytest.fixture(scope="module")
def world() -> Iterator[FakeWorld]:
    with FakeWorld([site(scheme="http")]) as world:
        yield world


@pytest.fixture
def toxic(world: FakeWorld) -> Iterator[ToxicProxy]:
    with ToxicProxy(("127.0.0.1", world.port)) as proxy:
        yield proxy


def fetch(proxy: ToxicProxy, timeout: float = 3) -> tuple[bytes, float]:
    started = time.monotonic()
    link = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=timeout)
    try:
        link.request("GET", "/a/1.html", headers={"Connection": "close"})
        return link.getresponse().read(), time.monotonic() - started
    finally:
        link.close()


def test_without_toxics_it_is_not_there(toxic: ToxicProxy) -> None:
    body, _ = fetch(toxic)
    assert b"First paragraph" in body


@pytest.mark.parametrize(
    ("one", "at_least"),
    [
        (Toxic(kind=Toxicity.LATENCY, seconds=0.3), 0.3),
        (Toxic(kind=Toxicity.LATENCY, seconds=0.3, stream="up"), 0.3),
        (Toxic(kind=Toxicity.BANDWIDTH, bytes_=10_000), 0.2),
        (Toxic(kind=Toxicity.SLICER, bytes_=200, seconds=0.02), 0.2),
    ],
)
def test_slow_toxics_slow_and_lose_nothing(toxic: ToxicProxy, one: Toxic, at_least: float) -> None:
    whole, _ = fetch(toxic)
    toxic.set(one)
    body, seconds = fetch(toxic)
    assert body == whole
    assert seconds >= at_least


def test_slow_close_holds_the_end_back(toxic: ToxicProxy) -> None:
    toxic.set(Toxic(kind=Toxicity.SLOW_CLOSE, seconds=0.4))
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", toxic.port), timeout=3) as link:
        link.sendall(b"GET /a/1.html HTTP/1.1\r\nConnection: close\r\n\r\n")
        while link.recv(65536):
            pass
    assert time.monotonic() - started >= 0.4


@pytest.mark.parametrize(
    "one",
    [
        Toxic(kind=Toxicity.TIMEOUT, seconds=0.2),
        Toxic(kind=Toxicity.TIMEOUT),
        Toxic(kind=Toxicity.RESET_PEER),
        Toxic(kind=Toxicity.LIMIT_DATA, bytes_=300),
    ],
)
def test_hard_toxics_end_the_answer(toxic: ToxicProxy, one: Toxic) -> None:
    toxic.set(one)
    with pytest.raises((OSError, http.client.HTTPException)):
        fetch(toxic, timeout=0.6)
    toxic.set()
    assert fetch(toxic)[0]


def test_a_network_that_is_down_comes_back(toxic: ToxicProxy) -> None:
    toxic.down()
    with pytest.raises((OSError, http.client.HTTPException)):
        fetch(toxic)
    toxic.down(False)
    assert fetch(toxic)[0]


def test_a_share_of_connections_is_taken_by_the_seed(world: FakeWorld) -> None:
    def fates() -> list[bool]:
        with ToxicProxy(("127.0.0.1", world.port), seed=3) as proxy:
            proxy.set(Toxic(kind=Toxicity.RESET_PEER, share=0.5))
            return [_works(proxy) for _ in range(12)]

    first = fates()
    assert {True, False} == set(first)
    assert fates() == first


def _works(proxy: ToxicProxy) -> bool:
    try:
        fetch(proxy)
    except (OSError, http.client.HTTPException):
        return False
    return True
