"""Scrapy's settings for Windcatch: every door that is open by default and not needed is shut.

`scrapy shell` and `scrapy list` read this module as it stands; a crawl adds what its source and
the configuration say (`for_process`, `for_source`). tests/crawler/test_settings.py asserts what
takes effect. Reasons: reference 5.1 and 6.5 of the notes the project was designed from.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings, Settings, SettingsAttribute
from scrapy.utils.misc import load_object

from crawler.netguard import ALLOWED, CA_FILE, EXEMPT
from crawler.options import FetchOptions, RunOptions
from spiders.sources import Source

#: Seconds. Without any delay Scrapy 2.19 empties a host's queue in one go, whatever the
#: concurrency: a request counts only once its task has begun (core/downloader, measured).
MIN_DELAY = 0.001

BOT_NAME = "windcatch"
SPIDER_MODULES = ["spiders"]

# Doors. The remote control runs Python that is sent to it; telnet is a shell.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawler.netguard.GuardedHandler",
    "https": "crawler.netguard.GuardedHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
TWISTED_DNS_RESOLVER = "crawler.netguard.GuardedResolver"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
DOWNLOAD_VERIFY_CERTIFICATES = True
# Twisted dials what the resolver said for this connection; a cache would add a second truth.
DNSCACHE_ENABLED = False
DNS_TIMEOUT = 10

# Limits. DOWNLOAD_TIMEOUT is for a whole request, so it also ends a trickle.
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 4 * 1024 * 1024
DOWNLOAD_FAIL_ON_DATALOSS = True
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
URLLENGTH_LIMIT = 4096
CLOSESPIDER_TIMEOUT = 900
MEMUSAGE_ENABLED = False  # the supervisor limits the whole process, this one and its extractors

# Manners.
ROBOTSTXT_OBEY = True
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.3
RETRY_ENABLED = True
RETRY_TIMES = 2
# A request that came to nothing is told by us, once, with what was wanted of it.
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
RETRY_HTTP_CODES = [429, 500, 502, 503, 504, 522, 524]
USER_AGENT = FetchOptions().user_agent
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
}

# Each worker is a task per response; the default of 100 costs a third of the speed (measured).
CONCURRENT_ITEMS = 4
REACTOR_THREADPOOL_MAXSIZE = 8

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.Gate": 40,
    "crawler.middlewares.InHand": 50,
    "crawler.robots.Robots": 100,
    "crawler.middlewares.Retry": 550,
    "crawler.middlewares.Redirect": 600,
}
SPIDER_MIDDLEWARES = {
    # Requests carry no Referer at all, whatever policy a response asks for.
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
}
ITEM_PIPELINES = {"crawler.pipeline.IngestPipeline": 100}
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.logstats.LogStats": None,
}

# Scrapy at DEBUG writes whole URLs; tokens live in queries.
LOG_LEVEL = "INFO"
LOG_INSTALL_ROOT_HANDLER = False
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
LOGSTATS_INTERVAL = 0


def for_process(fetch: FetchOptions) -> dict[str, Any]:
    """Return the settings of the whole process. No secret is among them: Scrapy logs settings."""
    proxy = urlsplit(fetch.proxy) if fetch.proxy else None
    settings = {name: value for name, value in globals().items() if name.isupper()}
    # Names of this module's imports, which are no settings.
    for name in ("ALLOWED", "CA_FILE", "EXEMPT", "MIN_DELAY"):
        del settings[name]
    return settings | {
        ALLOWED: list(fetch.allow_private_networks),
        EXEMPT: f"{proxy.hostname}:{proxy.port or 80}" if proxy else None,
        CA_FILE: str(fetch.ca_file) if fetch.ca_file else None,
        "USER_AGENT": fetch.user_agent,
        "CONCURRENT_REQUESTS": fetch.concurrency,
    }


def load_components() -> None:
    """Import everything that a crawl's settings name, so that a fork need not; no reactor."""
    settings = Settings(for_process(FetchOptions()))
    for name in ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES"):
        # Those that are switched off, too: Scrapy imports them to know them by.
        for component in (*settings[name], *settings[f"{name}_BASE"]):
            load_object(component)
    for name in ("SCHEDULER", "SCHEDULER_PRIORITY_QUEUE", "SCHEDULER_MEMORY_QUEUE", "STATS_CLASS",
                 "DUPEFILTER_CLASS", "REQUEST_FINGERPRINTER_CLASS", "LOG_FORMATTER", "DOWNLOADER",
                 "TWISTED_DNS_RESOLVER"):  # fmt: skip
        load_object(settings[name])


class Shared(Settings):
    """Settings whose copies share their values.

    Scrapy copies some 320 of them, in depth, for each crawler: a quarter of what a pass without
    news costs (measured). Nothing changes a value in place; setting one does not touch the others.
    """

    def copy(self) -> Self:
        """Return a copy that can be changed without changing this one."""
        return _twin(self)


_Base = TypeVar("_Base", bound=BaseSettings)


def _twin(settings: _Base) -> _Base:
    twin = object.__new__(type(settings))
    twin.frozen = False
    twin.attributes = {
        name: SettingsAttribute(
            _twin(held.value) if isinstance(held.value, BaseSettings) else held.value,
            held.priority,
        )
        for name, held in settings.attributes.items()
    }
    return twin


def for_source(common: Settings, source: Source, fetch: FetchOptions, run: RunOptions) -> Settings:
    """Return the settings of one source's crawl: the stricter of what it and the run ask for.

    Args:
        common: `for_process` as settings of the priority "spider": a process overwrites those of
            its own in the crawlers it runs.
    """
    polite = source.politeness
    settings = common.copy()
    settings.update(
        {
            "ROBOTSTXT_OBEY": polite.robots,
            "DOWNLOAD_DELAY": max(polite.delay_s, MIN_DELAY),
            "CONCURRENT_REQUESTS_PER_DOMAIN": polite.concurrency,
            "DOWNLOAD_TIMEOUT": min(polite.timeout_s, fetch.timeout_s),
            "DOWNLOAD_MAXSIZE": min(polite.max_bytes, fetch.max_bytes),
            "DOWNLOAD_VERIFY_CERTIFICATES": polite.verify_tls and fetch.verify_tls,
            "CLOSESPIDER_TIMEOUT": run.deadline_s,
        },
        priority="spider",
    )
    return settings


@lru_cache(maxsize=1)
def shared(fetch: FetchOptions) -> Settings:
    """Return what the crawls of a process have in common, for `for_source`; copy it to change it.

    Made once, by the nursery even, as `of_process` is: some 320 settings are looked at each time.
    """
    return Shared(for_process(fetch), priority="spider")


def of_process(fetch: FetchOptions) -> Settings:
    """Return settings for the crawls' process itself."""
    return _of_process(fetch).copy()


@lru_cache(maxsize=1)
def _of_process(fetch: FetchOptions) -> Settings:
    # Its spiders are given to it; looking for others takes longer than a first look.
    return Shared(for_process(fetch) | {"SPIDER_MODULES": []})
