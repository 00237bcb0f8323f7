"""Secrets that stand for all others: after a whole run they are nowhere but where they were put."""

from __future__ import annotations

import socket
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from service_runs import Running, until

from crawler.world import configtext, faults
from crawler.world.fakesite import FakeWorld
from crawler.world.fakeslack import TOKEN, FakeSlack
from crawler.world.pieces import Piece
from crawler.world.prose import compose
from crawler.world.reply import Manner
from crawler.world.site import Site
from crawler.world.stage import Stage, WorldClock

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

#: By where they are put.
CANARIES = {
    "proxy": "canary-of-the-proxy-7Q",
    "heartbeat": "canary-of-the-heartbeat-8W",
    "hook": "canary-of-the-hook-9E",
    "mail": "canary-of-the-mail-3R",
    "token": TOKEN,
}
PROXY_FILE = "proxy.secret"
SITE = Site(host="good.example", name="Good", scheme="http", offers=frozenset({"rss"}))
WATCHLISTS = {
    name: f'name = "{name}"\ndestination = "{name}"\n[[themes]]\nid = "a"\nname = "A"\n'
    'query = "yuan OR plan OR policy"\n'
    for name in ("policy", "hook", "mail")
}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _stage(folder: Path, world: FakeWorld, slack: FakeSlack, clock: WorldClock, port: int) -> Stage:
    """A configuration in which every kind of secret is used, half of it in vain."""
    stage = Stage(
        folder,
        world=world,
        slack=slack,
        sources=[configtext.site_source(SITE)],
        watchlist=WATCHLISTS["policy"],
        clock=clock,
        extra=f"""
[service]
tick_s = 0.2
deliver_every_s = 0.2
drain_s = 5
metrics_port = {port}
[destinations.hook]
type = "webhook"
url = "http://127.0.0.1:9/in"
secret_env = "HOOK_SECRET"
[destinations.mail]
type = "email"
to = ["desk@example.com"]
sender = "windcatch@example.com"
host = "127.0.0.1"
port = 9
tls = "none"
username = "windcatch"
password_env = "SMTP_PASSWORD"
""",
    )
    for name in ("hook", "mail"):
        (folder / "watchlists" / f"{name}.toml").write_text(WATCHLISTS[name])
    text = stage.config.read_text()
    named = world.proxy_url.replace("//", f"//desk:{CANARIES['proxy']}@")
    (folder / PROXY_FILE).write_text(named)
    stage.config.write_text(
        text.replace(f'proxy = "{world.proxy_url}"', f'proxy_file = "{PROXY_FILE}"')
    )
    return stage


def test_secrets_are_nowhere_after_a_whole_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = WorldClock()
    port = _free_port()
    with FakeWorld([SITE], clock=clock.now) as world, FakeSlack([configtext.CHANNEL]) as slack:

        def publish(number: int) -> None:
            title, text = compose(number)
            moment = clock.now() - timedelta(minutes=5)
            world.publish(
                SITE.host,
                Piece(
                    path=f"/{number}.html",
                    title=title,
                    text=text,
                    published_at=moment,
                    changed_at=moment,
                ),
            )

        for number in range(3):
            publish(number)
        stage = _stage(tmp_path, world, slack, clock, port)
        own = stage.environment

        def environment(*, failpoint: str | None = None) -> dict[str, str]:
            return {
                **own(failpoint=failpoint),
                "WINDCATCH_HEARTBEAT_URL": f"http://127.0.0.1:9/ping/{CANARIES['heartbeat']}",
                "HOOK_SECRET": CANARIES["hook"],
                "SMTP_PASSWORD": CANARIES["mail"],
            }

        monkeypatch.setattr(stage, "environment", environment)
        said = [stage.windcatch("db", "upgrade")]
        said += [stage.windcatch("--log-level", "debug", "crawl")]
        # Two that are news, one of which ends in the middle of its body.
        stage.later(hours=1)
        for number in (3, 4):
            publish(number)
        world.fault(SITE.host, "/4.html", faults.misbehave(Manner.RESET_BODY, times=None))
        with Running(stage, "--log-level", "debug") as service:
            until(lambda: len(slack.ledger()) > 0, why=lambda: service.log)
            until(lambda: "watchdog was not reached" in service.log, why=lambda: service.log)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                metrics = answer.read()
        for arguments in (("doctor",), ("status", "--json"), ("sources", "show", "good-example"),
                          ("alerts", "list", "--json"), ("db", "backup", "copies")):  # fmt: skip
            said.append(stage.windcatch("--log-level", "debug", *arguments))
        told = repr(slack.ledger())
    shown = {" ".join(one.arguments): (one.stdout + one.stderr).encode() for one in said}
    kept = {
        str(file.relative_to(tmp_path)): file.read_bytes()
        for file in tmp_path.rglob("*")
        if file.is_file() and file.name != PROXY_FILE
    }
    found = [
        (canary, place)
        for canary, secret in CANARIES.items()
        for place, content in {**shown, **kept, "metrics": metrics, "slack": told.encode()}.items()
        if secret.encode() in content
    ]
    assert found == []
    # What was looked through is all there is of a run.
    assert "windcatch.db" in kept
    assert any(place.startswith("copies/") for place in kept)
    assert len(told) > 1000
