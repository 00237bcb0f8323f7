"""The barrier against our own network: the address that is dialled is the address that is checked.

A check on the URL or on the response is not enough: names resolve to anything, may change between
two look-ups, and a request to an internal service has done its harm when the answer is thrown away
(reference 5.2). Twisted resolves every host, IP literals too, through the name resolver that is
installed on the reactor, once for each connection; this one hands out public addresses only.

Behind `[fetch] proxy` the proxy resolves the publishers' names, and must do this check itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request, Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer

from crawler.dialling import DiallingAgent
from crawler.trust import trust
from spiders.failures import BlockedAddressError
from spiders.gate import Network, blocked, networks

logger = logging.getLogger(__name__)

#: Settings this module reads, set by crawler/settings.py.
ALLOWED = "WINDCATCH_PRIVATE_NETWORKS"
EXEMPT = "WINDCATCH_PROXY_ADDRESS"
CA_FILE = "WINDCATCH_CA_FILE"


@implementer(IResolutionReceiver)
class _Checked:
    """Passes addresses on only when every one of a name is public."""

    def __init__(
        self, receiver: Any, host: str, allowed: Sequence[Network], report: Callable[[str], None]
    ) -> None:
        self._receiver = receiver
        self._host = host
        self._allowed = allowed
        self._report = report
        self._addresses: list[IAddress] = []

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        self._addresses.append(address)

    def resolutionComplete(self) -> None:
        bad = [
            address
            for address in self._addresses
            if not isinstance(address, (IPv4Address, IPv6Address))
            or blocked(address.host, self._allowed)
        ]
        if bad:
            # One private address among public ones is no accident either (5.9 no. 9).
            self._report(self._host)
            logger.warning("%s resolves to a private address: not dialled", self._host)
        else:
            for address in self._addresses:
                self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Scrapy's `TWISTED_DNS_RESOLVER`: the reactor's own resolver behind the check."""

    #: Names refused lately, so that the handler can tell "blocked" from "does not exist".
    refused: set[str] = set()  # noqa: RUF012 - one reactor in a process, one memory

    def __init__(self, reactor: Any, allowed: Sequence[Network], exempt: str | None) -> None:
        self._reactor = reactor
        self._original: IHostnameResolver = reactor.nameResolver
        self._allowed = tuple(allowed)
        #: "host:port" of the configured proxy: a person chose it.
        self._exempt = exempt

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        """Build it from the settings of a crawler process."""
        settings = crawler.settings
        allowed = networks(tuple(settings.getlist(ALLOWED)))
        return cls(reactor, allowed, settings.get(EXEMPT))

    def install_on_reactor(self) -> None:
        """Make every connection of the reactor pass here."""
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Resolve *hostName* and pass its addresses on, all of them or none."""
        receiver: Any = resolutionReceiver
        # A tunnel's endpoint asks for the proxy's name alone, with port 0.
        port = portNumber or (self._exempt or "").rpartition(":")[2]
        if f"{hostName}:{port}" != self._exempt:
            receiver = _Checked(receiver, hostName, self._allowed, self._refuse)
        # zope interfaces leave `self` out of their signatures, which confuses type checkers.
        resolve: Callable[..., IHostResolution] = self._original.resolveHostName
        return resolve(receiver, hostName, portNumber, addressTypes, transportSemantics)

    def _refuse(self, host: str) -> None:
        if len(self.refused) > 10_000:
            self.refused.clear()
        self.refused.add(host)


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's handler: says when an address was blocked, and dials and trusts in its own way."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        if settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
            policy: Any = trust(settings.get(CA_FILE))
            self._contextFactory = policy

    async def download_request(self, request: Request) -> Response:
        """Return the response to *request*.

        Raises:
            BlockedAddressError: Its host resolves to a private address.
        """
        agent = DiallingAgent(
            contextFactory=self._contextFactory,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )
        try:
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(agent.download_request(request))
        except CannotResolveHostError as error:
            host = urlsplit(request.url).hostname or ""
            if host in GuardedResolver.refused:
                raise BlockedAddressError(f"{host} resolves to a private address") from error
            raise
