"""What can go wrong with a request, named once. Counters, health and people use these words."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from spiders.gate import Refused

CLASSES = (
    "timeout",
    "dns",
    "refused_connection",
    "connection",
    "tls_error",
    "oversize",
    "truncated",
    "blocked_address",
    "gate",
    "robots",
    "redirect_loop",
    "retry_later",
    "http_4xx",
    "http_5xx",
    "not_a_feed",
    "empty_feed",
    "parse",
    "store",
)


class Dropped(IgnoreRequest):
    """A request that we decided not to make, or an answer we decided not to use.

    Attributes:
        error_class: One of CLASSES.
        final: True when asking again later cannot help.
    """

    def __init__(self, error_class: str, detail: str, *, final: bool = False) -> None:
        super().__init__(f"{error_class}: {detail}")
        self.error_class = error_class
        self.detail = detail
        self.final = final


class BlockedAddressError(Exception):
    """A name that resolves to an address the run may not dial."""


_BY_TYPE: tuple[tuple[type[BaseException], str], ...] = (
    (BlockedAddressError, "blocked_address"),
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "refused_connection"),
    (DownloadCancelledError, "oversize"),
    (ResponseDataLossError, "truncated"),
    (UnsupportedURLSchemeError, "gate"),
)


def classify(error: BaseException) -> tuple[str, str]:
    """Return the class of *error* and one line of detail, without secrets."""
    if isinstance(error, Refused):
        return "gate", str(error)
    if isinstance(error, Dropped):
        return error.error_class, error.detail
    causes = list(_causes(error))
    for cause in causes:
        name = type(cause).__name__
        if name in {"VerificationError", "CertificateError"} or "OpenSSL" in type(cause).__module__:
            return "tls_error", _line(cause)
        for kind, word in _BY_TYPE:
            if isinstance(cause, kind):
                return word, _line(cause)
    if isinstance(error, IgnoreRequest):
        # HttpCompression's only reason to ignore an answer.
        word = "oversize" if "DOWNLOAD_MAXSIZE" in str(error) else "gate"
        return word, _line(error)
    if isinstance(error, (DownloadFailedError, OSError)) or "twisted" in type(error).__module__:
        return "connection", _line(error)
    return "parse", _line(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and what stands behind it, Twisted's lists of reasons included."""
    waiting, seen = [error], 0
    while waiting and seen < 20:
        current = waiting.pop(0)
        seen += 1
        yield current
        if current.__cause__ is not None:
            waiting.append(current.__cause__)
        for reason in getattr(current, "reasons", None) or ():
            inner = getattr(reason, "value", reason)
            if isinstance(inner, BaseException):
                waiting.append(inner)


def _line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
