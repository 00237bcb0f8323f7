"""Other monitors, polling the same URLs for bench_poll.py: each in an environment of its own."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_PATIENCE_S = 600.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What two passes cost: processor seconds of each, and the largest process in MB."""

    first_s: float
    second_s: float
    peak_mb: float


def webchanges(command: Path, bases: list[str]) -> Cost:
    """Run it twice over a job for each URL: a program that is started by cron."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = Path(folder) / "jobs.yaml"
        jobs.write_text("\n---\n".join(f"url: {base}/page\n" for base in bases), encoding="utf-8")
        (Path(folder) / "config.yaml").write_text("report: {}\ndisplay: {}\n", encoding="utf-8")
        options = [f"--jobs={jobs}", f"--config={folder}/config.yaml", f"--database={folder}/w.db"]
        spent = []
        for _ in range(2):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            with (Path(folder) / "log").open("wb") as log:
                subprocess.run(
                    [command, *options], cwd=folder, stdout=log, stderr=log,
                    check=False, timeout=_PATIENCE_S,
                )  # fmt: skip
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return Cost(*spent, after.ru_maxrss / 1024)


def changedetection(command: Path, bases: list[str], served: Callable[[], int]) -> Cost:
    """Run its service, import the URLs, and have all of them checked again.

    Args:
        served: how many pages the server has answered so far.
    """
    with tempfile.TemporaryDirectory() as folder:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        # Its check of private addresses, and the pause between two checks of a URL, are turned off.
        environment = {
            **os.environ,
            "ALLOW_IANA_RESTRICTED_ADDRESSES": "true",
            "MINIMUM_SECONDS_RECHECK_TIME": "0",
            "DISABLE_VERSION_CHECK": "true",
        }
        environment.pop("PYTHONPATH", None)
        arguments = [command, "-C", "-d", folder, "-h", "127.0.0.1", "-p", str(port), "-l", "ERROR"]
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(
                arguments, cwd=folder, env=environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        try:
            return _driven(process.pid, f"http://127.0.0.1:{port}/api/v1", folder, bases, served)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _driven(pid: int, api: str, folder: str, bases: list[str], served: Callable[[], int]) -> Cost:
    settings = Path(folder) / "changedetection.json"
    key = _until(lambda: _key(settings, api))
    start, begun = served(), _tree(pid)
    urls = "\n".join(f"{base}/page" for base in bases).encode()
    _ask(f"{api}/import", key, urls)
    _until(lambda: served() >= start + len(bases))
    _settle(pid)
    first, middle = served(), _tree(pid)
    _ask(f"{api}/watch?recheck_all=1", key)
    _until(lambda: served() >= first + len(bases))
    _settle(pid)
    end = _tree(pid)
    return Cost(middle[0] - begun[0], end[0] - middle[0], end[1])


def _key(settings: Path, api: str) -> str | None:
    for place in (settings, settings.with_name("url-watches.json")):
        if place.exists():
            held = json.loads(place.read_text(encoding="utf-8"))
            key = held["settings"]["application"].get("api_access_token")
            if key and _ask(f"{api}/systeminfo", key) is not None:
                return str(key)
    return None


def _ask(url: str, key: str, body: bytes | None = None) -> bytes | None:
    headers = {"x-api-key": key, "Content-Type": "text/plain"}
    try:
        request = urllib.request.Request(url, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            came: bytes = answer.read()
            return came
    except OSError:
        if body is not None:
            raise
        return None


def _until(look: Callable[[], T | None]) -> T:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.5)
    raise TimeoutError("it did not get there in time")


def _settle(pid: int) -> None:
    """Wait until it has done with what came: no more than 5 % of a core for three seconds."""
    end = time.monotonic() + 90
    before = _tree(pid)[0]
    while time.monotonic() < end:
        time.sleep(3)
        now = _tree(pid)[0]
        if now - before < 0.15:
            return
        before = now


def _tree(pid: int) -> tuple[float, float]:
    """Return processor seconds and the largest peak in MB of *pid* and all it has started."""
    spent = peak = 0.0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            status = (entry / "status").read_text()
        except OSError:
            continue
        if int(fields[2]) != pid:
            continue
        spent += sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
        high = next((row for row in status.splitlines() if row.startswith("VmHWM")), "VmHWM: 0")
        peak = max(peak, int(high.split()[1]) / 1024)
    return spent, peak
