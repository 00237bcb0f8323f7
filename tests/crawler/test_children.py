"""What a crawl process may not do: take all memory, outlive its parent, read another file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.children import Ended, handed_over, taken_over
from crawler.config import load

ROOT = Path(__file__).parents[2]


def child(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


CONFINED = """
import resource
from crawler.children import confine
confine(memory_limit_mb=600)
"""


def test_a_leak_ends_at_its_limit_and_leaves_no_core() -> None:
    done = child(
        CONFINED
        + "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\nheld = []\n"
        + "while True: held.append(bytearray(50 << 20))"
    )
    assert done.returncode == 1
    assert "MemoryError" in done.stderr


def test_a_child_whose_parent_is_gone_does_not_begin() -> None:
    done = child("from crawler.forking import die_with\ndie_with(1999999999)\nprint('began')")
    assert (done.returncode, done.stdout) == (1, "")


def test_no_limit_when_none_is_set() -> None:
    done = child(CONFINED.replace("600", "0") + "print(resource.getrlimit(resource.RLIMIT_AS)[0])")
    assert done.returncode == 0
    assert int(done.stdout) == -1 or int(done.stdout) > 1 << 40


def test_the_configuration_is_handed_over_as_it_was_accepted(tmp_path: Path) -> None:
    path = tmp_path / "windcatch.toml"
    path.write_text("[service]\nbatch = 7\n")
    accepted = load(path)
    path.write_text("[service]\nbatch = 'seven'\n")
    assert taken_over(handed_over(accepted)) == accepted


@pytest.mark.parametrize(
    ("code", "overdue", "words"),
    [
        (-9, False, "ended by SIGKILL"),
        (-9, True, "at its deadline"),
        (139, False, "exit code 139"),
        (-999, False, "exit code -999"),
    ],
)
def test_how_it_ended_in_words(code: int, overdue: bool, words: str) -> None:
    ended = Ended(sources=("a",), owner="o", pid=1, code=code, overdue=overdue)
    assert words in ended.reason
