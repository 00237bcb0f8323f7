"""A fixed number of fuzzed inputs for each reader; benchmarks/fuzz.py goes on for as long as asked."""

from __future__ import annotations

import importlib.util
import sys
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paths import ROOT

FOLDER = Path(ROOT) / "benchmarks"
#: Inputs by target: about a second of processor time each.
BUDGET = {
    "feed": 90,
    "sitemap": 500,
    "listing": 60,
    "gate": 4000,
    "page": 12,
    "config": 300,
    "watchlist": 300,
}


def load(name: str) -> ModuleType:
    """Import a module of benchmarks/, which is no package."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


for part in ("fuzz_seeds", "fuzz_targets"):
    load(part)
fuzz: Any = load("fuzz")
targets: Any = load("fuzz_targets")


@pytest.mark.parametrize("name", targets.TARGETS)
def test_a_fixed_budget(name: str) -> None:
    for one in islice(fuzz.runs([name], 1), BUDGET[name]):
        one.step()
    assert not [(found.data, found.problem) for found in one.findings.values()]
    assert len(one.kinds) > 1


def test_a_finding_is_noticed_and_shortened() -> None:
    def fragile(data: bytes) -> str:
        assert b"]]>" not in data, "broke"
        return str(len(data) % 7)

    target = targets.Target(fragile, (b"a" * 200,), (b"]]>",))
    one = fuzz.Fuzz("x", target, fuzz.Random(1))
    for _ in range(200):
        one.step()
    (finding,) = one.findings.values()
    assert finding.data == b"]]>"


# What bytes alone rarely build: whole addresses in every part and spelling.
_HOSTS = st.one_of(
    st.ip_addresses().map(lambda ip: f"[{ip}]" if ip.version == 6 else str(ip)),
    st.ip_addresses(v=4).map(lambda ip: str(int(ip))),
    st.ip_addresses(v=4).map(lambda ip: hex(int(ip))),
    st.ip_addresses(v=4).map(lambda ip: ".".join(f"0{octet:o}" for octet in ip.packed)),
    st.ip_addresses(v=4).map(lambda ip: f"[::ffff:{ip}]"),
    st.ip_addresses(v=4).map(lambda ip: f"[64:ff9b::{ip}]"),
    st.sampled_from(["localhost", "one.example", "ⓛocalhost", "127。0。0。1", "1.1", ""]),
    st.text(max_size=12),
)
_URLS = st.builds(
    "{}{}{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "http:/", "//", "ftp://", "http:\\\\", ""]),
    st.sampled_from(["", "", "user@", "user:pw@", "a\\@", "one.example#@", "one.example?@"]),
    _HOSTS,
    st.sampled_from(["", "", ":80", ":443", ":22", ":0", ":99999", ":", ".:80"]),
    st.sampled_from(["", "/", "/a b", "/\t", "/%2e%2e/", "/\u202e", "/" + "é" * 1500, "\\x"]),
    st.sampled_from(["", "?q=ö", "#f", "?" + "|" * 5]),
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(_URLS)
def test_urls_put_together(url: str) -> None:
    assert targets.gate(url.encode("utf-8", "replace"))
