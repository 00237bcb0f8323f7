"""A batch of sources, crawled for the service in a process of its own."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli import logs, show
from crawler.cli.errors import explain

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.ingest import Desk


@dataclass(frozen=True, slots=True)
class _Accepted:
    config: Config
    desk: Desk


#: The newest configuration that was read ahead, by its hash.
_accepted: dict[str, _Accepted] = {}


def load() -> None:
    """Import what a batch needs; starts no thread, installs no reactor."""
    import crawler.crawling
    import crawler.log
    from crawler.extract_worker import warm
    from crawler.settings import load_components
    from storage.urls import site_of

    assert crawler.crawling
    assert crawler.log
    load_components()
    # Reads the list of public suffixes, once.
    site_of("https://example.com/")
    warm()


def prepare(order: Mapping[str, Any]) -> None:
    """Read the configuration of *order* where every process forked from now on has it.

    Raises:
        ConfigError: it cannot be used.
    """
    held = order["config"]
    if held["hash"] not in _accepted:
        _accepted.clear()
        _accepted[held["hash"]] = _accept(held)
        # The one before is gone, and this one stays in pages shared with the children.
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def _accept(held: Mapping[str, Any]) -> _Accepted:
    from crawler.children import taken_over
    from crawler.crawling import desk_of, fetch_options
    from crawler.settings import of_process, shared

    config = taken_over(held)
    # Remembered, for the process that crawls.
    fetch = fetch_options(config)
    of_process(fetch)
    shared(fetch)
    return _Accepted(config, desk_of(config))


def work(order: Mapping[str, Any]) -> int:
    """Crawl the batch that *order* names, in a process of its own; return the exit code."""
    from crawler.children import confine
    from crawler.crawling import crawl
    from crawler.extract_pool import prepare as prepare_worker

    try:
        held = order["config"]
        known = _accepted.get(held["hash"]) or _accept(held)
        found = known.config
        confine(memory_limit_mb=found.service.memory_limit_mb)
        prepare_worker()
        logs.start("info", hide=secrets_of(found))
        result = crawl(
            found,
            order["sources"],
            trigger="service",
            owner=order["owner"],
            most=found.service.batch,
            desk=known.desk,
        )
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
        serve(link, load=load, work=work, parent=parent, prepare=prepare)


def secrets_of(config: Config) -> tuple[str, ...]:
    """Return what the configuration knows that a log must not show."""
    from urllib.parse import urlsplit

    password = urlsplit(config.fetch.proxy).password if config.fetch.proxy else None
    return (password,) if password else ()
