"""`windcatch run`: a supervisor that ticks, delivers, listens to signals, and ends cleanly."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alerts.delivery import Dispatcher
from crawler.chores import Chores
from crawler.claiming import LEASE
from crawler.clock import utcnow
from crawler.clockwatch import ClockWatch
from crawler.config import Config, ConfigError, load
from crawler.delivery import dispatcher_of
from crawler.jobs import Jobs, until
from crawler.nursery import Nursery
from crawler.postman import Postman
from crawler.ticker import Ticker
from crawler.watchlists import watchlists_of
from storage.archive import Archive
from storage.errors import StorageError
from storage.failpoints import failpoint

logger = logging.getLogger(__name__)

#: How often leases are renewed and the service's own run is marked alive.
_BEAT_S = 10.0
#: A run whose heart stopped for so long is dead (reliability notes, 3.3).
_ABANDONED = timedelta(seconds=60)
_CHORES_S = 60.0
#: The trigger under which the service's own run is noted; `status` finds it by that.
SUPERVISOR = "supervisor"


class Service:
    """One supervisor on one database; any number of them may share it."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = utcnow) -> None:
        """Read the configuration; starts nothing, opens nothing.

        Raises:
            ConfigError: the file or a watchlist cannot be used.
            StorageError: the database's address cannot be right.
        """
        self._path = path
        self._now = now
        self._config = _checked(path)
        self._archive = Archive(self._config.database_url)
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._run_id: int | None = None
        self._jobs = Jobs()
        self._chores = Chores(self._archive, lambda: self._config, now)
        self._figures = {"clock_jumps_total": 0.0, "config_last_reload_successful": 1.0}

    async def run(self, nursery: Nursery) -> int:
        """Work until a signal ends it; return the exit code.

        Args:
            nursery: where crawl processes are forked; closed at the end.

        Raises:
            StorageError: the database cannot be opened at the start.
            ConfigurationProblem: a destination cannot be built (a token is missing).
        """
        try:
            return await self._run(nursery)
        finally:
            await nursery.close()
            self._archive.close()

    async def _run(self, nursery: Nursery) -> int:
        self._ticker = Ticker(self._archive, lambda: self._config, self._now, nursery)
        self._archive.create()
        dispatcher = dispatcher_of(self._config, self._archive)
        self._begin()
        self._postman = self._new_postman(dispatcher)
        self._postman.start()
        scheduler = self._scheduler = self._new_scheduler()
        self._chores.serve(self._now_figures)
        self._listen()
        clock = ClockWatch(scheduler, self._pull_back, self._figures)
        watch = asyncio.create_task(clock.watch())
        logger.info(
            "service started: %d sources, %d watchlists, pid %d",
            len(self._config.enabled),
            len(self._config.watchlist_texts),
            os.getpid(),
        )
        try:
            scheduler.start()
            await self._stop.wait()
        finally:
            watch.cancel()
            scheduler.pause()
            await self._finish()
            # Only now: shutdown cancels coroutines that are under way (reliability notes, 3.1).
            scheduler.shutdown(wait=False)
            self._chores.close()
            _deafen()
        return 0

    def _begin(self) -> None:
        now = self._now()
        with self._archive.begin() as tx:
            closed = tx.close_abandoned(now, _ABANDONED)
            tx.sync_sources(_intervals(self._config), now=now)
            self._run_id = tx.start_run(
                SUPERVISOR, (), now=now, pid=os.getpid(), config_hash=self._config.hash
            )
        if closed:
            logger.warning("closed %d runs that were abandoned", closed)

    def _now_figures(self) -> dict[str, float]:
        return {**self._figures, "crawls": float(self._ticker.at_work)}

    def _new_scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # APScheduler reads the true clock, whatever offset the program's own has.
        start = datetime.now(UTC)
        tick_s = self._config.service.tick_s
        # At once: the watchdog should hear of a restart sooner than of a death.
        for name, work, seconds, first in (
            ("tick", self._tick, tick_s, {"next_run_time": start}),
            ("beat", self._beat, _BEAT_S, {}),
            ("chores", self._do_chores, _CHORES_S, {"next_run_time": start}),
        ):
            scheduler.add_job(
                self._jobs.do,
                "interval",
                (name, work),
                seconds=seconds,
                id=name,
                name=name,
                **first,
            )
        scheduler.add_listener(_job_failed, EVENT_JOB_ERROR)
        return scheduler

    async def _tick(self) -> None:
        try:
            await self._ticker.tick()
        except StorageError as error:
            logger.warning("nothing claimed: %s", error)

    async def _do_chores(self) -> None:
        await asyncio.to_thread(self._chores.minute)
        try:
            await asyncio.to_thread(self._close_abandoned)
        except StorageError as error:
            logger.warning("abandoned runs were not looked for: %s", error)

    def _close_abandoned(self) -> None:
        """Close runs whose process has died: of a service that was back before they were cold."""
        with self._archive.begin() as tx:
            closed = tx.close_abandoned(self._now(), _ABANDONED)
        if closed:
            logger.warning("closed %d runs that were abandoned", closed)

    async def _beat(self) -> None:
        try:
            await self._ticker.beat()
            await asyncio.to_thread(self._beat_run)
        except StorageError as error:
            logger.warning("heartbeat not noted: %s", error)
        if not self._postman.alive:
            logger.error("the delivery thread has died: stopping, so that it is noticed")
            self._stop.set()

    def _beat_run(self) -> None:
        if self._run_id is not None:
            with self._archive.begin() as tx:
                tx.beat_run(self._run_id, self._now(), {"crawls": self._ticker.at_work})

    def _pull_back(self) -> int:
        """Move what was set for later by a clock that was ahead; return how many sources."""
        with self._archive.begin() as tx:
            return tx.clock_stepped_back(now=self._now(), lease=LEASE)

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._asked_to_stop, signal.Signals(number).name)
        if hasattr(signal, "SIGHUP"):
            loop.add_signal_handler(signal.SIGHUP, self._asked_to_reload)

    def _asked_to_stop(self, name: str) -> None:
        if not self._stop.is_set():
            logger.info("%s: finishing what is under way (again to stop at once)", name)
            self._stop.set()
        else:
            logger.warning("%s again: stopping at once", name)
            self._hurry.set()
            self._kill = asyncio.create_task(self._ticker.kill())

    def _asked_to_reload(self) -> None:
        self._reloading = asyncio.create_task(self._reload())

    async def _reload(self) -> None:
        """Take over the file as it is now; a bad one changes nothing."""
        self._figures["config_last_reload_successful"] = 0.0
        try:
            config = await asyncio.to_thread(_checked, self._path)
            dispatcher = dispatcher_of(config, self._archive)
        except ConfigError as error:
            for problem in error.problems:
                logger.error("not reloaded: %s", problem)
            return
        except Exception as error:  # noqa: BLE001 - it is told, and the old one goes on
            # Whatever is wrong with the new file, the old one goes on.
            logger.error("not reloaded: %s", error)
            return
        failpoint("config.swapped")
        if config.database_url != self._config.database_url:
            logger.error(
                "not reloaded: database.url cannot change while the service runs: restart it"
            )
            return
        before, self._config = self._config, config
        old, self._postman = self._postman, self._new_postman(dispatcher)
        old.ask_to_stop()
        await until(lambda: not old.alive, _BEAT_S, asyncio.Event())
        self._postman.start()
        with self._archive.begin() as tx:
            tx.sync_sources(_intervals(config), now=self._now())
        if config.service.tick_s != before.service.tick_s:
            self._scheduler.reschedule_job(
                "tick", trigger="interval", seconds=config.service.tick_s
            )
        # Where they are served may have changed, too.
        self._chores.serve(self._now_figures)
        self._figures["config_last_reload_successful"] = 1.0
        logger.info("configuration reloaded: %d sources", len(config.enabled))

    def _new_postman(self, dispatcher: Dispatcher) -> Postman:
        return Postman(
            dispatcher.deliver_once,
            lambda: self._config.service.deliver_every_s,
            stop=dispatcher.stop,
        )

    async def _finish(self) -> None:
        failpoint("shutdown.draining")
        patience = self._config.service.drain_s
        deadline = time.monotonic() + patience
        self._postman.ask_to_stop()
        self._chores.ask_to_stop()
        await self._ticker.drain(patience)
        left = deadline - time.monotonic()
        await until(lambda: self._jobs.idle, left, self._hurry)
        left = deadline - time.monotonic()
        if not await until(lambda: not self._postman.alive, left, self._hurry):
            logger.warning("a message was still under way; it is looked up at the next start")
        try:
            with self._archive.begin() as tx:
                if self._run_id is not None:
                    now = self._now()
                    tx.end_run(self._run_id, now=now, outcome="finished", counts={}, error=None)
        except StorageError as error:
            logger.warning("the end of the service was not noted: %s", error)
        logger.info("service stopped")


def _deafen() -> None:
    """Let a signal that comes after the work is done change nothing about how it ended.

    Closing the loop would give SIGTERM back its default, and a second one in the last instant
    would turn a clean end into a death by signal.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_IGN)


def _checked(path: Path) -> Config:
    config = load(path)
    watchlists_of(config)
    return config


def _intervals(config: Config) -> dict[str, timedelta]:
    return {id_: source.interval for id_, source in config.enabled.items()}


def _job_failed(event: JobExecutionEvent) -> None:
    logger.error("job %s failed", event.job_id, exc_info=event.exception)
