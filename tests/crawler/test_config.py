from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.builtin import builtin_ids, builtin_table
from crawler.config import Config, ConfigError, load, parse
from crawler.config_sources import (
    ChannelTable,
    HintsTable,
    PolitenessTable,
    SourceTable,
    builtin_source,
)
from crawler.starter import starter_texts, write_starter
from crawler.watchlists import watchlists_of
from spiders.sources import Channel, Hints, Politeness, Source

WHOLE = """
[database]
url = "sqlite:///data/news.db"
[fetch]
timeout_s = 10
allow_private_networks = ["127.0.0.0/8"]
[destinations.policy]
type = "slack"
channel = "#policy-alerts"
[operator]
destination = "policy"
[sources.mine]
name = "Mine"
home = "https://news.example/"
language = "en"
zone = "Asia/Shanghai"
interval = "15m"
allow = ["/20[0-9][0-9]/"]
[[sources.mine.channels]]
kind = "feed"
url = "https://news.example/feed"
[[sources.mine.channels]]
kind = "listing"
url = "https://news.example/news?page={page}"
links = "h2 a"
[sources.mine.hints]
body = ["article .text"]
"""


def read(text: str, folder: Path = Path("/srv/news")) -> Config:
    path = folder / "windcatch.toml"
    return parse(text, path=path, name="windcatch.toml", environ={}, watchlist_texts={})


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return caught.value.problems


def test_a_whole_file_becomes_plain_values() -> None:
    config = read(WHOLE)
    source = config.sources["mine"]
    assert isinstance(source, Source)
    assert source.id == "mine"
    assert source.interval == timedelta(minutes=15)
    assert [channel.kind.value for channel in source.channels] == ["feed", "listing"]
    assert source.hints.body == ("article .text",)
    assert config.database_url == "sqlite:////srv/news/data/news.db"
    assert config.fetch.allow_private_networks == ("127.0.0.0/8",)


def test_an_empty_file_is_sound_and_watches_nothing() -> None:
    assert read("").sources == {}


