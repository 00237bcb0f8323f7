"""What an archive of any size is asked by the benchmarks: questions, whole commands, exports."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from crawler.exports.run import export
from crawler.exports.writers import Csv, JsonLines, Parquet, Warc, Writer
from storage.archive import Archive

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def resident_mb() -> float:
    """Return this process's resident memory in MB."""
    with Path("/proc/self/statm").open() as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def median_ms(work: Callable[[], Any], clock: Callable[[], float]) -> float:
    """Return the median of five runs, in milliseconds of *clock*."""
    times = []
    for _ in range(5):
        began = clock()
        work()
        times.append(1000 * (clock() - began))
    return statistics.median(times)


def ask(archive: Archive) -> None:
    """Print how long questions take."""
    questions: dict[str, Callable[[Any], Any]] = {
        f"search {words}": (lambda reader, words=words: reader.search(words))
        for words in (
            "ministry",
            "企业",
            "电",
            "배터리",
            '"million yuan"',
            "battery -steel",
            "zzzz",
        )
    }
    questions["list"] = lambda reader: reader.articles(limit=50)
    questions["list --source"] = lambda reader: reader.articles(source="site3.example", limit=50)
    questions["list --since 7d"] = lambda reader: reader.articles(since=NOW - timedelta(days=7))
    for name, question in questions.items():

        def once(question: Callable[[Any], Any] = question) -> int:
            with archive.read() as reader:
                return len(question(reader))

        wall, cpu = median_ms(once, time.perf_counter), median_ms(once, time.process_time)
        print(f"{name:24} {wall:8.1f} ms wall, {cpu:6.1f} ms CPU, {once()} found", flush=True)


def children_s() -> float:
    """Return the CPU seconds of the processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def commands(folder: Path) -> None:
    """Print how long whole commands take, from the first byte of Python on."""
    (folder / "windcatch.toml").write_text('[database]\nurl = "sqlite:///bench.db"\n')
    for arguments in (("articles", "search", "企业"), ("articles", "list"), ("--version",)):

        def once(arguments: tuple[str, ...] = arguments) -> None:
            subprocess.run(
                [sys.executable, "-m", "crawler", *arguments],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.DEVNULL,
                check=True,
            )

        wall, cpu = median_ms(once, time.perf_counter), median_ms(once, children_s)
        print(f"{'windcatch ' + ' '.join(arguments):32} {wall:8.0f} ms wall, {cpu:6.0f} ms CPU")


def exports(archive: Archive, folder: Path) -> None:
    """Write everything in each format; print the rate, and the memory by quarter."""
    with archive.read() as reader:
        ids = reader.article_ids()
    writers: dict[str, Callable[[BinaryIO, datetime], Writer]] = {
        "jsonl": JsonLines,
        "csv": Csv,
        "parquet": Parquet,
        "warc": Warc,
    }
    for name, writer in writers.items():
        file = folder / f"out.{name}"
        began, memory = time.process_time(), []
        with file.open("wb") as out:
            one = writer(out, NOW)
            for place in range(4):
                part = ids[place * len(ids) // 4 : (place + 1) * len(ids) // 4]
                export(archive, part, Unfinished(one))
                memory.append(f"{resident_mb():.0f}")
            one.finish()
        spent = time.process_time() - began
        print(
            f"export {name:8} {1000 * spent / max(len(ids), 1):.2f} ms CPU an article, memory "
            f"{', '.join(memory)} MB, file {file.stat().st_size / 1e6:.0f} MB",
            flush=True,
        )
    checker = Path(sys.executable).with_name("warcio")
    told = subprocess.run([checker, "check", folder / "out.warc"], capture_output=True, check=False)
    print(f"warcio check: exit {told.returncode} {told.stdout.decode()[:300]}")


class Unfinished:
    """A writer that goes on after one part of an export."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.evidence = writer.evidence
        self.record = writer.record
        self.captures = writer.captures

    def finish(self) -> None:
        """Not yet."""
