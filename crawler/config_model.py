"""The shape of windcatch.toml: pydantic models, unknown keys are errors. Pure."""

from __future__ import annotations

import ipaddress
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from crawler import __version__
from crawler.durations import parse_duration

#: A URL that is longer breaks proxies and Slack alike.
_URL_LIMIT = 2000
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        duration = parse_duration(value)
        if duration < timedelta(seconds=1):
            raise ValueError("must be at least 1s")
        return duration
    raise ValueError('expected a duration in quotes, such as "30m"')


def http_url(value: str) -> str:
    """Return *value* when it is an absolute http(s) URL without user name or password.

    Raises:
        ValueError: it is not.
    """
    if _CONTROL.search(value):
        raise ValueError("a URL holds no spaces, backslashes or control characters")
    if len(value) > _URL_LIMIT:
        raise ValueError(f"a URL of more than {_URL_LIMIT} characters")
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"not a URL: {error}") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("expected a URL that begins with https:// or http://")
    if not parts.hostname:
        raise ValueError("a URL without a host")
    if "@" in parts.netloc:
        raise ValueError("a URL here may not carry a user name or password")
    return value


def proxy_url(value: str) -> str:
    """Return *value* when it is the URL of an HTTP proxy; a user name and password are allowed.

    Raises:
        ValueError: it is not.
    """
    userinfo, _, host = value.partition("://")[2].rpartition("@")
    try:
        http_url(f"http://{host}")
        sound = value.startswith("http://") and "/" not in host.rstrip("/")
    except ValueError:
        sound = False
    if not sound or _CONTROL.search(userinfo):
        raise ValueError('expected an HTTP proxy such as "http://proxy.example.org:3128"')
    return value


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=True))
    except ValueError:
        raise ValueError('expected an address range such as "10.1.0.0/16"') from None


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("holds a line break or another control character")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
HttpUrl = Annotated[str, AfterValidator(http_url)]
Network = Annotated[str, AfterValidator(_network)]
Line = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=500)]


class Model(BaseModel):
    """Frozen; an unknown key is an error; types are not guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Fetch(Model):
    """`[fetch]`: limits and routes of every request to a publisher."""

    #: Says who is asking. Add a way to reach you; some publishers refuse anonymous programs.
    user_agent: Line = f"Windcatch/{__version__} (news change monitor)"
    #: An HTTP proxy for all fetching.
    proxy: Annotated[str, AfterValidator(proxy_url)] | None = Field(default=None, repr=False)
    #: A file that holds the proxy's URL, for one with a password.
    proxy_file: Annotated[Path, Field(strict=False)] | None = None
    #: Address ranges inside your network that may be fetched from; none by default.
    allow_private_networks: Annotated[tuple[Network, ...], Field(strict=False)] = ()
    #: Seconds for one request, connect to last byte.
    timeout_s: Annotated[float, Field(ge=1, le=300)] = 30.0
    #: The largest body that is read.
    max_bytes: Annotated[int, Field(ge=1024, le=1 << 30)] = 16 * 1024 * 1024
    #: Requests under way at once, over all hosts.
    concurrency: Annotated[int, Field(ge=1, le=256)] = 16
    verify_tls: bool = True
    #: PEM file of authorities trusted besides the system's, for a proxy that inspects TLS.
    ca_file: Annotated[Path, Field(strict=False)] | None = None


class Service(Model):
    """`[service]`: how `windcatch run` works."""

    #: Seconds between two looks at what is due.
    tick_s: Annotated[float, Field(ge=0.05, le=3600)] = 15.0
    #: Sources one crawl process takes at a time.
    batch: Annotated[int, Field(ge=1, le=200)] = 10
    #: Crawl processes at a time.
    crawlers: Annotated[int, Field(ge=1, le=32)] = 2
    #: Seconds after which a crawl process is ended, whatever it does.
    crawl_deadline_s: Annotated[float, Field(ge=1, le=86_400)] = 900.0
    #: Address space a crawl process may use, in MiB; 0 sets no limit.
    memory_limit_mb: Annotated[int, Field(ge=0, le=1 << 20)] = 2048
    #: Seconds between two looks at the outbox.
    deliver_every_s: Annotated[float, Field(ge=0.05, le=3600)] = 5.0
    #: Seconds a stopping service waits for crawls under way.
    drain_s: Annotated[float, Field(ge=0, le=300)] = 25.0
    #: Where the nightly backup goes (SQLite): 7 daily and 4 weekly copies; "" makes none.
    backup_folder: str = "backups"
    #: The hour of the machine's clock at which the nightly work begins.
    nightly_hour: Annotated[int, Field(ge=0, le=23)] = 3
    #: Days for which runs, refusals and the content of sent messages are kept.
    keep_days: Annotated[int, Field(ge=7, le=36_500)] = 90
    #: Port of the Prometheus figures on 127.0.0.1; 0 is off.
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] = 0
    #: A file that holds the address a watchdog wants pinged every minute; or put the address
    #: into WINDCATCH_HEARTBEAT_URL.
    heartbeat_url_file: Annotated[Path, Field(strict=False)] | None = None


class Database(Model):
    """`[database]`: where everything is kept."""

    url: Line = "sqlite:///windcatch.db"


class Operator(Model):
    """`[operator]`: who is told that Windcatch itself needs a hand."""

    destination: Line | None = None
