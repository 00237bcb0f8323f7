"""The URL gate: what may be asked of the network at all. Pure.

Every URL passes here before it becomes a request, and every redirect hop again. The gate reads a
URL as browsers do (WHATWG, through ada) and hands back that reading, so that no later parser sees
another host. It does not resolve names: the barrier against private addresses is the resolver
(crawler/netguard.py), which checks the address that is dialled.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import ada_url

from spiders.sources import Source

#: Long enough for every article URL met; longer ones are traps or carry state.
MAX_URL = 4096
PORTS = frozenset({80, 443, 8080, 8443})

_DEFAULT_PORT = {"http:": 80, "https:": 443}
#: White space at the ends is a slip in a feed; inside, or any control, is an attempt.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029\ufeff\u200b\u202a-\u202e\u2066-\u2069]")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Not `is_global`'s business everywhere, but never a publisher: 6to4 relays, and prefixes that
#: carry an IPv4 address which a translator would dial for us.
_NEVER: tuple[Network, ...] = tuple(
    ipaddress.ip_network(net)
    for net in ("100.64.0.0/10", "192.88.99.0/24", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
)


class Refused(ValueError):
    """A URL the gate does not let through.

    Attributes:
        reason: One short word for counters: scheme, userinfo, port, backslash, private_address...
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """What a run allows beyond the defaults."""

    #: Networks that count as public: intranet sources, tests.
    private_networks: tuple[Network, ...] = ()
    ports: frozenset[int] = PORTS


@lru_cache(maxsize=256)
def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Return *texts* ("127.0.0.0/8") as networks.

    Raises:
        ValueError: One is not a network.
    """
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def policy_for(source: Source, private_networks: Iterable[str] = ()) -> GatePolicy:
    """Return the policy of *source*: a port its own definition names is allowed."""
    urls = (source.home, *(channel.url for channel in source.channels))
    # Without a colon after that of the scheme there is none: most need not be taken apart.
    named = {urlsplit(url).port for url in urls if ":" in url[8:]}
    return GatePolicy(
        private_networks=networks(tuple(private_networks)),
        ports=PORTS | {port for port in named if port},
    )


def blocked(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Tell whether *address*, a resolved IP, must not be dialled. Unreadable ones are blocked."""
    try:
        ip: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if any(ip in net for net in allowed):
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return blocked(str(inner), allowed)
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return True
    return any(ip in net for net in _NEVER)


def check_url(url: str, *, policy: GatePolicy = GatePolicy()) -> str:
    """Return *url* as it will be asked for, without its fragment.

    Raises:
        Refused: It is not a plain http(s) URL to a public host on an allowed port.
    """
    url = url.strip(" \t\r\n\f")
    if len(url) > MAX_URL:
        raise Refused("too_long", f"{len(url)} characters")
    if "\\" in url:
        # Two parsers read http://a\@b/ as two hosts (GHSA-rph4-96w6-q594).
        raise Refused("backslash")
    if _FORBIDDEN.search(url.replace(" ", "%20")):
        raise Refused("control_character")
    try:
        seen = ada_url.URL(url)
    except ValueError:
        raise Refused("unreadable") from None
    if seen.protocol not in _DEFAULT_PORT:
        raise Refused("scheme", seen.protocol[:20])
    if seen.username or seen.password:
        raise Refused("userinfo")
    host = seen.hostname
    if not host or host.startswith(".") or ".." in host:
        raise Refused("no_host")
    port = int(seen.port) if seen.port else _DEFAULT_PORT[seen.protocol]
    if port not in policy.ports:
        raise Refused("port", str(port))
    _check_host(host.rstrip("."), policy)
    seen.hash = ""
    href: str = seen.href.replace("|", "%7C")
    if len(href) > MAX_URL:
        # Written out in percents, a character takes up to twelve.
        raise Refused("too_long", f"{len(href)} characters")
    # The barrier between parsers: what Scrapy and Twisted will read must be what ada read.
    if (urlsplit(href).hostname or "") != host.strip("[]"):
        raise Refused("ambiguous_host")
    return href


def _check_host(host: str, policy: GatePolicy) -> None:
    if not host:
        raise Refused("no_host")
    literal = host.strip("[]")
    try:
        ipaddress.ip_address(literal)
    except ValueError:
        # ada has already turned 127.1, 0x7f000001, 0177.0.0.1 and full-width digits into dots.
        local = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
        if local and not policy.private_networks:
            raise Refused("private_address", host) from None
        return
    if blocked(literal, policy.private_networks):
        raise Refused("private_address", literal)


def without_secrets(url: str) -> str:
    """Return *url* for a log or message: no userinfo, no query, at most 200 characters."""
    shown = re.sub(r"//[^/@]*@", "//", url.replace("\\", "/"))
    head, mark, _ = shown.partition("?")
    return re.sub(r"[\x00-\x1f\x7f]", "", head)[:200] + ("?…" if mark else "")
