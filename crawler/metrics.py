"""Figures for Prometheus, on loopback, off by default. Labels come from the configuration only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crawler import __version__
from crawler.standing import Standing
from storage.errors import StorageError

HOST = "127.0.0.1"
_STATES = ("ok", "new", "quiet", "late", "degraded", "failing", "off")


class Figures(Collector):
    """Reads how everything stands when it is asked, so that nothing is counted twice."""

    def __init__(self, look: Callable[[], Standing], service: Callable[[], dict[str, float]]):
        """Take what looks into the database, and what knows the service's own figures."""
        self._look = look
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """Yield every figure; without the database only the service's own."""
        build = GaugeMetricFamily("windcatch_build_info", "The version.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        for name, value in self._service().items():
            yield GaugeMetricFamily(f"windcatch_{name}", name.replace("_", " "), value=value)
        try:
            standing = self._look()
        except StorageError:
            yield GaugeMetricFamily("windcatch_database_up", "It can be read.", value=0)
            return
        yield GaugeMetricFamily("windcatch_database_up", "It can be read.", value=1)
        yield from _of_sources(standing)
        outbox = GaugeMetricFamily("windcatch_outbox", "Messages by state.", labels=["state"])
        for state, count in standing.outbox.items():
            outbox.add_metric([state], count)
        yield outbox
        oldest = standing.oldest_pending_at
        yield GaugeMetricFamily(
            "windcatch_outbox_oldest_pending_seconds",
            "How long the oldest due message has waited.",
            value=(standing.at - oldest).total_seconds() if oldest else 0,
        )


def _of_sources(standing: Standing) -> Iterator[Metric]:
    times: tuple[tuple[str, str, Callable[..., datetime | None]], ...] = (
        ("last_success", "When it was last read.", lambda s: s.last_ok_at),
        ("last_article", "When it last brought an article.", lambda s: s.last_new_at),
        ("next_due", "When it is asked next.", lambda s: s.next_due_at),
    )
    for name, text, of in times:
        family = GaugeMetricFamily(
            f"windcatch_source_{name}_timestamp_seconds", text, labels=["source"]
        )
        for source in standing.sources:
            if (moment := of(source)) is not None:
                family.add_metric([source.source_id], moment.timestamp())
        yield family
    failures = GaugeMetricFamily(
        "windcatch_source_failures", "Failed passes in a row.", labels=["source"]
    )
    articles = GaugeMetricFamily("windcatch_source_articles", "Articles held.", labels=["source"])
    states = GaugeMetricFamily("windcatch_sources", "Sources by state.", labels=["state"])
    for source in standing.sources:
        failures.add_metric([source.source_id], source.failures)
        articles.add_metric([source.source_id], source.articles)
    for state in _STATES:
        states.add_metric([state], sum(s.state == state for s in standing.sources))
    yield from (failures, articles, states)


def serve(figures: Figures, port: int) -> Callable[[], None]:
    """Serve *figures* on loopback; return what ends it.

    Raises:
        OSError: the port is taken.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(figures)
    server, thread = start_http_server(port, addr=HOST, registry=registry)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(5)

    return stop
