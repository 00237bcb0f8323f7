"""Whom TLS connections trust: the system's authorities, and those of `[fetch] ca_file`.

Twisted and Scrapy read the system's authorities anew for each connection: 6 ms of processor time,
three times a whole poll without news. Here they are read once in a process. What is checked of a
host, its name, is checked on its own connection (Twisted 26.4 and later).
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

# What `optionsForClientTLS` returns, and the interface that `trustRoot` asks for: no public names.
from twisted.internet._sslverify import ClientTLSOptions, IOpenSSLTrustRoot
from twisted.internet.ssl import AcceptableCiphers, CertificateOptions
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer


@implementer(IOpenSSLTrustRoot)
class _Authorities:
    """The system's authorities and those of one PEM file."""

    def __init__(self, ca_file: str | None) -> None:
        self._ca_file = ca_file

    def _addCACertsToContext(self, context: Any) -> None:
        context.set_default_verify_paths()
        if self._ca_file:
            context.load_verify_locations(self._ca_file)


@lru_cache(maxsize=2)
def trust(ca_file: str | None) -> Trust:
    """Return the policy of all connections of this process that trust *ca_file*, too."""
    return Trust(ca_file)


@implementer(IPolicyForHTTPS)
class Trust:
    """Verifies certificates and host names; reads the authorities at the first connection."""

    def __init__(self, ca_file: str | None = None) -> None:
        """Trust the system's authorities, and those of the PEM file *ca_file*."""
        self._ca_file = ca_file

    @cached_property
    def _options(self) -> Any:
        root: Any = _Authorities(self._ca_file)
        # As Scrapy: OpenSSL's own default list, since many publishers' servers are old.
        ciphers: Any = AcceptableCiphers
        return CertificateOptions(
            trustRoot=root,
            fixBrokenPeers=True,
            acceptableCiphers=ciphers.fromOpenSSLCipherString("DEFAULT"),
        )

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        """Return what makes connections to *hostname*, which must prove that name."""
        return ClientTLSOptions(self._options._makeTLSConnection, hostname.decode("ascii"))
