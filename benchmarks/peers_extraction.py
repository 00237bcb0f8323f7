"""Other extractors on the same articles, one JSON line per tool and page. Run by eval_extraction.py.

Needs nothing of this project: run it in an environment with benchmarks/peers-requirements.txt.
With --into FILE the lines are added to that file, and pages whose lines it holds are left out: a
run that was ended goes on where it stood.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TextIO

import html_text
import newspaper
import trafilatura
from readability import Document
from trafilatura.utils import decode_file


def _readability(body: bytes) -> str:
    return str(html_text.extract_text(Document(decode_file(body)).summary()))


def _newspaper(body: bytes) -> str:
    # Images would be downloaded while parsing.
    article = newspaper.Article("http://localhost/", fetch_images=False)
    article.download(input_html=decode_file(body))
    article.parse()
    return str(article.text)


TOOLS: dict[str, Callable[[bytes], str]] = {
    "trafilatura": lambda b: trafilatura.extract(b, include_comments=False) or "",
    "trafilatura fast": lambda b: trafilatura.extract(b, include_comments=False, fast=True) or "",
    "readability-lxml": _readability,
    "newspaper4k": _newspaper,
}


def main() -> None:
    """Write the lines to standard output, or what a file lacks of them to its end."""
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", required=True)
    # One tool a process, so that its peak of memory is its own.
    parser.add_argument("--tool", required=True, choices=sorted(TOOLS))
    parser.add_argument("--into", type=Path)
    options = parser.parse_args()
    done = set(_held(options.into, options.tool)) if options.into else set()
    with (
        options.into.open("a", encoding="utf-8") if options.into else nullcontext(sys.stdout) as out
    ):
        _run(options, done, out)


def _held(into: Path, tool: str) -> Iterator[str]:
    for line in into.read_text(encoding="utf-8").splitlines() if into.exists() else ():
        row = json.loads(line)
        if row["tool"] == tool:
            yield row["id"]


def _run(options: argparse.Namespace, done: set[str], out: TextIO) -> None:
    wanted = options.sets.split(",")
    for row in map(
        json.loads, (options.data / "pages.jsonl").read_text(encoding="utf-8").strip().split("\n")
    ):
        judged = row["id"].split("/")[0] in wanted and row["page_type"] == "article"
        if not judged or row["id"] in done:
            continue
        body = gzip.decompress((options.data / row["file"]).read_bytes())
        started = time.process_time()
        try:
            text = TOOLS[options.tool](body)
        except Exception as error:  # noqa: BLE001 - a peer's failure is its score
            print(f"{options.tool} failed on {row['id']}: {error!r}", file=sys.stderr)
            text = ""
        _say(out, options.tool, row["id"], text, time.process_time() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(out, options.tool, "peak_mb", "", peak)


def _say(out: TextIO, tool: str, page: str, text: str, cpu: float) -> None:
    line = json.dumps({"tool": tool, "id": page, "text": text, "cpu": cpu})
    print(line, file=out, flush=True)


if __name__ == "__main__":
    main()
