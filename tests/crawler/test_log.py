from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.log import bound, configure, one_line

CANARY = "xoxb-000000000000-CanaryCanary"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Put the logging of the test run back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("scrapy", "twisted", "asyncio")}
    showing, raising = warnings.showwarning, logging.raiseExceptions
    yield
    logging.captureWarnings(False)
    root.handlers[:], root.level = handlers, level
    for name, held in levels.items():
        logging.getLogger(name).setLevel(held)
    warnings.showwarning, logging.raiseExceptions = showing, raising


def logged(log_format: str, act, **options) -> str:
    stream = io.StringIO()
    configure(log_format=log_format, stream=stream, **options)
    act(logging.getLogger("crawler.test"))
    return stream.getvalue()


FORGERIES = [
    "a title\n2026-01-01T00:00:00Z ERROR  root: forged",
    "carriage\rreturn",
    "\x1b[2Jcleared \x1b]0;renamed\x07",
    "\u2028line separator\u2029paragraph\x85next line",
    "\u202eturned around",
    "\x00nul",
]


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("title", FORGERIES)
def test_a_title_cannot_forge_a_line_or_steer_a_terminal(log_format: str, title: str) -> None:
    text = logged(log_format, lambda log: log.info("stored %s", title))
    assert len(text.splitlines()) == 1
    assert text.rstrip("\n").isprintable()


@given(st.text())
def test_one_line_is_always_one_printable_line(text: str) -> None:
    assert one_line(text).isprintable()


def test_json_has_the_same_keys_on_every_line() -> None:
    def act(log: logging.Logger) -> None:
        with bound(run_id=7, source="mine"):
            log.warning("slow: %d s", 9)

    event = json.loads(logged("json", act))
    assert event.pop("time")
    assert event == {
        "level": "warning",
        "logger": "crawler.test",
        "event": "slow: 9 s",
        "run_id": 7,
        "source": "mine",
    }


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_reaches_the_log(log_format: str) -> None:
    def act(log: logging.Logger) -> None:
        log.info("token %s", CANARY)
        log.info("posting to https://hooks.slack.com/services/T0/B0/CanaryCanary")
        log.info("proxy http://me:plain-pass@proxy:3128 and plain-pass alone")
        try:
            raise ValueError(f"refused {CANARY}")
        except ValueError:
            log.exception("failed")

    text = logged(log_format, act, hide=["plain-pass"])
    assert "Canary" not in text
    assert "plain-pass" not in text
    assert "failed" in text


def test_an_exception_in_text_is_marked_line_by_line() -> None:
    def act(log: logging.Logger) -> None:
        try:
            raise ValueError("first\n2026-01-01T00:00:00Z ERROR  root: forged")
        except ValueError:
            log.exception("it broke")

    first, *rest = logged("text", act).splitlines()
    assert first.endswith("crawler.test: it broke")
    assert all(line.startswith("    | ") for line in rest)


def test_a_wrong_format_string_loses_no_event(capsys) -> None:
    text = logged("text", lambda log: log.info("%d sources", "many"))
    assert "%d sources ('many',)" in text
    assert capsys.readouterr().err == ""


def test_libraries_come_through_the_same_handler_and_are_quiet() -> None:
    def act(log: logging.Logger) -> None:
        del log
        logging.getLogger("scrapy.core.engine").info("Spider opened")
        logging.getLogger("scrapy.core.scraper").error("Spider error")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("old API", UserWarning, stacklevel=1)

    text = logged("text", act, level="info")
    assert "Spider opened" not in text
    assert "scrapy.core.scraper: Spider error" in text
    assert "old API" in text


def test_a_long_event_is_cut() -> None:
    text = logged("text", lambda log: log.info("%s", "x" * 100_000))
    assert len(text) < 5000
    assert "(100000 characters)" in text


def test_auto_is_text_on_a_terminal_and_json_elsewhere() -> None:
    assert logged("auto", lambda log: log.info("hello")).startswith("{")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    configure(stream=stream)
    logging.getLogger("crawler.test").info("hello")
    assert "info    crawler.test: hello" in stream.getvalue()
