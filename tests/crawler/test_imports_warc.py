"""WARC files, hostile ones too: bounded, reported, and nothing behind the damage lost."""

from __future__ import annotations

import gzip
import io
import resource
import subprocess
import sys
import tracemalloc
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ROOT
from warc_files import article, packed, page, record, response

from crawler.exports.warc import info_record, response_record
from crawler.imports.payload import NotAPage, Unreadable, dechunked, read_response, unpacked
from crawler.imports.things import FoundPage, Problem, Skipped
from crawler.imports.warc import read_warc, warc_date
from storage.types import Capture

NOW = datetime(2024, 3, 5, 10, tzinfo=UTC)
MIB = 1 << 20


def _read(data: bytes) -> list[object]:
    return list(read_warc(io.BytesIO(data), "x.warc.gz"))


def _pages(data: bytes) -> list[str]:
    found = [thing for thing in _read(data) if isinstance(thing, FoundPage)]
    return [thing.capture.final_url.rpartition("/")[2].removesuffix(".html") for thing in found]


def _problems(data: bytes) -> list[str]:
    return [thing.reason for thing in _read(data) if isinstance(thing, Problem)]


def bomb(mib: int, **fields: object) -> bytes:
    """Return one packed record whose body is *mib* MiB of zeros."""
    packer = zlib.compressobj(9, wbits=31)
    head = record("https://news.example.com/bomb", b"", length=fields.pop("length", 10), **fields)
    parts = [packer.compress(head[:-4])]
    parts += [packer.compress(bytes(MIB)) for _ in range(mib)]
    return b"".join([*parts, packer.flush()])


GOOD = [article(1), article(2), article(3)]


@pytest.mark.parametrize(
    "data", [packed(*GOOD), b"".join(GOOD), gzip.compress(b"".join(GOOD), mtime=0)]
)
def test_packed_by_record_plain_or_as_a_whole(data: bytes) -> None:
    assert _pages(data) == ["1", "2", "3"]
    assert _problems(data) == []
    first = _read(data)[0]
    assert isinstance(first, FoundPage)
    assert first.capture.fetched_at == NOW
    assert first.capture.body == page(1)
    assert first.capture.header("content-type") == "text/html"


@pytest.mark.parametrize(
    ("bad", "told", "kept"),
    [
        (packed(article(9))[:-30], "", ["1", "2"]),  # cut off, then the next member
        (packed(article(9))[:60], "", ["1", "2"]),
        (b"\x00" * 500, "", ["1", "2"]),  # filling between members
        (packed(article(9, length=50)), "longer than it says", ["1", "2"]),
        (packed(article(9, length=10**6)), "ends after", ["1", "2"]),
        (packed(article(9, length=10**15)), "says it is 1000000000000000", ["1", "2"]),
        (packed(article(9, length=-5)), "says it is -5", ["1", "2"]),
        (packed(article(9, length="many")), "says it is many", ["1", "2"]),
        (packed(b"no record at all\r\n"), "no WARC record", ["1", "2"]),
        (packed(article(9, date="yesterday")), "WARC-Date", ["1", "2"]),
        (packed(article(9, WARC_Truncated="length")), "cut off when", ["1", "2"]),
        (packed(record("https://a.example/", b"rubbish")), "no HTTP response", ["1", "2"]),
        (packed(b"WARC/1.0\r\n" + b"x: y\r\n" * 500), "no WARC record", ["1", "2"]),
    ],
)
def test_what_stands_behind_the_damage_is_read(bad: bytes, told: str, kept: list[str]) -> None:
    data = packed(article(1)) + bad + packed(article(2))
    assert _pages(data) == kept
    if told:
        assert told in _problems(data)[0]
        assert len(_problems(data)) == 1


def test_damage_in_a_plain_file() -> None:
    for bad in (article(9, length=50), article(9, length=10**15), b"junk\r\n" * 9):
        data = article(1) + bad + article(2)
        assert _pages(data) == ["1", "2"]
        assert len(_problems(data)) == 1
    # A length that swallows what follows cannot be told from a long page; it says so at the end.
    assert _pages(article(1) + article(9, length=10**6)) == ["1"]


def test_a_file_cut_off_in_the_middle_says_so() -> None:
    whole = packed(*GOOD)
    cut = len(whole) - len(packed(GOOD[2])) // 2
    assert _pages(whole[:cut]) == ["1", "2"]
    assert _problems(whole[:cut]) == ["it is cut off"]


