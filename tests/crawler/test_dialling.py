"""Dialling: which address gets the connection, with a reactor whose clock and sockets are scripted."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import (
    ConnectingCancelledError,
    ConnectionRefusedError,  # noqa: A004 - Twisted calls it so
    DNSLookupError,
)
from twisted.internet.interfaces import IReactorPluggableNameResolver
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.client import URI, BrowserLikePolicyForHTTPS
from zope.interface import implementer

from crawler.dialling import Dial, _Endpoints

A, B, C = "93.184.216.34", "93.184.216.35", "2606:2800:220:1::1"


class Reactor(Clock):
    """Hands out addresses, and notes whom it was told to dial."""

    def __init__(self, *addresses: str) -> None:
        super().__init__()
        self.nameResolver: Any = self
        self.addresses = addresses
        self.dialled: dict[str, Any] = {}
        self.given_up: list[str] = []

    def resolveHostName(self, receiver: Any, host: str, port: int) -> None:
        receiver.resolutionBegan(None)
        for address in self.addresses:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()

    def connectTCP(self, host: str, port: int, factory: Any, **_: Any) -> None:
        self.dialled[host] = factory
        reactor = self

        class Connector:
            def stopConnecting(self) -> None:
                reactor.given_up.append(host)

            def getDestination(self) -> str:
                return host

        factory.startedConnecting(Connector())

    def answer(self, host: str) -> None:
        self.dialled[host].buildProtocol(None).makeConnection(StringTransport())

    def refuse(self, host: str) -> None:
        self.dialled[host].clientConnectionFailed(None, Failure(ConnectionRefusedError()))


def dial(reactor: Reactor) -> tuple[list[Any], Any]:
    """Begin to connect; return where what comes of it will stand."""
    came: list[Any] = []
    first = Dial(reactor, "news.example", 80, 30, None).connect(Factory.forProtocol(Protocol))
    first.addCallbacks(came.append, lambda failure: came.append(failure.type))
    return came, first


def test_the_only_address_is_dialled_and_no_timer_is_left() -> None:
    reactor = Reactor(A)
    came, _ = dial(reactor)
    assert list(reactor.dialled) == [A]
    assert not reactor.getDelayedCalls()
    reactor.answer(A)
    assert isinstance(came[0], Protocol)


def test_a_slow_address_is_overtaken_by_the_next_and_given_up() -> None:
    reactor = Reactor(C, A, B)
    came, _ = dial(reactor)
    reactor.advance(0.2)
    assert list(reactor.dialled) == [C]
    reactor.advance(0.2)
    assert list(reactor.dialled) == [C, A]
    reactor.answer(A)
    assert isinstance(came[0], Protocol)
    assert reactor.given_up == [C]
    reactor.advance(5)
    assert B not in reactor.dialled
    assert not reactor.getDelayedCalls()


def test_after_a_refusal_the_next_is_dialled_at_once_and_the_last_one_is_told() -> None:
    reactor = Reactor(A, B)
    came, _ = dial(reactor)
    reactor.refuse(A)
    assert list(reactor.dialled) == [A, B]
    assert came == []
    reactor.refuse(B)
    assert came == [ConnectionRefusedError]
    assert not reactor.getDelayedCalls()


def test_a_refusal_does_not_end_an_attempt_under_way() -> None:
    reactor = Reactor(A, B)
    came, _ = dial(reactor)
    reactor.advance(0.4)
    reactor.refuse(B)
    assert came == []
    reactor.answer(A)
    assert isinstance(came[0], Protocol)


def test_no_address_at_all_is_a_name_that_cannot_be_resolved() -> None:
    """What the guard holds back ends here: nothing is dialled."""
    reactor = Reactor()
    came, _ = dial(reactor)
    assert came == [DNSLookupError]
    assert not reactor.dialled


def test_what_is_cancelled_lets_go_of_every_attempt() -> None:
    reactor = Reactor(A, B, C)
    came, first = dial(reactor)
    reactor.advance(0.4)
    first.cancel()
    assert came == [ConnectingCancelledError]
    assert reactor.given_up == [A, B]
    assert not reactor.getDelayedCalls()


def test_addresses_that_come_after_the_end_are_not_dialled() -> None:
    class Late(Reactor):
        def resolveHostName(self, receiver: Any, host: str, port: int) -> None:
            self.callLater(1, super().resolveHostName, receiver, host, port)

    reactor = Late(A)
    came, first = dial(reactor)
    first.cancel()
    reactor.advance(2)
    assert came == [ConnectingCancelledError]
    assert not reactor.dialled


@implementer(IReactorPluggableNameResolver)
class _Pluggable(Reactor):
    """What Twisted's own endpoint asks for."""


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        (b"news.example", True),
        (b"xn--fiqs8s.example.", True),
        # The resolver takes underscores; strict IDNA does not.
        (b"a_b.example", True),
        (b"93.184.216.34", True),
        # An IPv6 literal, empty and overlong labels, what is no host name: Twisted knows best.
        (b"2606:2800:220:1::1", False),
        (b"a..example", False),
        (b"a" * 64 + b".example", False),
        (b".".join([b"a" * 60] * 5), False),
        (b"", False),
        (b"a b", False),
    ],
)
def test_only_plain_names_are_dialled_our_way(host: bytes, ours: bool) -> None:
    endpoints: Any = _Endpoints
    factory = endpoints(_Pluggable(), BrowserLikePolicyForHTTPS(), 30, None)
    uri = URI(b"http", b"", host, 80, b"/", b"", b"", b"")
    assert isinstance(factory.endpointForURI(uri), Dial) is ours
