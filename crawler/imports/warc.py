"""WARC files (ISO 28500) to captures, record by record, within bounds.

No library reads the records: warcio 1.8.1, given a member of 2 MB that inflates to 2 GB under a
false length, took 18.5 GB of memory (measured). What we write is checked with it (tests).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from crawler.imports.members import Damaged, Member, TooMuch, members
from crawler.imports.payload import NotAPage, Unreadable, read_response
from crawler.imports.things import FoundPage, Problem, Skipped, Thing
from storage.types import Capture

#: Largest record kept; the largest real article page measured is 6 MB.
MAX_RECORD = 64 << 20
_MAX_LINE, _MAX_LINES = 16 * 1024, 200
_MARK = b"WARC/1."
#: Kinds of record that hold no answer.
_OTHER = frozenset({"warcinfo", "request", "metadata", "conversion", "continuation"})


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in the file."""

    #: Names in lower case; the last of a name counts.
    fields: dict[str, str]
    block: bytes

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "").lower()

    @property
    def url(self) -> str:
        return self.fields.get("warc-target-uri", "").strip("<> ")


def read_warc(file: BinaryIO, name: str) -> Iterator[Thing]:
    """Yield what the WARC *file* holds, in its order. Never raises for anything in it."""
    for number, member in enumerate(members(file), start=1):
        where = f"{name}, member {number}"
        try:
            yield from _records(member, name, number)
        except Damaged as error:
            yield Problem(where=where, reason=str(error))
        except TooMuch:
            yield Problem(where=where, reason="unpacks to far more than it says: passed over")


def _records(member: Member, name: str, number: int) -> Iterator[Thing]:
    count = 0
    while (fields := _header(member)) is not None:
        count += 1
        where = f"{name}, record {number}" if count == 1 else f"{name}, record {number}.{count}"
        if not fields:
            yield Problem(where=where, reason="no WARC record where one should begin")
            if not _resync(member):
                return
            continue
        where = f"{where} ({fields.get('warc-target-uri', '').strip('<> ')[:200]})"
        length = fields.get("content-length", "")
        if not length.isdigit() or int(length) > MAX_RECORD:
            yield Problem(where=where, reason=f"says it is {length[:20] or 'no'} bytes long")
            if not _resync(member):
                return
            continue
        block = member.read(int(length))
        if len(block) < int(length):
            yield Problem(where=where, reason=f"ends after {len(block)} of {length} bytes")
            return
        if not _ends(member):
            yield Problem(where=where, reason="is longer than it says")
            if not _resync(member):
                return
            continue
        yield _thing(Record(fields, block), where)


def _header(member: Member) -> dict[str, str] | None:
    """Return the fields of the next record: None at the end, empty when there is no record."""
    line = member.line(_MAX_LINE)
    while line in (b"\r\n", b"\n"):
        line = member.line(_MAX_LINE)
    if not line:
        return None
    if not line.startswith(_MARK):
        return {}
    fields: dict[str, str] = {}
    for _ in range(_MAX_LINES):
        line = member.line(_MAX_LINE)
        if line.strip() == b"":
            return fields if line else {}
        key, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            fields[key.strip().lower()] = value.strip()
    return {}


def _ends(member: Member) -> bool:
    """Tell whether the record ends here: two line ends, or the next record, or nothing."""
    mark = member.read(4 + len(_MARK))
    rest = mark.lstrip(b"\r\n")
    member.put_back(rest)
    return mark.startswith(b"\r\n\r\n") or not rest or rest.startswith(_MARK[: len(rest)])


def _resync(member: Member) -> bool:
    """Move to the next line that begins a record; False when there is none."""
    while line := member.line(_MAX_LINE):
        if line.startswith(_MARK):
            member.put_back(line)
            return True
        # Counted as passed over, so that a bomb does not cost more than its bound.
        member.put_back(line)
        member.skip(len(line))
    return False


def _thing(record: Record, where: str) -> Thing:
    if record.kind in _OTHER:
        return Skipped(where=where, reason=record.kind)
    if record.kind not in ("response", "resource"):
        return Skipped(where=where, reason=record.kind[:40] or "no type")
    if record.fields.get("warc-truncated"):
        return Problem(where=where, reason="was cut off when it was captured")
    if not record.url.startswith(("http://", "https://")):
        return Skipped(where=where, reason="not from the web")
    captured_at = warc_date(record.fields.get("warc-date", ""))
    if captured_at is None:
        return Problem(where=where, reason="no readable WARC-Date")
    try:
        answer = read_response(
            record.block,
            whole_message=record.kind == "response",
            content_type=record.fields.get("content-type", ""),
            limit=MAX_RECORD,
        )
    except NotAPage as reason:
        return Skipped(where=where, reason=str(reason))
    except Unreadable as reason:
        return Problem(where=where, reason=str(reason))
    asked = record.fields.get("windcatch-asked-uri", record.url)
    return FoundPage(
        where=where,
        capture=Capture(
            url=asked if asked.startswith(("http://", "https://")) else record.url,
            final_url=record.url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            fetched_at=captured_at,
        ),
    )


def warc_date(text: str) -> datetime | None:
    """Return a WARC-Date (W3C, UTC, up to nine decimals) as aware UTC; None when unreadable."""
    stamp, dot, fraction = text.strip().rstrip("Z").partition(".")
    try:
        moment = datetime.fromisoformat(stamp + (f".{fraction[:6]:0<6}" if dot else ""))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment if 1990 <= moment.year <= 2100 else None
