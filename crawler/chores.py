"""What the service does besides crawling and delivering: pings, figures, the nightly work."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from crawler import heartbeat
from crawler.config import Config
from crawler.nightly import is_due, nightly, stale
from crawler.secrets import SecretMissing, read_secret
from crawler.standing import Standing, standing
from storage.archive import Archive
from storage.backup import sweep
from storage.errors import StorageError
from storage.prune_tx import Retention

logger = logging.getLogger(__name__)


class Chores:
    """Done once a minute, in a thread of their own; nothing in them stops the service."""

    def __init__(
        self, archive: Archive, config: Callable[[], Config], now: Callable[[], datetime]
    ) -> None:
        self._archive = archive
        self._config = config
        self._now = now
        self._started = now()
        self._swept = False
        self._stopping = threading.Event()
        self._stop_metrics: Callable[[], None] | None = None
        #: Where figures are served; 0 is nowhere.
        self._port = 0

    def look(self) -> Standing:
        """Return how everything stands.

        Raises:
            StorageError: the database cannot be read.
        """
        with self._archive.read() as reader:
            return standing(self._config(), reader, now=self._now())

    def serve(self, figures: Callable[[], dict[str, float]]) -> None:
        """Serve the figures at the configured port, if any, and no longer at another one."""
        port = self._config().service.metrics_port
        if port == self._port:
            return
        self.close()
        if not port:
            return
        from crawler.metrics import HOST, Figures, serve

        try:
            self._stop_metrics = serve(Figures(self.look, figures), port)
        except OSError as error:
            logger.error("no figures: port %d: %s", port, error.strerror or error)
            return
        self._port = port
        logger.info("figures for Prometheus at http://%s:%d/metrics", HOST, port)

    def close(self) -> None:
        """End the serving of figures."""
        if self._stop_metrics is not None:
            self._stop_metrics()
            self._stop_metrics = None
        self._port = 0

    def ask_to_stop(self) -> None:
        """Break off the nightly work if it is under way, and begin nothing more."""
        self._stopping.set()

    def minute(self) -> None:
        """Ping the watchdog, and do the nightly work when it is due. Never raises."""
        try:
            for part in (self._sweep, self._ping, self._nightly):
                if not self._stopping.is_set():
                    part()
        except (StorageError, OSError) as error:
            logger.error("chores: %s", error)
        except Exception:
            # They must be tried again in a minute, whatever was wrong.
            logger.exception("chores failed")

    def _ping(self) -> None:
        url = watchdog(self._config())
        if url is None:
            return
        try:
            problem = heartbeat.trouble(self.look(), started=self._started) or self._unsaved()
        except StorageError as error:
            problem = str(error)
        heartbeat.ping(url, problem=problem)

    def _unsaved(self) -> str | None:
        """Return what is wrong with the backups; None when nothing is, or none are wanted."""
        folder = self._config().service.backup_folder
        if not folder or self._archive.path is None:
            return None
        return stale(self._config().folder / folder, since=self._started, now=self._now())

    def _sweep(self) -> None:
        """At the start, remove what an earlier life left half-written among the backups."""
        config = self._config()
        if self._swept or not config.service.backup_folder:
            return
        self._swept = True
        folder = config.folder / config.service.backup_folder
        try:
            if count := sweep(folder):
                logger.info("removed %d unfinished backups from %s", count, folder)
        except OSError as error:
            logger.warning("%s: an unfinished backup stays: %s", folder, error.strerror or error)

    def _nightly(self) -> None:
        now, settings = self._now(), self._config().service
        with self._archive.begin() as tx:
            last = tx.last_nightly()
        if not is_due(now, last=last, started=self._started, hour=settings.nightly_hour):
            return
        kept = timedelta(days=settings.keep_days)
        folder = settings.backup_folder
        nightly(
            self._archive,
            folder=self._config().folder / folder if folder else None,
            retention=Retention(messages=kept, runs=kept, refusals=kept),
            now=now,
            stop=self._stopping.is_set,
        )


def watchdog(config: Config) -> str | None:
    """Return the watchdog's address, a secret; None when there is none."""
    file: Path | None = config.service.heartbeat_url_file
    if file is None and heartbeat.VARIABLE not in os.environ:
        return None
    try:
        return read_secret(heartbeat.VARIABLE, file and config.folder / file, os.environ).reveal()
    except SecretMissing as error:
        logger.warning("no watchdog: %s", error)
        return None
