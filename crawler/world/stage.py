"""A working directory with a real configuration, on which the real command line is run."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from crawler.clock import VARIABLE as CLOCK
from crawler.world import configtext
from crawler.world.fakeslack import TOKEN, FakeSlack
from crawler.world.warm import WarmProcess, WarmRunner
from storage.failpoints import VARIABLE as FAILPOINT

#: What of our own environment a command gets: no token, proxy or configuration of the user's.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "COLUMNS")

#: Of what a command prints, the part that is kept.
MAX_OUTPUT = 16 * 1024 * 1024


class Proxied(Protocol):
    """A world that is reached through its proxy: FakeWorld or ReplayWorld."""

    @property
    def proxy_url(self) -> str: ...
    @property
    def ca_file(self) -> Path: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How one command ended."""

    arguments: tuple[str, ...]
    #: As subprocess says it: negative for a signal.
    code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.code == -signal.SIGKILL

    def rows(self) -> list[dict[str, Any]]:
        """Return the JSON Lines it printed.

        Raises:
            ValueError: it printed something else.
        """
        return [json.loads(line) for line in self.stdout.splitlines() if line.strip()]


@dataclass(slots=True)
class WorldClock:
    """A clock that can be moved on, shared by the sites and the program."""

    #: How far it is ahead of the real one.
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        return datetime.now(UTC) + self.ahead

    def timestamp(self) -> float:
        """Return the time in seconds since the epoch, as Slack counts it."""
        return self.now().timestamp()


class Stage:
    """Runs `python -m crawler ...` in *folder* against a world and a fake Slack."""

    def __init__(
        self,
        folder: Path,
        *,
        world: Proxied,
        slack: FakeSlack | None,
        sources: Sequence[str],
        watchlist: str,
        extra: str = "",
        clock: WorldClock | None = None,
        warm: bool | WarmRunner = False,
        moving: bool = False,
    ) -> None:
        self.folder = folder
        self.config = folder / "windcatch.toml"
        #: The program's; give the world the same one.
        self.clock = clock or WorldClock()
        self._world = world
        self._slack = slack
        text = configtext.config(
            proxy=world.proxy_url,
            sources=sources,
            destination="slack" if slack is not None else "console",
            extra=extra,
        )
        (folder / "watchlists").mkdir(exist_ok=True)
        self._parts: dict[str, Any] = {
            "world": world,
            "slack": slack,
            "sources": sources,
            "watchlist": watchlist,
        }
        self.config.write_text(text, encoding="utf-8")
        (folder / "watchlists" / "desk.toml").write_text(watchlist, encoding="utf-8")
        #: With *moving*, a program that runs sees time go by, too.
        self._clock_file = folder / "clock" if moving else None
        self._tell_time()
        #: With *warm*, commands are forked from a process that has loaded everything: many a second.
        self._own_warm = WarmRunner(self.environment()) if warm is True else None
        self.warm = self._own_warm if isinstance(warm, bool) else warm

    def beside(self, folder: Path) -> Stage:
        """Return another stage in *folder*, with the same parts and a database of its own."""
        warm = self.warm if self.warm is not None else False
        return Stage(folder, **self._parts, clock=self.clock, warm=warm)

    def close(self) -> None:
        """End the preloaded process, if there is one."""
        if self._own_warm is not None:
            self._own_warm.close()

    @property
    def database(self) -> str:
        """The database's URL."""
        return f"sqlite:///{self.folder / 'windcatch.db'}"

    def later(self, **step: float) -> None:
        """Let time go by, for the commands to come: `later(hours=2)`."""
        self.clock.ahead += timedelta(**step)
        self._tell_time()

    def _tell_time(self) -> None:
        if self._clock_file is not None:
            # At once: a reader must not find it empty.
            fresh = self._clock_file.with_suffix(".next")
            fresh.write_text(str(self.clock.ahead.total_seconds()), encoding="ascii")
            fresh.replace(self._clock_file)

    def environment(self, *, failpoint: str | None = None) -> dict[str, str]:
        """Return the environment of a command."""
        kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        kept["WINDCATCH_CONFIG"] = str(self.config)
        kept["SSL_CERT_FILE"] = str(self._world.ca_file)
        kept["PYTHONPATH"] = os.pathsep.join(part for part in sys.path if part)
        if self._slack is not None:
            kept["WINDCATCH_SLACK_API_URL"] = self._slack.url
            kept["SLACK_BOT_TOKEN"] = TOKEN
        if self._clock_file is not None:
            kept[CLOCK] = f"@{self._clock_file}"
        elif self.clock.ahead:
            kept[CLOCK] = str(self.clock.ahead.total_seconds())
        if failpoint is not None:
            kept[FAILPOINT] = failpoint
        return kept

    def windcatch(
        self,
        *arguments: str,
        failpoint: str | None = None,
        timeout_s: float = 90.0,
        more: Mapping[str, str] | None = None,
    ) -> Finished:
        """Run one command to its end; it is killed, with its children, after *timeout_s*."""
        started = time.monotonic()
        environment = {**self.environment(failpoint=failpoint), **(more or {})}
        # Files, not pipes: a worker that outlives its killed parent would hold a pipe open.
        with tempfile.TemporaryDirectory(prefix="windcatch-output-") as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            run = self._cold if self.warm is None else self.warm.run
            code = run(
                arguments,
                environment=environment,
                folder=self.folder,
                out=out,
                err=err,
                timeout_s=timeout_s,
            )
            stdout, stderr = _text(out), _text(err)
        seconds = time.monotonic() - started
        if seconds > timeout_s:
            stderr += f"\n[ended after {timeout_s:g} s]"
        return Finished(
            arguments=arguments, code=code, stdout=stdout, stderr=stderr, seconds=seconds
        )

    def start(
        self, *arguments: str, log: Path, failpoint: str | None = None
    ) -> subprocess.Popen[bytes] | WarmProcess:
        """Start a command that goes on (`run`), with all it says in the file *log*."""
        environment = self.environment(failpoint=failpoint)
        log.touch()
        if self.warm is not None:
            return self.warm.start(
                arguments, environment=environment, folder=self.folder, out=log, err=log
            )
        with log.open("wb") as said:
            return subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "crawler", *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    @staticmethod
    def _cold(
        arguments: tuple[str, ...],
        *,
        environment: Mapping[str, str],
        folder: Path,
        out: Path,
        err: Path,
        timeout_s: float,
    ) -> int:
        """Run the command as a user would; see `WarmRunner.run`."""
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "crawler", *arguments],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout_s)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return process.wait()


def _text(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return file.read(MAX_OUTPUT).decode("utf-8", "replace")
