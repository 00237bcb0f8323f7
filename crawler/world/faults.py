"""Faults: what can be wrong with an answer, as values, and their effect on a reply. Pure."""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import dataclass, field, replace
from functools import cache

from crawler.world.reply import Manner, Reply, Request

#: Of zeros, before compression: far over any sane limit, about 100 KB on the wire.
BOMB_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What to do to answers. Keep `times` small: a fault that never ends is a site that is down."""

    #: For the ledger and for people.
    name: str
    #: Answers to spoil before the fault is used up; None for as long as it is set.
    times: int | None = 1
    #: Answers to let pass first.
    skip: int = 0
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    manner: Manner = Manner.PLAIN
    delay_s: float = 0.0
    #: Keep the true reply and only delay or mistreat it.
    keep: bool = field(default=False)


def apply(fault: Fault, reply: Reply) -> Reply:
    """Return *reply* as *fault* leaves it."""
    if fault.keep or (fault.status is None and fault.body is None):
        return replace(
            reply,
            headers=reply.headers + fault.headers,
            manner=fault.manner,
            delay_s=reply.delay_s + fault.delay_s,
            fault=fault.name,
        )
    types = {name.lower() for name, _ in fault.headers}
    plain = () if "content-type" in types else (("Content-Type", "text/html; charset=utf-8"),)
    return Reply(
        status=fault.status or 200,
        headers=plain + fault.headers,
        body=fault.body or b"",
        manner=fault.manner,
        delay_s=fault.delay_s,
        fault=fault.name,
    )


@dataclass(slots=True)
class Armed:
    """A fault set on a site: which targets it holds for and how much of it is left."""

    fault: Fault
    #: A regular expression searched in the target (path and query).
    where: re.Pattern[str]
    left: int | None
    skip: int

    def takes(self, request: Request) -> bool:
        """Count *request* against this fault and say whether it is spoilt."""
        if self.left == 0 or not self.where.search(request.target):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.left is not None:
            self.left -= 1
        return True


def arm(fault: Fault, where: str) -> Armed:
    """Return *fault* armed for the targets in which the regular expression *where* is found."""
    return Armed(fault=fault, where=re.compile(where), left=fault.times, skip=fault.skip)


def status(code: int, *, times: int | None = 1, retry_after: str | None = None) -> Fault:
    """Return a fault that answers *code*, with Retry-After if given."""
    headers = (("Retry-After", retry_after),) if retry_after is not None else ()
    body = f"<html><title>{code}</title><h1>{code}</h1></html>".encode()
    return Fault(name=f"status {code}", times=times, status=code, headers=headers, body=body)


def misbehave(manner: Manner, *, times: int | None = 1) -> Fault:
    """Return a fault that sends the true reply in a bad *manner*."""
    return Fault(name=str(manner), times=times, manner=manner, keep=True)


def delay(seconds: float, *, times: int | None = 1) -> Fault:
    """Return a fault that holds the true reply back."""
    return Fault(name=f"delay {seconds:g} s", times=times, delay_s=seconds, keep=True)


def loop(target: str, *, times: int | None = None) -> Fault:
    """Return a fault that redirects to *target*: with the page's own path, a self-redirect."""
    headers = (("Location", target),)
    return Fault(name="redirect", times=times, status=302, headers=headers, body=b"")


def replaced(body: bytes, content_type: str = "text/html", *, times: int | None = 1) -> Fault:
    """Return a fault that answers 200 with *body*: HTML instead of a feed, an empty feed, a wall."""
    headers = (("Content-Type", content_type),)
    return Fault(name="replaced", times=times, status=200, headers=headers, body=body)


def bomb(coding: str = "gzip", *, times: int | None = 1) -> Fault:
    """Return a fault that answers with 100 MB of zeros packed by *coding*.

    Raises:
        KeyError: *coding* is not gzip, deflate or double (gzip twice).
    """
    names = {"gzip": "gzip", "deflate": "deflate", "double": "gzip, gzip"}
    headers = (("Content-Type", "text/html"), ("Content-Encoding", names[coding]))
    packed = _bomb(coding)
    return Fault(name=f"{coding} bomb", times=times, status=200, headers=headers, body=packed)


@cache
def _bomb(coding: str) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 15 if coding == "deflate" else 31)
    block = bytes(1024 * 1024)
    packed = b"".join(packer.compress(block) for _ in range(BOMB_BYTES // len(block)))
    packed += packer.flush()
    return gzip.compress(packed) if coding == "double" else packed
