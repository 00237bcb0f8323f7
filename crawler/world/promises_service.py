"""The promises about the service itself: I8 to I10, I12, I13, from the system and the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from crawler.world.fakeslack import TOKEN
from crawler.world.slackspace import Posted
from crawler.world.subject import Subject
from storage.models import AlertRow, OutboxRecord, RunRow

#: What a service may grow by after it has settled, and hold at most.
_MOST_MB = 260.0
_MOST_FILES = 60
_MOST_THREADS = 24
_MOST_LOG_MB = 32.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a service holds at one moment."""

    memory_mb: float
    files: int
    threads: int
    #: SQLite's write-ahead log.
    log_mb: float


def look(subject: Subject) -> Look:
    """Return what *subject* holds now; nothing when it has just died."""
    try:
        lines = Path(f"/proc/{subject.pid}/status").read_text("ascii", "replace").splitlines()
        files = len(list(Path(f"/proc/{subject.pid}/fd").iterdir()))
    except OSError:
        return Look(memory_mb=0, files=0, threads=0, log_mb=0)
    status = dict(line.split(":", 1) for line in lines if ":" in line)
    log = subject.stage.folder / "windcatch.db-wal"
    return Look(
        memory_mb=int(status.get("VmRSS", "0 kB").split()[0]) / 1024,
        files=files,
        threads=int(status.get("Threads", "0")),
        log_mb=log.stat().st_size / 1e6 if log.exists() else 0.0,
    )


def flat(looks: Sequence[Look]) -> list[str]:
    """I10: memory, descriptors, threads and the log stay within bounds."""
    bounds = (
        ("memory_mb", _MOST_MB),
        ("files", _MOST_FILES),
        ("threads", _MOST_THREADS),
        ("log_mb", _MOST_LOG_MB),
    )
    return [
        f"I10 {name} rose to {most:g}, more than {bound:g}"
        for name, bound in bounds
        if (most := max((getattr(seen, name) for seen in looks), default=0)) > bound
    ]


def secretless(folder: Path) -> list[str]:
    """I9: the token stands in no file: database, log, backup, configuration, output."""
    secret = TOKEN.encode()
    return [
        f"I9 {path.relative_to(folder)} holds the token"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and secret in path.read_bytes()
    ]


def ended_well(code: int | None, took_s: float, limit_s: float, log: str) -> list[str]:
    """I12: a service that is told to stop ends with 0, in time."""
    if code == 0 and took_s <= limit_s:
        return []
    return [f"I12 told to stop, it ended with {code} after {took_s:.1f} s: {log[-300:]}"]


def tidied(subject: Subject) -> list[str]:
    """I8: of what has ended, nothing looks as if it went on."""
    engine = create_engine(subject.stage.database)
    try:
        with Session(engine) as db:
            open_runs = db.execute(
                select(RunRow.id, RunRow.trigger).where(RunRow.ended_at.is_(None))
            ).all()
    finally:
        engine.dispose()
    unfinished = sorted(subject.stage.folder.rglob("*.tmp*"))
    return [f"I8 run {id_} ({trigger}) is still open" for id_, trigger in open_runs] + [
        f"K13 {path.name} was left behind" for path in unfinished
    ]


def alarmed(database: str, sick: str, posted: Iterable[Posted]) -> list[str]:
    """I13: the operator was told of the source that fails, once for each time it began to."""
    engine = create_engine(database)
    try:
        with Session(engine) as db:
            rows = db.execute(
                select(AlertRow.id, AlertRow.dedupe_key, OutboxRecord.state)
                .join(OutboxRecord, OutboxRecord.alert_id == AlertRow.id)
                .where(AlertRow.dedupe_key.like(f"operator:source:{sick}:failing%"))
            ).all()
    finally:
        engine.dispose()
    told = {str(message.alert_id) for message in posted}
    if not rows:
        return [f"I13 nobody was told that {sick} fails"]
    lines = [f"I13 {key} is {state}" for _, key, state in rows if state != "sent"]
    lines += [f"I13 {key} is not in Slack" for id_, key, _ in rows if str(id_) not in told]
    if len(rows) > 1:
        lines.append(f"I13 told {len(rows)} times that {sick} fails, without a good pass between")
    return lines
