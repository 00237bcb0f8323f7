"""One HTTP POST for senders that are not Slack's API; its failures as our errors."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping

from alerts.errors import NotSent, PermanentAlert, PermanentChannel, Scope, Uncertain
from alerts.limits import retry_after
from alerts.wire import fetch, opener

TIMEOUT_S = 10.0
DEADLINE_S = 20.0
ANSWER_MAX = 64 * 1024


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float = TIMEOUT_S
) -> tuple[int, str]:
    """Return status and text of the 2xx answer to one POST; nothing is retried or followed.

    Raises:
        NotSent: refused for now (429, 503 with Retry-After), or never connected.
        PermanentAlert: the receiver refuses this message (400, 413, 422).
        PermanentChannel: there is no such receiver for us (401, 403, 404, 410, a redirect).
        Uncertain: anything that may have been taken.
    """
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310 - configuration allows http and https only
    try:
        status, _, answer = fetch(
            opener(None), request, timeout_s=timeout_s, deadline_s=DEADLINE_S, limit=ANSWER_MAX
        )
    except urllib.error.HTTPError as error:
        with error:
            text = _text(error)
            raise _refusal(error.code, error.headers.get("Retry-After"), text) from None
    except urllib.error.URLError as error:
        # Not str(error): the address, which may be the secret, stands in some of them.
        if isinstance(
            error.reason, ConnectionRefusedError | socket.gaierror | ssl.SSLError | TimeoutError
        ):
            raise NotSent("cannot_connect", str(error.reason)) from None
        raise Uncertain("connection_broken", type(error.reason).__name__) from None
    except (OSError, http.client.HTTPException) as error:
        raise Uncertain("connection_broken", type(error).__name__) from None
    return status, answer.decode("utf-8", "replace")


def _refusal(status: int, wait: str | None, text: str) -> Exception:
    if status == 429 or (status == 503 and wait is not None):
        return NotSent(f"http_{status}", retry_after=retry_after(wait), scope=Scope.CHANNEL)
    if status >= 500:
        return Uncertain(f"http_{status}", text)
    if status in (400, 413, 422):
        return PermanentAlert(f"http_{status}", text)
    if status in (401, 403, 404, 410) or status < 400:
        return PermanentChannel(f"http_{status}", text)
    return NotSent(f"http_{status}", text)


def _text(error: urllib.error.HTTPError) -> str:
    try:
        return error.read(200).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return ""
