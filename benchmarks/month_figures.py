"""What a month over HTTP came to: read from the database and the file of messages, printed."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from month_line import host, piece
from month_world import DAY, OUTAGE, START, Site, world
from sim_month import adaptive, alarms, figures, fixed
from sqlalchemy import text

from storage.archive import Archive

#: What came in the last hours need not have been found yet.
_FRESH = timedelta(hours=4)
_ARTICLES = "SELECT article.url, article.first_seen_at FROM article"
#: When a message that tells of an article (itself, or in a digest) had gone out.
_TOLD = """
SELECT article.url, min(coalesce(outbox.sent_at, digest.sent_at))
FROM article JOIN alert ON alert.article_id = article.id
JOIN outbox ON outbox.alert_id = alert.id
LEFT JOIN outbox AS digest ON digest.id = outbox.folded_into
GROUP BY article.url
"""
_REFUSED = "SELECT url, reason FROM refusal"
_RIGHT = ("dies", "banned")


def report(
    archive: Archive,
    sites: list[Site],
    asked: Counter[str],
    *,
    now: datetime,
    cpu_s: float,
    given: argparse.Namespace,
    told: Path,
) -> None:
    """Print every figure of the month so far, beside fixed polls of the same publications."""
    with archive.read() as reader:
        seen = {url: _moment(at) for url, at in reader._db.execute(text(_ARTICLES))}
        rung = {url: _moment(at) for url, at in reader._db.execute(text(_TOLD)) if at}
        refused = dict(reader._db.execute(text(_REFUSED)).tuples().all())
        states = {state.source_id: state for state in reader.sources()}
        operator = reader.alerts(limit=100_000)
        outbox = dict(reader.outbox())
    lost: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    to_pass: list[float] = []
    by_id = {site.source.id: site for site in sites}
    for site in sites:
        began = states[site.source.id].baseline_at
        for number, at in enumerate(site.published):
            if began is None or not began < at < now - _FRESH:
                continue
            url = f"http://{host(site)}{piece(site, number).path}"
            if url in seen:
                to_pass.append((seen[url] - at) / timedelta(minutes=1))
                if url in rung:
                    site.delays.append((at, (rung[url] - at).total_seconds()))
                else:
                    silent[site.story or "sound"] += 1
                continue
            why = _why(site, at, refused.get(url))
            lost[f"{site.source.id} {site.pace} {site.story or 'sound'}: {why}"] += 1
            site.missed += why == "never found"
    for alert in sorted(operator, key=lambda one: one.created_at):
        subject = str(alert.payload.get("subject", ""))
        site_ = by_id.get(subject.removeprefix("source:"))
        if site_ is not None and subject.startswith("source:"):
            said = " ".join(map(str, alert.payload["lines"]))
            site_.changes.append((alert.created_at, str(alert.payload["state"]), said))
    days = (now - START) / DAY
    print(
        f"\n{len(sites)} sources, {days:.2f} of {given.days:g} days, volume {given.volume:g}, "
        f"seed {given.seed}; {cpu_s:,.0f} s of CPU in all, sites included"
    )
    # What a poll costs the publisher: every request for a document, not only the first.
    for site in sites:
        site.polls = asked[f"of {host(site)}"]
    print("delays in minutes, from publication to the message that tells of it")
    figures("the whole program", sites, cpu_s)
    alarms(sites, round(days))
    to_pass.sort()
    if to_pass:
        middle, late = to_pass[len(to_pass) // 2], to_pass[int(len(to_pass) * 0.95)]
        print(f"  to the moment it was stored: median {middle:.1f}, p95 {late:.1f} min")
    shown = {key: count for key, count in sorted(asked.items()) if not key.startswith("of ")}
    print(f"  requests: {shown}")
    lines = _lines(told)
    print(f"  messages: {dict(outbox)}; {lines} lines in {told.name}")
    print(f"  stored, and never told: {dict(silent) or 'none'}")
    print(f"  not stored: {sum(lost.values())}")
    for line, count in lost.most_common(40):
        print(f"    {count:>5}  {line}")
    _beside(given, days)


def _beside(given: argparse.Namespace, days: float) -> None:
    """Print the policy alone and fixed polls, over the same publications and days."""
    plans = {
        "the policy alone, simulated": adaptive,
        "every 15 min": fixed(timedelta(minutes=15)),
        "every 60 min": fixed(timedelta(minutes=60)),
    }
    for name, plan in plans.items():
        sites = world(given.sources, given.days, given.seed, given.volume)
        for site in sites:
            site.published = [at for at in site.published if at < START + days * DAY]
        plan(sites, days, given.seed)  # type: ignore[arg-type]  # days may be a fraction
        figures(name, sites, 0.0)


def _why(site: Site, at: datetime, refused: str | None) -> str:
    if site.story == "layout" and at >= site.broken_at:
        return "its page has no text any more"
    if site.story == "dies" and at >= site.broken_at - DAY:
        return "behind a dead server"
    if site.story == "banned" and site.broken_at - DAY <= at < site.broken_at + DAY:
        return "published around the ban"
    if OUTAGE[0] - DAY <= at < OUTAGE[1]:
        return "published around our own outage"
    return f"refused: {refused}" if refused else "never found"


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)


def _lines(told: Path) -> int:
    if not told.exists():
        return 0
    with told.open("rb") as file:
        return sum(bool(json.loads(line)) for line in file)
