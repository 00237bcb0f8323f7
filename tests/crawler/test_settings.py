"""The settings that take effect in a crawl, not the ones somebody wrote down (reference 5.1)."""

from __future__ import annotations

import pytest
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawler.options import FetchOptions, RunOptions
from crawler.settings import for_process, for_source, shared
from spiders.source_spider import SourceSpider
from spiders.sources import Politeness, Source

SOURCE = Source(
    id="s",
    name="S",
    home="https://news.example/",
    channels=(),
    politeness=Politeness(delay_s=2.5, concurrency=3, timeout_s=12, verify_tls=False),
)


def effective(source: Source, fetch: FetchOptions) -> Settings:
    """Return what a crawler ends with after its process has merged its own settings in."""
    crawler = Crawler(SourceSpider, for_source(shared(fetch), source, fetch, RunOptions()))
    # What AsyncCrawlerProcess.create_crawler does, without a reactor.
    merge = AsyncCrawlerProcess.create_crawler
    holder = type("Process", (), {"settings": Settings(for_process(fetch))})()
    merge(holder, crawler)
    return crawler.settings


PLAIN = Source(id="p", name="P", home="https://news.example/", channels=())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_MAXSIZE", 16 * 1024 * 1024),
        ("DOWNLOAD_TIMEOUT", 30),
        ("DOWNLOAD_FAIL_ON_DATALOSS", True),
        ("REDIRECT_MAX_TIMES", 5),
        ("METAREFRESH_ENABLED", False),
        ("COOKIES_ENABLED", False),
        ("ROBOTSTXT_OBEY", True),
        ("REFERRER_POLICY", "no-referrer"),
        ("RETRY_TIMES", 2),
        ("DNSCACHE_ENABLED", False),
        ("TWISTED_DNS_RESOLVER", "crawler.netguard.GuardedResolver"),
        ("TWISTED_REACTOR", "twisted.internet.asyncioreactor.AsyncioSelectorReactor"),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("DOWNLOAD_DELAY", 1.0),
    ],
)
def test_a_crawl_without_special_wishes(name: str, value: object) -> None:
    assert effective(PLAIN, FetchOptions())[name] == value


def test_no_handler_but_http() -> None:
    handlers = effective(PLAIN, FetchOptions()).getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, path in handlers.items() if path} == {"http", "https"}
    assert set(handlers.values()) == {None, "crawler.netguard.GuardedHandler"}


def test_middlewares_that_must_be_there_and_must_not() -> None:
    settings = effective(PLAIN, FetchOptions())
    chain = {k: v for k, v in settings.getwithbase("DOWNLOADER_MIDDLEWARES").items() if v}
    names = {path if isinstance(path, str) else path.__name__ for path in chain}
    order = sorted(chain, key=lambda path: chain[path])
    assert order[0] == "crawler.middlewares.Gate"
    assert {
        "crawler.robots.Robots",
        "crawler.middlewares.Redirect",
        "crawler.middlewares.Retry",
    } <= names
    assert not [n for n in names if n.endswith(("RedirectMiddleware", "MetaRefreshMiddleware", "RobotsTxtMiddleware", ".RetryMiddleware"))]  # fmt: skip
    assert settings.getint("CONCURRENT_ITEMS") <= 8


def test_a_source_sets_its_own_manners_and_the_stricter_limit_wins() -> None:
    settings = effective(SOURCE, FetchOptions(timeout_s=20, max_bytes=1_000_000))
    assert settings.getfloat("DOWNLOAD_DELAY") == 2.5
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 3
    assert settings.getfloat("DOWNLOAD_TIMEOUT") == 12
    assert settings.getint("DOWNLOAD_MAXSIZE") == 1_000_000
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES") is False


def test_the_proxys_password_is_in_no_setting() -> None:
    fetch = FetchOptions(proxy="http://user:s3cret@proxy.example:3128")
    assert "s3cret" not in str(for_process(fetch))
    assert "s3cret" not in repr(fetch)
    assert for_process(fetch)["WINDCATCH_PROXY_ADDRESS"] == "proxy.example:3128"


def test_no_crawl_changes_the_settings_of_another() -> None:
    common = shared(FetchOptions())
    one = Crawler(SourceSpider, for_source(common, SOURCE, FetchOptions(), RunOptions())).settings
    two = Crawler(SourceSpider, for_source(common, PLAIN, FetchOptions(), RunOptions())).settings
    assert (one["DOWNLOAD_DELAY"], two["DOWNLOAD_DELAY"]) == (2.5, 1.0)
    one.set("USER_AGENT", "other", priority="cmdline")
    one["ITEM_PIPELINES"].set("other.Pipeline", 1, priority="cmdline")
    assert two["USER_AGENT"] == common["USER_AGENT"] == FetchOptions().user_agent
    assert "other.Pipeline" not in {**two["ITEM_PIPELINES"], **common["ITEM_PIPELINES"]}
    frozen = one.frozencopy()
    with pytest.raises(TypeError):
        frozen.set("USER_AGENT", "third", priority="cmdline")
    one.set("USER_AGENT", "third", priority="cmdline")
    assert frozen["USER_AGENT"] == "other"
