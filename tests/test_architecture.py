"""The house rules that a machine can check: who imports whom, and what the pure halves load."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from paths import ROOT

PACKAGES = ("crawler", "spiders", "storage", "alerts")
#: What a pure module must not load, however far away.
HEAVY = {"sqlalchemy", "scrapy", "twisted", "slack_sdk", "alembic", "apscheduler"}
#: What a pure module must not import itself; the standard library loads it for its own reasons
#: (importlib.metadata by way of email), so that being loaded proves nothing.
TOUCHING = {"socket", "subprocess", "sqlite3", "requests", "http.client", "urllib.request"}
#: Modules that say of themselves that they are pure.
PURE = sorted(
    str(file.relative_to(ROOT)).removesuffix(".py").replace("/", ".")
    for package in PACKAGES
    for file in (ROOT / package).rglob("*.py")
    if "Pure"
    in (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
)
#: Question a file at 300, split it before this.
LONGEST = 400


def test_the_import_contracts_hold() -> None:
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_contract_names_every_pure_module_of_storage() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    named = next(one for one in contracts if one["name"] == "the rules of storage stay pure")
    assert sorted(named["source_modules"]) == [one for one in PURE if one.startswith("storage.")]


def test_pure_modules_load_nothing_heavy() -> None:
    """All in one process; when it fails, the culprits are found one by one."""
    assert len(PURE) > 30
    code = (
        "import importlib, json, sys\n"
        "bad = {}\n"
        f"for name in {PURE!r}:\n"
        "    before = set(sys.modules)\n"
        "    importlib.import_module(name)\n"
        f"    loaded = sorted(({HEAVY!r} & set(sys.modules)) - before)\n"
        "    if loaded: bad[name] = loaded\n"
        "print(json.dumps(bad))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.stdout.strip() == "{}"


def test_pure_modules_touch_nothing() -> None:
    touching = {}
    for name in PURE:
        tree = ast.parse((ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))
        imported = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        } | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        if imported & TOUCHING:
            touching[name] = imported & TOUCHING
    assert touching == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_files_stay_small(package: str) -> None:
    long = {
        str(file.relative_to(ROOT)): count
        for file in (ROOT / package).rglob("*.py")
        if (count := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in (ROOT / package).rglob("*.py")
        if file.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_only_one_module_speaks_to_slack() -> None:
    speakers = {
        str(file.relative_to(ROOT))
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and any(
            name.split(".")[0] == "slack_sdk"
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
            )
        )
    }
    assert speakers <= {"alerts/slack.py", "alerts/slack_errors.py"}


def test_no_print_outside_the_command_line() -> None:
    printing = [
        str(file.relative_to(ROOT))
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        if "cli" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert printing == []


#: Where a connection to somewhere can be opened, and to whom. A second way to fetch, without the
#: gate and the guard, is how changedetection.io was got at twice (GHSA-56fq, GHSA-hm22).
CALLERS = {
    "crawler/netguard.py": "publishers, through the gate and the guard",
    "crawler/dialling.py": "its connections: to what the guard hands out",
    "crawler/trust.py": "its certificates",
    "crawler/heartbeat.py": "the operator's watchdog",
    "alerts/slack.py": "Slack",
    "alerts/post.py": "the operator's webhooks",
    "alerts/wire.py": "the connection of both",
    "alerts/smtp.py": "the operator's mail server",
}
_CALLS = re.compile(
    r"^\s*(?:import|from)\s+(?:urllib\.request|urllib3|http\.client|requests|httpx|aiohttp|"
    r"smtplib|ftplib|twisted\.web|scrapy\.core)\b"
    r"|\b(?:urlopen|create_connection|open_connection|getaddrinfo)\s*\(",
    re.MULTILINE,
)


def test_every_place_that_opens_a_connection_is_known() -> None:
    found = {
        str(file.relative_to(ROOT))
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        if "world" not in file.parts and _CALLS.search(file.read_text(encoding="utf-8"))
    }
    assert found == set(CALLERS)