@pytest.mark.parametrize("length", [10, 80 * MIB, 10**12])
def test_a_bomb_is_passed_over(length: int) -> None:
    data = packed(article(1)) + bomb(100, length=length) + packed(article(2))
    tracemalloc.start()
    try:
        assert _pages(data) == ["1", "2"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * MIB
    assert any("far more than it says" in told for told in _problems(data))


def test_a_bomb_within_the_record_limit_stays_within_memory(tmp_path: Path) -> None:
    """In a process whose memory is limited: 63 MiB that say so are read, and cost their size."""
    file = tmp_path / "x.warc.gz"
    inner = gzip.compress(bytes(100 * MIB), 9)
    hidden = record("https://a.example/b", response(inner, Content_Encoding="gzip"))
    file.write_bytes(bomb(63, length=63 * MIB) + packed(hidden, article(2)))
    code = (
        "import resource, sys\n"
        "from crawler.imports.warc import read_warc\n"
        "from crawler.imports.things import FoundPage\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({700 * MIB}, {700 * MIB}))\n"
        f"things = read_warc(open({str(file)!r}, 'rb'), 'x')\n"
        "print([t.capture.url if isinstance(t, FoundPage) else t.reason for t in things])\n"
        # Not ru_maxrss: a child starts with the peak of the process that forked it.
        "status = open('/proc/self/status').read()\n"
        "print(status.split('VmHWM:')[1].split()[0])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told, peak_kb = ended.stdout.splitlines()
    assert "unpacks to more than 64 MiB" in told
    assert "https://news.example.com/a/2.html" in told
    assert int(peak_kb) < 450 * 1024
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != 700 * MIB


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 3000))
def test_no_bytes_raise(noise: bytes, at: int) -> None:
    data = packed(*GOOD)
    for broken in (data[:at] + noise + data[at:], noise, b"WARC/1.0\r\n" + noise):
        for thing in _read(broken):
            assert isinstance(thing, FoundPage | Problem | Skipped)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (response(b"x", status=301), "status 301"),
        (response(b"x", status=404), "status 404"),
        (response(b"x", Content_Type="image/png"), "image/png"),
        (response(b"  "), "empty body"),
    ],
)
def test_what_is_no_page_is_counted_not_complained_of(block: bytes, reason: str) -> None:
    (thing,) = _read(record("https://a.example/x", block))
    assert isinstance(thing, Skipped)
    assert thing.reason == reason


def test_other_records_are_passed_over() -> None:
    other = [
        record("https://a.example/", b"a: b", kind=kind) for kind in ("request", "metadata", "dns")
    ]
    things = _read(packed(info_record("x", now=NOW, packed=False), *other, article(1)))
    assert [type(thing) for thing in things[:-1]] == [Skipped] * 4
    resource_record = record(
        "https://a.example/r", page(4), kind="resource", content_type="text/html"
    )
    (thing,) = _read(resource_record)
    assert isinstance(thing, FoundPage)


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(b"<p>page", mtime=0), "gzip"),
        (b"<p>page", "gzip"),  # undone by the archive, header left
        (zlib.compress(b"<p>page"), "deflate"),
        (zlib.compress(b"<p>page")[2:-4], "deflate"),  # without zlib's frame
        (b"<p>page", ""),
        (b"<p>page", "br"),
    ],
)
def test_content_codings(body: bytes, coding: str) -> None:
    assert unpacked(body, coding, 1000) == b"<p>page"


def test_content_codings_that_cannot_be_undone() -> None:
    for body, coding in ((b"x", "exotic"), (gzip.compress(bytes(2000)), "gzip")):
        with pytest.raises(Unreadable):
            unpacked(body, coding, 1000)
    with pytest.raises(Unreadable, match="too early"):
        unpacked(gzip.compress(b"word " * 99)[:-12], "gzip", 1000)


def test_brotli_bodies() -> None:
    brotli = pytest.importorskip("brotli")
    assert unpacked(brotli.compress(b"<p>page" * 9), "br", 1000) == b"<p>page" * 9
    with pytest.raises(Unreadable, match="more than"):
        unpacked(brotli.compress(bytes(5000)), "br", 1000)
    with pytest.raises(Unreadable, match="damaged"):
        unpacked(brotli.compress(b"word" * 99)[:-3], "br", 1000)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"3;x=y\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"<html>", b"<html>"),  # undone already
        (b"3\r\nabc\r\nzz\r\n", b"abc"),
        (b"", b""),
    ],
)
def test_chunks(body: bytes, expected: bytes) -> None:
    assert dechunked(body) == expected


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-05T10:00:00Z", NOW),
        ("2024-03-05T10:00:00.123456789Z", NOW.replace(microsecond=123456)),
        ("2024-03-05T12:00:00+02:00", NOW),
        ("", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("20240305100000", None),
    ],
)
def test_dates(text: str, moment: datetime | None) -> None:
    assert warc_date(text) == moment or (text.isdigit() and warc_date(text) is not None)


HEADERS = (("content-type", "text/html; charset=utf-8"), ("content-encoding", "gzip"))


def test_what_we_write_others_read(tmp_path: Path) -> None:
    """warcio finds no fault in it, and reads what was kept; nor do we."""
    warcio = pytest.importorskip("warcio.archiveiterator")
    captures = [
        Capture(
            url=f"https://news.example.com/a/{n}?q=电",
            final_url=f"https://news.example.com/b/{n}",
            status=200,
            headers=(*HEADERS, ("x-odd", "a\r\nb")),
            body=page(n),
            fetched_at=NOW,
        )
        for n in range(3)
    ]
    for is_packed in (True, False):
        data = info_record("Windcatch/0", now=NOW, packed=is_packed) + b"".join(
            response_record(one, source_id="s", packed=is_packed) for one in captures
        )
        file = tmp_path / "out.warc.gz"
        file.write_bytes(data)
        with file.open("rb") as opened:
            read = [
                (one.rec_type, one.content_stream().read(), one.digest_checker.passed)
                for one in warcio.ArchiveIterator(opened, check_digests=True)
            ]
        assert read[0][0] == "warcinfo"
        assert [body for kind, body, _ in read if kind == "response"] == [page(n) for n in range(3)]
        assert all(passed for kind, _, passed in read if kind == "response")
        again = [thing.capture for thing in _read(data) if isinstance(thing, FoundPage)]
        assert [(c.final_url, c.fetched_at, c.body) for c in again] == [
            (c.final_url, c.fetched_at, c.body) for c in captures
        ]
        assert again[0].url == "https://news.example.com/a/0?q=%E7%94%B5"


def test_nothing_is_read_that_is_no_page() -> None:
    with pytest.raises(NotAPage):
        read_response(b"{}", whole_message=False, content_type="application/json", limit=10)
