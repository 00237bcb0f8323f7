"""Bad input as a user gives it: a message that says what to do, the right exit code, no traceback."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_runs import Cli

#: What is called, in a folder that `init` made: exit code, and words on standard error.
CALLS = [
    (["bogus"], 2, "No such command 'bogus'"),
    (["--bogus"], 2, "No such option"),
    ([], 2, "Usage: windcatch"),
    (["articles"], 2, "Usage: windcatch articles"),
    (["crawl", "--config"], 2, "requires an argument"),
    (
        ["status", "--config", "missing.toml"],
        2,
        "missing.toml: no such file: write one with `windcatch init`",
    ),
    (["--config", "missing.toml", "status"], 2, "missing.toml: no such file"),
    (["status", "--config", "."], 2, "is a directory, not a file: did you mean windcatch.toml?"),
    (["crawl", "chinadialy"], 2, 'no source "chinadialy" in windcatch.toml'),
    (["sources", "show", "nope"], 2, 'no source "nope"'),
    (["sources", "test", "ftp://x.example/"], 2, "expected a URL that begins with https://"),
    (["articles", "show", "17"], 2, "no article 17: see `windcatch articles list`"),
    (["articles", "show", "https://nowhere.example/"], 2, "no article https://nowhere.example/"),
    (["articles", "list", "--since", "yesterday"], 2, "not a time: 'yesterday'"),
    (["articles", "list", "--limit", "0"], 2, "Invalid value for '--limit'"),
    (["stories", "show", "17"], 2, "no story 17"),
    (["stories", "show", "x"], 2, "Invalid value for 'STORY'"),
    (["alerts", "show", "17"], 2, "no alert 17"),
    (["alerts", "list", "--state", "lost"], 2, 'no state "lost": one of pending'),
    (["alerts", "retry", "17"], 2, "no alert 17"),
    (["db", "restore", "nothing.db"], 2, "nothing.db"),
    (["extract", "nothing.html"], 2, "nothing.html: no such file"),
    (["extract", "a.html", "b.html", "--url", "https://x.example/"], 2, "--url is for a single"),
    (["diff", "nothing.txt", "windcatch.toml"], 2, "nothing.txt: no such file"),
    (["diff", "."], 2, ".: is a directory"),
    (["themes", "test", "nothing.jsonl"], 2, "nothing.jsonl: no such file"),
    (["themes", "test", "--watchlist", "nothing.toml", "x"], 2, "nothing.toml: no such file"),
    (["status", "--log-format", "yaml"], 2, "--log-format: expected auto, text or json"),
    (["status", "--log-level=loud"], 2, "--log-level: expected debug, info, warning or error"),
    (["init", "windcatch.toml"], 2, "is a file, not a directory"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), CALLS, ids=[" ".join(c[0]) for c in CALLS])
def test_a_wrong_call_says_what_to_do(
    made: Cli, arguments: list[str], code: int, said: str
) -> None:
    result = made(*arguments)
    assert (result.code, result.out) == (code, "")
    assert said in result.err


#: What stands in windcatch.toml, and what every command says of it.
FILES = [
    ('databse = "x"', "windcatch.toml:1: databse: unknown key"),
    ("[fetch]\ntimeout_s = []", "windcatch.toml:2: fetch.timeout_s: expected a number"),
    ("\tfetch: &x", "windcatch.toml:1: not valid TOML"),
    (b"\x00\xff\xfe", "windcatch.toml:1: not text in UTF-8"),
    ('watchlists = ["none.toml"]', 'no file matches "none.toml"'),
    ('[database]\nurl = "mysql://x/y"', "sqlite:///"),
]


@pytest.mark.parametrize(("text", "said"), FILES, ids=range(len(FILES)))
@pytest.mark.parametrize(
    "command", ["status", "crawl", "deliver", "run", "themes list", "db stats"]
)
def test_every_command_tells_of_a_bad_file(
    cli: Cli, command: str, text: str | bytes, said: str
) -> None:
    if isinstance(text, str) and "mysql" in text and command == "themes list":
        pytest.skip("it needs no database")
    cli.write("windcatch.toml", text)
    result = cli(*command.split())
    if "mysql" in str(text) and command == "crawl":
        # Without sources it does not get as far as the database.
        assert "no sources" in result.err
    else:
        assert said in result.err
    assert result.code == 2


def test_a_missing_token_is_known_before_the_crawl(cli: Cli) -> None:
    cli.write(
        "windcatch.toml",
        '[destinations.policy]\ntype = "slack"\nchannel = "#a"\n'
        '[sources.mine]\nname = "M"\nhome = "http://127.0.0.1:9/"\n'
        'channels = [{kind = "feed", url = "http://127.0.0.1:9/"}]\n',
    )
    for command in ("crawl", "deliver", "run"):
        result = cli(command)
        assert result.code == 2
        assert "[destinations.policy]: SLACK_BOT_TOKEN is not set" in result.err


def test_a_bad_watchlist_is_told_with_every_problem(made: Cli) -> None:
    made.write("watchlists/bad.toml", 'nmae = "x"\n[[themes]]\nid = "a"\nquery = "(x AND"\n')
    result = made("status")
    assert result.code == 0, "what does not need the watchlists goes on"
    for command in ("themes list", "run"):
        result = made(*command.split())
        assert result.code == 2
        assert "watchlists/bad.toml" in result.err
        assert "nmae" in result.err


def test_a_damaged_database_is_told(made: Cli) -> None:
    made.write("windcatch.db", b"no database at all" * 400)
    for command in ("status", "deliver", "db check"):
        result = made(*command.split())
        assert result.code in (1, 2)
        assert "windcatch.db" in result.err + result.out


def test_a_database_in_a_folder_that_is_not_there_is_told(cli: Cli) -> None:
    cli.write("windcatch.toml", '[database]\nurl = "sqlite:///no/such/folder/w.db"')
    result = cli("db", "stats")
    assert result.code in (1, 2)
    assert "no/such/folder" in result.err


def test_the_configuration_may_come_from_anywhere(cli: Cli, monkeypatch) -> None:
    cli("init", "here")
    assert cli("status", "--config", "here/windcatch.toml").code == 0
    assert cli("--config", "here/windcatch.toml", "status").code == 0
    monkeypatch.setenv("WINDCATCH_CONFIG", "here/windcatch.toml")
    assert cli("status").code == 0
    # The one after the command's name wins.
    assert cli("--config", "here/windcatch.toml", "status", "--config", "x.toml").code == 2


def test_init_twice_leaves_everything_alone(cli: Cli) -> None:
    assert "made the database" in cli("init").out
    cli.write("windcatch.toml", "# mine\n")
    again = cli("init")
    assert again.code == 0
    assert "windcatch.toml is there already: left alone" in again.out
    assert (cli.folder / "windcatch.toml").read_text() == "# mine\n"


def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path) -> None:
    lines = "".join(f'{{"id": {n}, "title": "t", "text": "x"}}\n' for n in range(3000))
    (tmp_path / "in.jsonl").write_text(lines)
    ended = subprocess.run(
        f"{sys.executable} -m crawler stories cluster in.jsonl | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    first, code = ended.stdout.splitlines()
    assert first.startswith('{"id": 0')
    assert (code, ended.stderr) == ("0", "")


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from crawler.cli.app import run; run(['--help']);"
        "heavy = {'scrapy', 'twisted', 'trafilatura', 'sqlalchemy', 'pydantic', 'slack_sdk', 'lxml',"
        " 'structlog', 'apscheduler'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert ended.stdout.splitlines()[-1] == "[]"


def _few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


@pytest.mark.parametrize(
    ("environment", "limit"),
    [
        ({"LANG": "C", "LC_ALL": "C"}, None),
        ({"TZ": "Nowhere/None"}, None),
        # A crawl of six sources works so, too.
        ({}, _few_files),
    ],
)
def test_odd_environments_work(
    tmp_path: Path, environment: dict[str, str], limit: Callable[[], None] | None
) -> None:
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    for arguments in (["init"], ["doctor"]):
        ended = subprocess.run(
            [sys.executable, "-m", "crawler", *arguments],
            cwd=tmp_path,
            env={**base, **environment},
            preexec_fn=limit,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
