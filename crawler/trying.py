"""Looks at sites, through Scrapy: what the pure walks of spiders/detect.py and trial.py ask for.

A process can do one of these, once: the reactor cannot be started twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawler.options import FetchOptions
from crawler.probe import Look, look_around
from spiders.detect import Detection, detect
from spiders.discovery import Answer, Get
from spiders.items import Failed
from spiders.sources import Source
from spiders.trial import Sample, Way, try_source


def look_at_site(url: str, options: FetchOptions, *, now: datetime) -> Detection:
    """Return what the site at *url* offers.

    Raises:
        TimeoutError: it took longer than 90 s.
    """
    found: list[Detection] = []

    async def work(look: Look) -> None:
        found.append(await detect(url, get=_get(look), now=now))

    look_around(work, options, named=[url])
    return found[0]


def look_at_source(
    source: Source, options: FetchOptions, *, now: datetime
) -> tuple[tuple[Way, ...], tuple[Sample, ...]]:
    """Return how each channel of *source* does, and what a few of its articles give.

    Raises:
        TimeoutError: it took longer than 90 s.
    """
    found: list[tuple[tuple[Way, ...], tuple[Sample, ...]]] = []

    async def work(look: Look) -> None:
        found.append(await try_source(source, now=now, get=_get(look)))

    verified = options.verify_tls and source.politeness.verify_tls
    look_around(
        work,
        replace(options, verify_tls=verified),
        named=[source.home, *(channel.url for channel in source.channels)],
        headers=source.headers,
        robots=source.politeness.robots,
    )
    return found[0]


def _get(look: Look) -> Get:
    async def get(url: str) -> Answer | Failed:
        looked = await look(url)
        if looked.good is None:
            return Failed(source_id="look", url=url, error_class="look", detail=looked.failure)
        capture = looked.good
        return Answer(
            url=url,
            final_url=capture.final_url,
            status=capture.status,
            headers=dict(capture.headers),
            body=capture.body,
        )

    return get
