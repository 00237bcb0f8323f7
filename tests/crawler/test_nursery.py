"""The process that forks crawl processes: each ends as it ended, and none outlives its service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from service_runs import alive, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
ROOT = Path(__file__).parents[2]

#: A service of two lines; `job` is what its children do, `main` what it does itself.
SERVICE = """
import asyncio, os, signal, sys, time
from crawler.nursery import Nursery

def job(order):
    assert os.getpgrp() == os.getpid()
    if "ready" in order:
        return len(ready)
    if "code" in order:
        return order["code"]
    if order.get("helper"):
        helper = os.fork()
        if helper == 0:
            time.sleep(60)
        print(helper, flush=True)
    print(os.getpid(), flush=True)
    time.sleep(60)

def no_room():
    raise OSError(11, "no room")

ready = []
nursery = Nursery.fork(load={load}, work=job, prepare=lambda order: ready.append(order["code"]))
print(nursery.pid, flush=True)

async def main():
{body}

asyncio.run(main())
"""


def service(body: str, load: str = "lambda: None") -> subprocess.Popen[str]:
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return subprocess.Popen(
        [sys.executable, "-c", SERVICE.replace("{body}", lines).replace("{load}", load)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), *sys.path]))},
        stdout=subprocess.PIPE,
        text=True,
    )


def lines_of(body: str, load: str = "lambda: None") -> list[str]:
    done = service(body, load)
    out, _ = done.communicate(timeout=60)
    assert done.returncode == 0
    return out.split("\n")[1:-1]


def test_each_order_has_its_own_end() -> None:
    told = lines_of(
        """
forked = [await nursery.start({"code": n}) for n in (0, 3, 0)]
print([await one.ended for one in forked])
print(len({one.pid for one in forked}))
await nursery.close()
"""
    )
    assert told == ["[0, 3, 0]", "3"]


def test_what_orders_have_in_common_is_read_before_the_fork() -> None:
    """Each process has what was read for those before it; what cannot be read stops nobody."""
    told = lines_of(
        """
for order in ({"code": 0}, {"helper": 0, "code": 5}, {"ready": True}):
    one = await nursery.start(order)
    print(await one.ended)
await nursery.close()
"""
    )
    assert told == ["0", "5", "2"]


@pytest.mark.parametrize(("number", "code"), [("SIGTERM", -15), ("SIGKILL", -9)])
def test_a_signal_reaches_it_and_kills_what_it_started(number: str, code: int) -> None:
    helper, pid, ended = lines_of(
        f"""
one = await nursery.start({{"helper": True}})
await asyncio.sleep(0.3)
one.signal(signal.{number})
print(await one.ended)
one.signal(signal.SIGKILL)
await nursery.close()
"""
    )
    assert int(ended) == code
    until(lambda: not alive(int(helper)), within_s=5)
    assert not alive(int(pid))


def test_nothing_outlives_the_service() -> None:
    running = service(
        """
await nursery.start({})
await asyncio.sleep(60)
"""
    )
    assert running.stdout is not None
    with running.stdout as told:
        nursery, child = (int(told.readline()) for _ in range(2))
        running.kill()
        running.wait(10)
    until(lambda: not alive(nursery) and not alive(child), within_s=5)


def test_a_dead_nursery_takes_its_children_along_and_is_told() -> None:
    """The next order starts another; that one is tried on the real service (test_service)."""
    child, ended = lines_of(
        """
one = await nursery.start({})
await asyncio.sleep(0.3)
os.kill(nursery.pid, signal.SIGKILL)
print(await one.ended)
await nursery.close()
"""
    )
    assert ended == "-9"
    until(lambda: not alive(int(child)), within_s=5)


def test_an_order_that_cannot_be_forked_says_so() -> None:
    (told,) = lines_of(
        """
try:
    await nursery.start({})
except OSError as error:
    print(error)
await nursery.close()
""",
        # A limit on processes does not bind root.
        load="lambda: setattr(os, 'fork', no_room)",
    )
    assert told == "no crawl process: [Errno 11] no room"
