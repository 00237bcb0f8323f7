"""A batch of sources, crawled for the service in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli import logs, show
from crawler.cli.errors import explain

if TYPE_CHECKING:
    from crawler.config import Config


def load() -> None:
    """Import what a batch needs; starts no thread, installs no reactor."""
    import crawler.children
    import crawler.crawling
    import crawler.extract_worker

    assert crawler.children
    assert crawler.crawling
    crawler.extract_worker.warm()


def work(order: Mapping[str, Any]) -> int:
    """Crawl the batch that *order* names, in a process of its own; return the exit code."""
    from crawler.children import confine, taken_over
    from crawler.crawling import crawl
    from crawler.extract_pool import prepare

    found = taken_over(order["config"])
    confine(memory_limit_mb=found.service.memory_limit_mb)
    prepare()
    logs.start("info", hide=secrets_of(found))
    try:
        result = crawl(found, order["sources"], trigger="service", owner=order["owner"])
    except Exception as error:
        explained = explain(error)
        if explained is None:
            raise
        lines, code = explained
        for text in lines:
            show.note(text)
        return code
    return 0 if result.ok else 1


def nursery(
    parent: Annotated[int, typer.Argument(metavar="PID", help="The service's process id.")],
) -> None:
    """Fork crawl processes for the service, which sends its orders to standard input."""
    import socket

    from crawler.forking import serve

    with socket.socket(fileno=0) as link:
        serve(link, load=load, work=work, parent=parent)


def secrets_of(config: Config) -> tuple[str, ...]:
    """Return what the configuration knows that a log must not show."""
    from urllib.parse import urlsplit

    password = urlsplit(config.fetch.proxy).password if config.fetch.proxy else None
    return (password,) if password else ()
