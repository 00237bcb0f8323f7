from __future__ import annotations

from typing import Any

import pytest
from fetch_fakes import BadServer, child, response
from twisted.internet.address import IPv4Address

from crawler.netguard import GuardedResolver
from crawler.options import FetchOptions
from spiders.gate import networks

#: Reference 5.2: every spelling of one loopback address that some HTTP stack has dialled.
SPELLINGS = (
    "http://127.0.0.1:{p}/", "http://localhost:{p}/", "http://LOCALHOST:{p}/",
    "http://127.1:{p}/", "http://2130706433:{p}/", "http://0x7f000001:{p}/",
    "http://0177.0.0.1:{p}/", "http://[::ffff:127.0.0.1]:{p}/", "http://[::1]:{p}/",
    "http://0.0.0.0:{p}/", "http://0:{p}/", "http://①②⑦.⓪.⓪.①:{p}/",
    "http://127.0.0.1.:{p}/", "http://a@127.0.0.1:{p}/", "http://x\\@127.0.0.1:{p}/",
    "http://[::ffff:7f00:1]:{p}/",
)  # fmt: skip


@pytest.mark.parametrize(
    ("allowed", "dialled"), [((), False), (("127.0.0.0/8", "0.0.0.0/32", "::1/128"), True)]
)
def test_the_resolver_alone_keeps_every_spelling_from_a_canary(
    allowed: tuple[str, ...], dialled: bool
) -> None:
    with BadServer(routes={"/": response("secret")}) as canary:
        urls = [spelling.format(p=canary.port) for spelling in SPELLINGS]
        fetch = FetchOptions(allow_private_networks=allowed)
        seen = child("bare", {"urls": urls, "fetch": fetch}).result
        assert len(seen) == len(SPELLINGS)
        if dialled:
            # The control: without the guard most of them are read.
            assert canary.connections >= 6
        else:
            assert canary.connections == 0
            assert not [url for url, what in seen.items() if what.startswith("read")]
            assert seen[urls[0]] == "blocked_address"
            assert seen[urls[1]] == "blocked_address"


class Answers:
    """A name resolver that gives a scripted answer to each question."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self._answers = list(answers)

    def resolveHostName(self, receiver: Any, host: str, port: int, *_: Any) -> None:
        receiver.resolutionBegan(None)
        for address in self._answers.pop(0):
            receiver.addressResolved(IPv4Address("TCP", address, port))
        receiver.resolutionComplete()


class Receiver:
    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete = False

    def resolutionBegan(self, _: Any) -> None: ...

    def addressResolved(self, address: Any) -> None:
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete = True


class Reactor:
    def __init__(self, resolver: Any) -> None:
        self.nameResolver = resolver


def resolve(guard: GuardedResolver, host: str, port: int = 80) -> list[str]:
    receiver: Any = Receiver()
    guard.resolveHostName(receiver, host, port)
    assert receiver.complete
    return receiver.addresses


def test_one_private_address_among_public_ones_blocks_the_name() -> None:
    guard = GuardedResolver(Reactor(Answers(("93.184.216.34", "10.0.0.1"))), (), None)
    assert resolve(guard, "mixed.example") == []
    assert "mixed.example" in GuardedResolver.refused


def test_rebinding_is_seen_because_each_connection_is_resolved_and_checked() -> None:
    guard = GuardedResolver(Reactor(Answers(("93.184.216.34",), ("127.0.0.1",))), (), None)
    assert resolve(guard, "rebind.example") == ["93.184.216.34"]
    assert resolve(guard, "rebind.example") == []


def test_an_allowed_network_passes() -> None:
    guard = GuardedResolver(Reactor(Answers(("10.1.2.3",))), networks(("10.1.0.0/16",)), None)
    assert resolve(guard, "intranet.example") == ["10.1.2.3"]


def test_the_configured_proxy_passes_on_its_own_port_only() -> None:
    answers = Answers(("127.0.0.1",), ("127.0.0.1",), ("127.0.0.1",))
    guard = GuardedResolver(Reactor(answers), (), "127.0.0.1:3128")
    assert resolve(guard, "127.0.0.1", 3128) == ["127.0.0.1"]
    assert resolve(guard, "127.0.0.1", 0) == ["127.0.0.1"]
    assert resolve(guard, "127.0.0.1", 80) == []
