"""How a connection is made once the guard has said to which addresses: the first that answers is taken.

Twisted's HostnameEndpoint does this too. For each connection it makes a class, runs IDNA over names
that are ASCII already, and keeps a timer for the next address where there is none: a sixth of what
a poll without news costs (`benchmarks/bench_poll.py`). Names that are no plain ones are left to it.
"""

from __future__ import annotations

import re
from typing import Any

from scrapy.core.downloader.handlers.http11 import _BindAddressAgent, _ScrapyAgent
from scrapy.http import Request
from twisted.internet.address import HostnameAddress, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS
from twisted.internet.error import ConnectingCancelledError, DNSLookupError
from twisted.internet.interfaces import (
    IAddress,
    IHostResolution,
    IProtocol,
    IProtocolFactory,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from twisted.python.failure import Failure
from twisted.web.client import URI, Agent, _StandardEndpointFactory
from zope.interface import implementer

#: Letters, digits, hyphens and underscores in labels that a resolver takes as they stand.
_PLAIN = re.compile(rb"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?\Z")
#: So long an address is waited for before the next one is tried as well (RFC 8305, 8), in seconds.
_ATTEMPT_DELAY_S = 0.3


class DiallingAgent(_ScrapyAgent):
    """Scrapy's agent, which dials publishers without a proxy this way."""

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        agent = super()._get_agent(request, timeout)
        if type(agent) is _BindAddressAgent:
            held = agent._endpointFactory
            endpoints: Any = _Endpoints
            agent._endpointFactory = endpoints(
                agent._reactor, self._contextFactory, held._connectTimeout, held._bindAddress
            )
        return agent


class _Endpoints(_StandardEndpointFactory):
    """Gives an endpoint for each URI."""

    def endpointForURI(self, uri: URI) -> Any:
        if not _PLAIN.match(uri.host) or uri.scheme not in {b"http", b"https"}:
            return super().endpointForURI(uri)
        dial: Any = Dial(
            self._reactor, uri.host.decode(), uri.port, self._connectTimeout, self._bindAddress
        )
        if uri.scheme == b"http":
            return dial
        return wrapClientTLS(self._policyForHTTPS.creatorForNetloc(uri.host, uri.port), dial)


@implementer(IStreamClientEndpoint)
class Dial:
    """An endpoint that asks the reactor's resolver, the guard, and dials what it hands out."""

    def __init__(
        self, reactor: Any, host: str, port: int, timeout_s: float, bind: tuple[str, int] | None
    ) -> None:
        self._reactor = reactor
        self._host = host
        self._port = port
        self._limits = (timeout_s, bind)

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Return what fires with the protocol of the first connection.

        It fails with DNSLookupError when there is no address, else as the last attempt did.
        """
        attempts = _Attempts(self._reactor, self._host, self._port, self._limits, protocolFactory)
        self._reactor.nameResolver.resolveHostName(attempts, self._host, self._port)
        return attempts.first


@implementer(IResolutionReceiver)
class _Attempts:
    """One connection to be: collects the addresses, then tries one after another."""

    def __init__(
        self,
        reactor: Any,
        host: str,
        port: int,
        limits: tuple[float, tuple[str, int] | None],
        factory: IProtocolFactory,
    ) -> None:
        self._reactor = reactor
        self._host = host
        self._port = port
        self._limits = limits
        self._factory = factory
        self._left: list[IAddress] = []
        self._pending: list[Deferred[IProtocol]] = []
        # zope interfaces leave `self` out of their signatures, which confuses type checkers.
        self._timer: Any = None
        self._over = False
        self.first: Deferred[IProtocol] = Deferred(self._cancelled)

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        """Nothing is known yet."""

    def addressResolved(self, address: IAddress) -> None:
        self._left.append(address)

    def resolutionComplete(self) -> None:
        if self._over:
            return
        if not self._left:
            self._over = True
            self.first.errback(DNSLookupError(f"no results for hostname lookup: {self._host}"))
            return
        self._try()

    def _try(self) -> None:
        """Dial the next address, and the one after it in a while."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        address = self._left.pop(0)
        kind = TCP6ClientEndpoint if isinstance(address, IPv6Address) else TCP4ClientEndpoint
        attempt = kind(self._reactor, address.host, address.port, *self._limits).connect(
            self._factory
        )
        self._pending.append(attempt)
        if self._left:
            self._timer = self._reactor.callLater(_ATTEMPT_DELAY_S, self._try)
        attempt.addCallbacks(
            self._made, self._failed, callbackArgs=(attempt,), errbackArgs=(attempt,)
        )

    def _made(self, protocol: IProtocol, attempt: Deferred[IProtocol]) -> None:
        self._pending.remove(attempt)
        self._end()
        self.first.callback(protocol)

    def _failed(self, why: Failure, attempt: Deferred[IProtocol]) -> None:
        self._pending.remove(attempt)
        if self._over or self._pending:
            return
        if self._left:
            self._try()
            return
        self._end()
        self.first.errback(why)

    def _cancelled(self, first: Deferred[IProtocol]) -> None:
        self._end()
        cancelled: Any = ConnectingCancelledError
        first.errback(cancelled(HostnameAddress(self._host.encode(), self._port)))

    def _end(self) -> None:
        """Let go of everything that is still under way."""
        self._over = True
        self._left.clear()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        for attempt in tuple(self._pending):
            attempt.cancel()
