"""The promises of the design, checked from three ledgers: the sites', Slack's, and the database.

Each check returns what is broken, in words; an empty list is a kept promise. They are to be asked
when nothing is under way any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Engine, case, create_engine, func, select, text
from sqlalchemy.orm import Session

from crawler.world.pieces import Fate
from crawler.world.site import Site
from crawler.world.slackspace import Posted
from storage.fingerprint import fingerprint
from storage.models import (
    AlertRow,
    ArticleRow,
    ChangeRow,
    MatchRow,
    OutboxRecord,
    RevisionRow,
    RunRow,
    SourceRow,
)

#: Classes of change that ring with default rules.
RINGING = ("substantive", "withdrawn", "restored")
SETTLED = ("sent", "folded", "held", "dead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the promises are checked from."""

    #: The sites as they stand.
    sites: Mapping[str, Site]
    #: What Slack stored, oldest first.
    posted: tuple[Posted, ...]
    database: str
    now: datetime
    #: Sources that have never answered: not visited with success.
    sick: tuple[str, ...] = ()


def broken(evidence: Evidence) -> list[str]:
    """Return every broken promise, each line beginning with its number."""
    engine = create_engine(evidence.database)
    try:
        with Session(engine) as db:
            return [
                *(f"I1 {line}" for line in stored(db, evidence.sites)),
                *(f"I2 {line}" for line in numbered(db)),
                *(f"I3 {line}" for line in alerted(db)),
                *(f"I4 {line}" for line in settled(db)),
                *(f"I5 {line}" for line in sent_once(db, evidence.posted)),
                *(f"I6 {line}" for line in identified(db, evidence.posted)),
                *(f"I7 {line}" for line in sound(engine)),
                *(f"I8 {line}" for line in visited(db, evidence.now, evidence.sick)),
            ]
    finally:
        engine.dispose()


def stored(db: Session, sites: Mapping[str, Site]) -> list[str]:
    """I1: what stands on the sites is stored, in its newest version."""
    rows = select(ArticleRow.url, RevisionRow.text).join(
        RevisionRow,
        (RevisionRow.article_id == ArticleRow.id) & (RevisionRow.number == ArticleRow.revision),
    )
    newest: dict[str, str] = {}
    newest.update((url, body) for url, body in db.execute(rows))
    lines = []
    for site in sites.values():
        for piece in site.pieces:
            if piece.fate is not Fate.LIVE or not piece.listed:
                continue
            url = site.url(piece.path)
            if url not in newest:
                lines.append(f"{url} (revision {piece.revision}) is not stored")
            elif missing := _missing(piece.text, newest[url]):
                lines.append(f"{url} revision {piece.revision} lacks {missing!r}")
    return lines


def _missing(published: str, kept: str) -> str | None:
    """Return the first paragraph of *published* that is not in *kept*, or None."""
    held = " ".join(kept.split())
    return next((p for p in published.split("\n\n") if " ".join(p.split()) not in held), None)


def numbered(db: Session) -> list[str]:
    """I2: revisions run from 1 without gaps, the article knows the last, and no two are alike."""
    numbers: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = select(
        RevisionRow.article_id, RevisionRow.number, RevisionRow.title, RevisionRow.text
    ).order_by(RevisionRow.article_id, RevisionRow.number)
    for article, number, title, body in db.execute(rows):
        numbers[article].append((number, fingerprint(title, body)))
    lines = []
    for article, url, last in db.execute(
        select(ArticleRow.id, ArticleRow.url, ArticleRow.revision)
    ):
        found = [number for number, _ in numbers[article]]
        if found != list(range(1, len(found) + 1)) or not found or found[-1] != last:
            lines.append(f"{url} has revisions {found}, its newest is said to be {last}")
        prints = [mark for _, mark in numbers[article]]
        if any(a == b for a, b in pairwise(prints)):
            lines.append(f"{url} has two successive revisions that say the same")
    return lines


def alerted(db: Session) -> list[str]:
    """I3: one alert for each (watchlist, story) that matches, one for each change that rings."""
    told: dict[tuple[str, int | None], int] = defaultdict(int)
    rung: dict[tuple[str, int | None], int] = defaultdict(int)
    for watchlist, kind, story, change in db.execute(
        select(AlertRow.watchlist, AlertRow.kind, AlertRow.story_id, AlertRow.change_id)
        .join(OutboxRecord, OutboxRecord.alert_id == AlertRow.id)
        .where(OutboxRecord.op != "update")
    ):
        if kind == "story":
            told[watchlist, story] += 1
        elif kind in ("change", "withdrawn", "restored"):
            rung[watchlist, change] += 1
    lines = [f"{key} was told {count} times" for key, count in told.items() if count > 1]
    lines += [f"change {key} rang {count} times" for key, count in rung.items() if count > 1]
    # A story of which any article matched, other than by the silent first crawl, has been told.
    fresh = (
        select(MatchRow.watchlist, ArticleRow.story_id, func.min(ArticleRow.url))
        .join(ArticleRow, ArticleRow.id == MatchRow.article_id)
        .where(ArticleRow.baseline.is_(False))
        .group_by(MatchRow.watchlist, ArticleRow.story_id)
    )
    for watchlist, story, url in db.execute(fresh):
        if not told[watchlist, story]:
            lines.append(f"story {story} ({url}) matched {watchlist} and was not told")
    return lines + _unrung(db, rung)


