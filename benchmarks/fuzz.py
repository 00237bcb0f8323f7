"""Fuzz the readers of what comes from outside: feeds, sitemaps, listings, URLs, pages, configuration.

    python benchmarks/fuzz.py --minutes 10
    python benchmarks/fuzz.py --only feed gate --minutes 2 --seed 7

Inputs are mutated from documents of the true shapes (fuzz_seeds.py). What brings a new kind of
outcome, or takes longer than anything before, is mutated further. A finding is written to the
folder `--keep`, shortened, with its traceback, and the exit code is 1. tests/test_fuzz.py runs the
same for a fixed number of inputs.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fuzz_targets import TARGETS, Target

#: Longer inputs are cut: what matters of size is tested by name (docs/testing.md, bad input).
MAX_INPUT = 200_000
MAX_CORPUS = 400


@dataclass
class Finding:
    """An input that something broke on."""

    target: str
    data: bytes
    problem: str


@dataclass
class Fuzz:
    """One target's corpus and what it has shown."""

    name: str
    target: Target
    random: Random
    corpus: list[bytes] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    slowest_s: float = 0.0
    slowest: bytes = b""
    inputs: int = 0
    findings: dict[str, Finding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.corpus = list(self.target.seeds)

    def step(self) -> None:
        """Try one more input; the seeds themselves come first."""
        fresh = self.inputs >= len(self.target.seeds)
        data = mutate(self.corpus, self.target.words, self.random) if fresh else (
            self.target.seeds[self.inputs]
        )  # fmt: skip
        self.inputs += 1
        kind, problem, took = attempt(self.target, data)
        if problem is not None:
            self._found(data, problem)
            return
        slower = took > max(1.3 * self.slowest_s, 0.02)
        if took > self.slowest_s:
            self.slowest_s, self.slowest = took, data
        if kind in self.kinds and not slower:
            return
        self.kinds.add(kind)
        if len(self.corpus) >= MAX_CORPUS:
            self.corpus[self.random.randrange(len(self.target.seeds), MAX_CORPUS)] = data
        else:
            self.corpus.append(data)

    def _found(self, data: bytes, problem: str) -> None:
        # One for each place in the code.
        key = "\n".join(problem.strip().splitlines()[-4:-1])
        if key not in self.findings:
            self.findings[key] = Finding(self.name, shorter(self.target, data, key), problem)


def attempt(target: Target, data: bytes) -> tuple[str, str | None, float]:
    """Return the kind of outcome, the problem if there was one, and the processor seconds."""
    begun = time.process_time()
    try:
        kind = target.run(data)
    except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
        return "", traceback.format_exc(limit=-6), time.process_time() - begun
    took = time.process_time() - begun
    slow = f"slow\nslow\nslow: {took:.1f} s\n" if took > target.limit_s else None
    return kind, slow, took


def mutate(corpus: list[bytes], words: tuple[bytes, ...], random: Random) -> bytes:
    """Return an input made from the corpus by one to eight changes."""
    data = bytearray(random.choice(corpus))
    for _ in range(1 << random.randrange(4)):
        data = _change(data, corpus, words, random)
    return bytes(data[:MAX_INPUT])


def _change(
    data: bytearray, corpus: list[bytes], words: tuple[bytes, ...], random: Random
) -> bytearray:
    at = random.randrange(len(data) + 1)
    span = slice(at, at + random.choice((1, 2, 8, 40, 300)))
    match random.randrange(9):
        case 0:
            data[at:at] = random.choice(words)
        case 1:
            data[span] = random.choice(words)
        case 2:
            del data[span]
        case 3:
            data[span] = bytes(data[span]) * random.choice((2, 3, 20, 300))
        case 4:
            data[span] = random.randbytes(random.choice((1, 2, 4)))
        case 5:
            other = random.choice(corpus)
            cut = random.randrange(len(other) + 1)
            data[at:] = other[cut:]
        case 6:
            data = data[:at]
        case 7 if data:
            place = random.randrange(len(data))
            data[place] ^= 1 << random.randrange(8)
        case _:
            # A tag, a line or a value swapped with another: the shape stays.
            mark = random.choice((b"<", b"\n", b"/", b'"', b"="))
            parts = bytes(data).split(mark)
            one, two = random.randrange(len(parts)), random.randrange(len(parts))
            parts[one], parts[two] = parts[two], parts[one]
            data = bytearray(mark.join(parts))
    return data


def shorter(target: Target, data: bytes, key: str) -> bytes:
    """Return a shorter input with the same finding; a few seconds at most."""
    end, size = time.process_time() + 5, len(data) // 2
    while size and time.process_time() < end:
        for at in range(0, len(data), size):
            less = data[:at] + data[at + size :]
            _, problem, _ = attempt(target, less)
            if problem and "\n".join(problem.strip().splitlines()[-4:-1]) == key:
                data = less
                break
        else:
            size //= 2
    return data


def runs(names: list[str], seed: int) -> Iterator[Fuzz]:
    """Yield each target's fuzz in turn, for ever; one step is to be taken with each."""
    fuzzes = [Fuzz(name, TARGETS[name], Random(f"{name}{seed}")) for name in names]
    while True:
        yield from fuzzes


def main() -> int:
    """Fuzz for so many minutes; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--only", nargs="*", choices=[*TARGETS], default=[*TARGETS])
    options.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    given = options.parse_args()
    seed = time.time_ns() % 1_000_000 if given.seed is None else given.seed
    print(f"seed {seed}, {given.minutes:g} minutes, {', '.join(given.only)}")
    seen: dict[str, Fuzz] = {}
    spent = dict.fromkeys(given.only, 0.0)
    end = time.monotonic() + 60 * given.minutes
    for fuzz in runs(given.only, seed):
        seen[fuzz.name] = fuzz
        begun = time.monotonic()
        # Each target gets the same time, not the same number: a URL takes microseconds.
        while time.monotonic() < min(begun + 2.0, end):
            fuzz.step()
        spent[fuzz.name] += time.monotonic() - begun
        if time.monotonic() >= end:
            break
    for fuzz in seen.values():
        print(
            f"{fuzz.name:<8}{fuzz.inputs:>10,} inputs {len(fuzz.kinds):>6} kinds of outcome, "
            f"slowest {fuzz.slowest_s:.2f} s, {len(fuzz.findings)} findings"
        )
        given.keep.mkdir(exist_ok=True)
        (given.keep / f"{fuzz.name}-slowest").write_bytes(fuzz.slowest)
    findings = [finding for fuzz in seen.values() for finding in fuzz.findings.values()]
    for finding in findings:
        name = f"{finding.target}-{hashlib.sha256(finding.data).hexdigest()[:12]}"
        (given.keep / name).write_bytes(finding.data)
        (given.keep / f"{name}.txt").write_text(finding.problem, encoding="utf-8")
        print(f"\n{finding.target}: {given.keep / name}\n{finding.problem}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