#: One mistake each: what is written, and the line that must be said.
MISTAKES = [
    ("[databse]", 'windcatch.toml:1: databse: unknown key (did you mean "database"?)'),
    (
        "[fetch]\n\ntimeout = 3",
        'windcatch.toml:3: fetch.timeout: unknown key (did you mean "timeout_s"?)',
    ),
    (
        '[fetch]\ntimeout_s = "fast"',
        'windcatch.toml:2: fetch.timeout_s: expected a number, got "fast"',
    ),
    ("[fetch]\ntimeout_s = true", "windcatch.toml:2: fetch.timeout_s: expected a number, got true"),
    ("[fetch]\ntimeout_s = 0", "windcatch.toml:2: fetch.timeout_s: must be at least 1"),
    (
        "[fetch]\nconcurrency = 1.5",
        "windcatch.toml:2: fetch.concurrency: expected a whole number, got 1.5",
    ),
    (
        '[fetch]\nverify_tls = "no"',
        'windcatch.toml:2: fetch.verify_tls: expected true or false, got "no"',
    ),
    (
        '[fetch]\nproxy = "socks://x"',
        (
            "windcatch.toml:2: fetch.proxy: expected an HTTP proxy such as "
            '"http://proxy.example.org:3128"'
        ),
    ),
    (
        '[fetch]\nallow_private_networks = ["10.0.0.1/8"]',
        (
            "windcatch.toml:2: fetch.allow_private_networks[0]: expected an address range such as "
            '"10.1.0.0/16"'
        ),
    ),
    ('fetch = "x"', 'windcatch.toml:1: fetch: expected a table, got "x"'),
    ("watchlists = 3", "windcatch.toml:1: watchlists: expected a list in [brackets], got 3"),
    (
        '[operator]\ndestination = "x"\n[destinations.xy]\ntype = "console"',
        (
            'windcatch.toml:2: operator.destination: no destination "x" (did you mean "xy"?): '
            "add [destinations.x]"
        ),
    ),
    (
        '[destinations.a]\ntype = "slak"',
        (
            'windcatch.toml:2: destinations.a.type: unknown type (did you mean "slack"?): '
            "one of slack, slack-webhook, console, jsonl, webhook, email"
        ),
    ),
    (
        "[destinations.a]",
        (
            "windcatch.toml:1: destinations.a.type: required: one of slack, "
            "slack-webhook, console, jsonl, webhook, email"
        ),
    ),
    (
        '[destinations.a]\ntype = "slack"\nchannel = "policy"',
        (
            'windcatch.toml:3: destinations.a.channel: not a channel: write its id ("C0123456789") or '
            '"#its-name"'
        ),
    ),
    (
        "[sources.nowhere]",
        (
            "windcatch.toml:1: sources.nowhere: no built-in source of this id; one of your own needs "
            "name, home and channels"
        ),
    ),
    (
        "[sources.Mine]",
        "windcatch.toml:1: sources.Mine: an id is lower-case letters, digits, - and _, at most 64",
    ),
    # Syntax: with the line, and the commonest reasons in words.
    ("a = 1\nb = = 2", "windcatch.toml:2: not valid TOML: Invalid value (column 5)"),
    ('a = "x\n', "windcatch.toml:1: not valid TOML: Illegal character '\\n' (column 7)"),
    ("[fetch]\na = 1\na = 2", "windcatch.toml:3: not valid TOML: this key is written twice"),
    (
        "fetch: &a [*a]",
        "windcatch.toml:1: not valid TOML: Expected '=' after a key in a key/value pair (column 6)",
    ),
    ("a = " + "[" * 5000, "windcatch.toml: not valid TOML: nested too deeply"),
    # Dotted keys need no recursion of the parser's, only of whoever walks the tables.
    ("[fetch" + ".a" * 5000 + "]", "windcatch.toml: not valid TOML: nested too deeply"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_with_file_line_and_key(text: str, said: str) -> None:
    assert said in problems(text)


#: Keys of a source: what is written, and what must be said about it.
SOURCE_MISTAKES = [
    ('home = "ftp://news.example/"', "home: expected a URL that begins with https:// or http://"),
    ('home = "https:///x"', "home: a URL without a host"),
    ('home = "https://me:pw@news.example/"', "home: looks like a URL with a password"),
    ('home = "https://me@news.example/"', "home: a URL here may not carry a user name"),
    ('home = "https://a\\\\@b.example/"', "home: a URL holds no spaces, backslashes"),
    ('home = "https://a.example:99999/"', "home: not a URL: Port out of range"),
    ("interval = 30", 'interval: expected a duration in quotes, such as "30m"'),
    ('interval = "30"', "interval: not a duration: '30'"),
    ('interval = "0s"', "interval: must be at least 1s"),
    ('min_interval = "2h"\nmax_interval = "1h"', "min_interval is longer than max_interval"),
    ('interval = "5m"\nmin_interval = "10m"', "interval is shorter than min_interval"),
    ('interval = "2d"\nmax_interval = "1d"', "interval is longer than max_interval"),
    ('zone = "Shanghai"', "zone: not a time zone"),
    ('zone = "../../etc/passwd"', "zone: not a time zone"),
    ('language = "Chinese"', "language: not a language code"),
    ('allow = ["(a"]', "allow[0]: not a pattern RE2 accepts: missing ): (a"),
    ('allow = ["(?<=a)b"]', "allow[0]: not a pattern RE2 accepts: invalid perl operator"),
    ('hosts = ["https://m.news.example"]', "hosts[0]: not a host name"),
    ('headers = {Cookie = "a=b"}', "headers: Cookie may not be set here"),
    ('headers = {"X-A" = "a\\r\\nX-B: b"}', "headers: not a header that can be sent"),
    ('hints = {body = ["div["]}', "hints.body[0]: not a CSS selector"),
    ('hints = {encoding = "utf-99"}', "hints.encoding: not a charset"),
    ("politeness = {delay = 1}", 'politeness.delay: unknown key (did you mean "delay_s"?)'),
    ('name = ""', "name: may not be empty"),
    ('name = "a\\nb"', "name: holds a line break"),
    ("channels = []", "channels: may not be empty"),
    (
        'channels = [{kind = "fed", url = "https://a.example/"}]',
        'channels[0].kind: expected "feed"',
    ),
    (
        'channels = [{kind = "feed", url = "https://a.example/", links = "a"}]',
        "channels[0]: links and",
    ),
    (
        'channels = [{kind = "archive", url = "https://a.example/"}]',
        "channels[0]: url: an archive needs",
    ),
    ('channels = [{kind = "archive", url = "https://a.example/{yeer}"}]', "unknown {yeer}"),
    ('intervall = "5m"', 'intervall: unknown key (did you mean "interval"?)'),
]


@pytest.mark.parametrize(("row", "said"), SOURCE_MISTAKES, ids=range(len(SOURCE_MISTAKES)))
def test_a_mistake_in_a_source_is_told(row: str, said: str) -> None:
    sound = {
        "name": 'name = "Mine"',
        "home": 'home = "https://news.example/"',
        "channels": 'channels = [{kind = "feed", url = "https://news.example/feed"}]',
    }
    sound.pop(row.split(" ")[0], None)
    text = "\n".join(["[sources.mine]", *sound.values(), row])
    assert any(f"sources.mine.{said}" in found or said in found for found in problems(text))


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    found = problems('[fetch]\ntimeout_s = "x"\n[service]\nbatch = 0\n[sources.Bad]\n[unknown]')
    assert [problem.split(":")[1] for problem in found] == ["2", "4", "5", "6"]


SECRETS = [
    '[destinations.a]\ntype = "slack"\nchannel = "#a"\ntoken = "xoxb-1-very-secret"',
    '[destinations.a]\ntype = "slack"\nchannel = "xoxb-1-very-secret"',
    '[destinations.a]\nurl = "https://hooks.slack.com/services/T0/B0/very-secret"',
    '[database]\nurl = "postgresql+psycopg://me:very-secret@db/news"',
    '[fetch]\nproxy = "http://me:very-secret@proxy:3128"',
    'password = "very-secret"',
    # A second mistake must not repeat it.
    '[fetch]\ntimeout_s = "xoxb-1-very-secret"',
]


@pytest.mark.parametrize("text", SECRETS, ids=range(len(SECRETS)))
def test_a_secret_in_the_file_is_refused_and_not_repeated(text: str) -> None:
    found = problems(text)
    assert found
    assert not any("very-secret" in problem for problem in found)
    assert any("belong in this file" in problem for problem in found)


def test_a_proxy_with_a_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "proxy").write_text("http://me:very-secret@proxy:3128\n")
    file = tmp_path / "windcatch.toml"
    file.write_text('[fetch]\nproxy_file = "proxy"\n')
    config = load(file)
    assert config.fetch.proxy == "http://me:very-secret@proxy:3128"
    assert "very-secret" not in repr(config)
    (tmp_path / "proxy").write_text("nonsense\n")
    with pytest.raises(ConfigError, match="holds no URL"):
        load(file)


def test_the_interval_moves_limits_that_are_not_written() -> None:
    text = WHOLE.replace('"15m"', '"2m"')
    source = read(text).sources["mine"]
    assert source.min_interval == timedelta(minutes=2)
    assert source.max_interval == timedelta(hours=24)


UNREADABLE = [
    (lambda folder: folder / "missing.toml", "no such file: write one with `windcatch init`"),
    (lambda folder: folder, "is a directory, not a file: did you mean"),
    (lambda folder: _write(folder / "binary.toml", b"\x7fELF\x00\xff\xfe"), "not text in UTF-8"),
    (lambda folder: _write(folder / "big.toml", b"#" * (5 << 20)), "larger than 4 MiB"),
    (lambda folder: Path(f"{folder}/a\x00b"), "cannot be read"),
]


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("make", "said"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, make, said: str) -> None:
    (tmp_path / "windcatch.toml").write_text("")
    with pytest.raises(ConfigError, match=said):
        load(make(tmp_path))


def test_watchlists_are_read_from_the_files_folder(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "conf" / "lists").mkdir(parents=True)
    (tmp_path / "conf" / "lists" / "a.toml").write_text("x")
    (tmp_path / "conf" / "windcatch.toml").write_text(
        'watchlists = ["lists/*.toml", "none/*.toml"]'
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        load(Path("conf/windcatch.toml"))
    said = 'conf/windcatch.toml:1: watchlists[1]: no file matches "none/*.toml"'
    assert caught.value.problems == (said,)
    (tmp_path / "conf" / "windcatch.toml").write_text('watchlists = ["lists/*.toml"]')
    assert load(Path("conf/windcatch.toml")).watchlist_texts == {"conf/lists/a.toml": "x"}


def test_a_watchlists_destination_must_be_configured(tmp_path: Path) -> None:
    write_starter(tmp_path)
    config = load(tmp_path / "windcatch.toml")
    text = config.text.replace("[destinations.policy]", "[destinations.polcy]", 1)
    text = text.replace('destination = "policy"', 'destination = "polcy"', 1)
    other = parse(
        text, path=config.path, name="x", environ={}, watchlist_texts=config.watchlist_texts
    )
    with pytest.raises(ConfigError, match=r'no \[destinations.policy\].*did you mean "polcy"'):
        watchlists_of(other)


def test_the_starter_works_as_it_stands(tmp_path: Path) -> None:
    assert {str(file.relative_to(tmp_path)) for file in write_starter(tmp_path)} == set(
        starter_texts()
    )
    config = load(tmp_path / "windcatch.toml")
    assert set(config.sources) == set(builtin_ids())
    (watchlist,) = watchlists_of(config)
    assert (watchlist.id, watchlist.destination) == ("china-tech", "policy")
    # What is there already is left alone.
    assert write_starter(tmp_path) == ()


@pytest.mark.parametrize("source_id", builtin_ids())
def test_every_builtin_source_is_sound(source_id: str) -> None:
    source = builtin_source(source_id)
    assert source.channels
    assert source.checked, "a definition says when a person last looked"
    assert "id" not in builtin_table(source_id)


def test_keys_of_ones_own_lie_over_the_builtin(monkeypatch) -> None:
    table = {
        "name": "Built in",
        "home": "https://news.example/",
        "channels": [{"kind": "feed", "url": "https://news.example/feed"}],
        "politeness": {"delay_s": 5.0, "concurrency": 2},
    }
    monkeypatch.setattr("crawler.config_checks.builtin_ids", lambda: ("built",))
    monkeypatch.setattr("crawler.config_checks.builtin_table", lambda _: table)
    source = read("[sources.built]\npoliteness = {delay_s = 9.0}\nenabled = false").sources["built"]
    assert (source.name, source.enabled) == ("Built in", False)
    assert source.politeness == Politeness(delay_s=9.0, concurrency=2)


@pytest.mark.parametrize(
    ("table", "value"),
    [
        (SourceTable, Source),
        (ChannelTable, Channel),
        (PolitenessTable, Politeness),
        (HintsTable, Hints),
    ],
)
def test_the_tables_have_the_keys_of_the_values_they_make(table, value) -> None:
    fields = {field.name: field for field in dataclasses.fields(value)}
    fields.pop("id", None)
    assert set(table.model_fields) == set(fields)
    for name, field in fields.items():
        if field.default is not dataclasses.MISSING and not dataclasses.is_dataclass(field.default):
            assert table.model_fields[name].default == field.default, name


def outcome(act: Callable[[], object]) -> ConfigError | None:
    try:
        act()
    except ConfigError as error:
        return error
    return None


@given(st.text(max_size=300))
@settings(max_examples=150)
def test_any_text_is_a_configuration_or_a_config_error(text: str) -> None:
    assert outcome(lambda: read(text)) is None or problems(text)


@given(st.binary(max_size=200))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_a_configuration_or_a_config_error(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "any.toml"
    file.write_bytes(data)
    error = outcome(lambda: load(file))
    assert error is None or all(problem.startswith(str(file)) for problem in error.problems)