def _unrung(db: Session, rung: Mapping[tuple[str, int | None], int]) -> list[str]:
    """Return the changes that ought to have rung and did not: of an article that was told before."""
    owed = (
        select(AlertRow.watchlist, ChangeRow.id, ArticleRow.url)
        .join(ChangeRow, ChangeRow.article_id == AlertRow.article_id)
        .join(ArticleRow, ArticleRow.id == ChangeRow.article_id)
        .join(OutboxRecord, OutboxRecord.alert_id == AlertRow.id)
        .where(
            AlertRow.kind == "story",
            OutboxRecord.op == "post",
            ChangeRow.change_class.in_(RINGING),
            ChangeRow.seen_at > AlertRow.created_at,
        )
    )
    return [
        f"change {change} of {url} did not ring for {watchlist}"
        for watchlist, change, url in db.execute(owed)
        if not rung.get((watchlist, change))
    ]


def settled(db: Session) -> list[str]:
    """I4: every outbox row has ended, and one that did not go says why."""
    rows = select(OutboxRecord.id, OutboxRecord.state, OutboxRecord.op, OutboxRecord.error)
    lines = []
    for id_, state, op, error in db.execute(rows):
        if state not in SETTLED:
            lines.append(f"outbox row {id_} ({op}) is {state}: {error}")
        elif state == "dead" and not error:
            lines.append(f"outbox row {id_} is dead without a reason")
    return lines


def sent_once(db: Session, posted: Iterable[Posted]) -> list[str]:
    """I5: one message in Slack for each sent alert, none for any other, never two."""
    messages: dict[str, int] = defaultdict(int)
    for message in posted:
        messages[str(message.alert_id)] += 1
    rows = select(OutboxRecord.alert_id, OutboxRecord.state).where(
        OutboxRecord.op.in_(("post", "reply"))
    )
    expected = {alert: int(state == "sent") for alert, state in db.execute(rows)}
    return [
        f"alert {alert}: {messages[alert]} messages, expected {expected.get(alert, 0)}"
        for alert in sorted(expected.keys() | messages.keys())
        if messages[alert] != expected.get(alert, 0)
    ]


def identified(db: Session, posted: Iterable[Posted]) -> list[str]:
    """I6: the stored id is the message's own; replies are in its thread, after it (I11)."""
    by_alert = {str(message.alert_id): message for message in posted}
    rows = {
        id_: (alert, op, message_id, parent, story, payload)
        for id_, alert, op, message_id, parent, story, payload in db.execute(
            select(
                OutboxRecord.id,
                OutboxRecord.alert_id,
                OutboxRecord.op,
                OutboxRecord.message_id,
                OutboxRecord.parent_id,
                OutboxRecord.story_id,
                OutboxRecord.payload,
            ).where(OutboxRecord.state == "sent")
        )
    }
    lines = []
    for id_, (alert, op, message_id, parent, _, _) in rows.items():
        if op == "update":
            continue
        message = by_alert.get(alert)
        if message is None or message.ts != message_id:
            found = message.ts if message else None
            lines.append(f"outbox row {id_} says {message_id}, Slack has {found}")
        elif op == "reply":
            root = rows[parent][2] if parent in rows else None
            if message.thread_ts != root or float(message.ts) <= float(root or 0):
                lines.append(f"reply {id_} is in thread {message.thread_ts}, its parent is {root}")
    return lines


def sound(engine: Engine) -> list[str]:
    """I7: the database's own checks."""
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as connection:
        lines = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
        orphans = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
    return [line for line in lines if line != "ok"] + [f"orphan: {tuple(row)}" for row in orphans]


def visited(db: Session, now: datetime, sick: tuple[str, ...] = ()) -> list[str]:
    """I8: every source was visited, none is still leased, no run is open."""
    lines = []
    for source in db.scalars(select(SourceRow)):
        if source.last_ok_at is None and source.id not in sick:
            lines.append(f"source {source.id} was never visited with success")
        if source.lease_owner is not None and source.lease_until and source.lease_until > now:
            lines.append(f"source {source.id} is still leased by {source.lease_owner}")
    spans = db.execute(
        select(
            RunRow.id,
            RunRow.sources,
            RunRow.started_at,
            # The end of one that was abandoned is when somebody noticed.
            case((RunRow.outcome == "abandoned", None), else_=RunRow.ended_at),
            RunRow.heartbeat_at,
        )
        # Of a service's crawls and of histories the leases are asked: crawler/world/leases.py.
        .where(RunRow.trigger == "crawl")
        .order_by(RunRow.started_at)
    ).all()
    last: dict[str, tuple[int, datetime]] = {}
    for id_, sources, started, ended, beat in spans:
        for source_id in sources:
            before = last.get(source_id)
            if before is not None and before[1] > started:
                lines.append(f"runs {before[0]} and {id_} were on {source_id} at one time")
            last[source_id] = (id_, ended or beat)
    return lines
