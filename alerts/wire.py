"""HTTP for messages: bounded in time and size, no redirects, no proxy out of the environment."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.request
from email.message import Message as Headers
from typing import Any

from storage.failpoints import failpoint


def opener(proxy: str | None) -> urllib.request.OpenerDirector:
    """Return an opener that goes where it is told, through *proxy* or directly.

    It follows no redirect: urllib would carry credentials to wherever an answer points.
    """
    proxies = {"http": proxy, "https": proxy} if proxy else {}
    return urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), _NoRedirect(), _Http(), _Https()
    )


def fetch(
    through: urllib.request.OpenerDirector,
    request: urllib.request.Request,
    *,
    timeout_s: float,
    deadline_s: float,
    limit: int,
) -> tuple[int, Headers, bytes]:
    """Return status, headers and body of one request that answers 2xx.

    *timeout_s* bounds each step on the wire, *deadline_s* the whole answer, *limit* its bytes.

    Raises:
        urllib.error.HTTPError: any other status.
        OSError, http.client.HTTPException: as the connection ended.
    """
    deadline = time.monotonic() + deadline_s
    with through.open(request, timeout=timeout_s) as response:
        body = bytearray()
        while chunk := response.read1(65536):
            body += chunk
            if len(body) > limit or time.monotonic() > deadline:
                raise TimeoutError("the answer is too long or too slow")
        wanted = response.headers.get("Content-Length")
        # read1 takes an early end for the end.
        if wanted is not None and wanted.isdigit() and len(body) < int(wanted):
            raise http.client.IncompleteRead(bytes(body[:100]), int(wanted) - len(body))
        return response.status, response.headers, bytes(body)


class _Connection(http.client.HTTPConnection):
    def getresponse(self) -> http.client.HTTPResponse:
        failpoint("outbox.request_written")
        return super().getresponse()


class _TlsConnection(http.client.HTTPSConnection):
    def getresponse(self) -> http.client.HTTPResponse:
        failpoint("outbox.request_written")
        return super().getresponse()


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_TlsConnection, req, context=ssl.create_default_context())


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Never."""
