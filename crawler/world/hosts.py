"""Named hosts on one loopback port, with https where they want it: what every fake world is made of."""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from ssl import SSLContext
from types import TracebackType
from typing import Self

from crawler.world.ledger import Ledger
from crawler.world.reply import Reply, Request
from crawler.world.server import Server
from crawler.world.tls import Authority


class HostsOnLoopback(ABC):
    """Serves while entered; what hosts there are and what they answer is the subclass's."""

    def __init__(self, *, port: int = 0) -> None:
        """Make the certificates' authority; nothing is served before it is entered."""
        self._folder = tempfile.TemporaryDirectory(prefix="windcatch-world-")
        self._authority = Authority(Path(self._folder.name))
        self._server = Server(self._answer, self._context, port=port)
        #: Every answered request.
        self.ledger = Ledger()

    @abstractmethod
    def _answer(self, request: Request) -> Reply:
        """Return the answer to *request*, and note it in the ledger."""

    @abstractmethod
    def _context(self, host: str) -> SSLContext | None:
        """Return the certificate of *host*; None when there is no such host."""

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving and remove the authority's keys."""
        self._server.close()
        self._folder.cleanup()

    @property
    def port(self) -> int:
        """The loopback port of the proxy."""
        return self._server.port

    @property
    def proxy_url(self) -> str:
        """What `[fetch] proxy` is to be set to."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ca_file(self) -> Path:
        """The certificate (PEM) that vouches for the hosts' https."""
        return self._authority.ca_file
