"""One story from first sight to removal: recorded, planned, sent, and what the channel shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from alerts_fakes import BRISK, Skipping, Watchlist
from storage_articles import NOW, TEXT, article, record

from alerts.delivery import Dispatcher
from alerts.payload import article_view
from alerts.plan import plan
from alerts.rules import Delivery, Every, Mode
from alerts.slack import SlackSender
from crawler.world.fakeslack import TOKEN, FakeSlack
from storage.archive import Archive
from storage.gone import Verdict, VerdictKind
from storage.types import Article, Match, Recorded, Span
from storage.withdrawal import WithdrawalPolicy

HOUR = timedelta(hours=1)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as found:
        yield found


def tell(
    archive: Archive,
    event: Recorded,
    one: Article,
    now: datetime,
    delivery: Delivery | None = None,
) -> None:
    """What crawler/ingest.py does after recording."""
    change, member = event.change, event.member
    if change is None or member is None:
        return
    text = change.after.text
    start = text.index("battery")
    found = Match(
        watchlist="fisheries",
        theme="batteries",
        theme_name="Batteries",
        score=1.0,
        spans=(Span(field="text", start=start, end=start + 7, term="battery"),),
    )
    with archive.begin() as tx:
        drafts = plan(
            event,
            [found],
            [Watchlist(delivery=delivery or Delivery())],
            told=lambda watchlist: tx.told(watchlist, member.story_id),
            now=now,
            article_view=article_view(one, source_name=one.source_id.title()),
            first=tx.add_matches(event, [found]),
        )
        for each in drafts:
            tx.enqueue(each, now=now)


def deliver(archive: Archive, slack: FakeSlack) -> None:
    sender = SlackSender.from_token(TOKEN, "#policy-alerts", base_url=slack.url)
    sender.capabilities = replace(sender.capabilities, rate=None)
    # Behind the recorded times, which lie in the past of this clock.
    out = Dispatcher(archive, {"policy": sender}, policy=BRISK, jitter=lambda: 0.0)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        out.deliver_once()
        with archive.read() as reader:
            if not reader.outbox_counts().get("pending"):
                return


def test_twelve_outlets_an_edit_and_a_removal(archive: Archive, slack: FakeSlack) -> None:
    # Recorded two days ago: the removal needs a day to be confirmed.
    start = NOW
    for number in range(1, 13):
        at = start + number * timedelta(minutes=1)
        one = article(
            number,
            url=f"https://outlet{number}.example/story-{number}.html",
            source_id=f"outlet{number}",
            title="Battery swapping grows",
            fetched_at=at,
            published_at=at,
        )
        tell(archive, record(archive, one), one, at)
        if number in (1, 7):
            deliver(archive, slack)
    deliver(archive, slack)

    [parent] = slack.ledger()
    shown = str(parent.blocks)
    assert "Also in 11 outlets" in shown
    # Updates that nobody needed were folded: one for 2..7, one for 8..12.
    assert len(parent.edits) == 2

    at = start + HOUR
    first = article(
        1,
        url="https://outlet1.example/story-1.html",
        source_id="outlet1",
        title="Battery swapping grows",
        text=TEXT.replace("40 battery", "45 battery"),
        fetched_at=at,
    )
    tell(archive, record(archive, first), first, at)
    deliver(archive, slack)
    parent, edit = slack.ledger()
    assert edit.thread_ts == parent.ts
    assert "45" in str(edit.blocks)
    assert "Changed once" in str(parent.blocks)
    assert "Also in 11 outlets" in str(parent.blocks)

    # A copy follows the correction: recorded, and nothing is said.
    at = start + 2 * HOUR
    copy = replace(
        first,
        url="https://outlet2.example/story-2.html",
        canonical_url="https://outlet2.example/story-2.html",
        source_id="outlet2",
        fetched_at=at,
    )
    event = record(archive, copy)
    assert event.outcome == "revised"
    tell(archive, event, copy, at)
    deliver(archive, slack)
    assert len(slack.ledger()) == 2

    policy = WithdrawalPolicy()
    for number in range(8):
        at = start + timedelta(days=1) + number * 12 * HOUR
        with archive.begin() as tx:
            event = tx.record_gone(
                first.canonical_url,
                verdict=Verdict(kind=VerdictKind.GONE, reason="404"),
                capture_id=None,
                now=at,
                policy=policy,
            )
        tell(archive, event, first, at)
    deliver(archive, slack)
    parent, _, removal = slack.ledger()
    assert removal.thread_ts == parent.ts
    assert "no longer serves this article" in str(removal.blocks)
    assert "Withdrawn by the publisher" in str(parent.blocks)
    assert not slack.duplicates()


def test_an_origin_that_comes_to_light_after_its_copies_is_not_announced_again(
    archive: Archive, slack: FakeSlack
) -> None:
    start = NOW
    for number, (outlet, day) in enumerate((("mirror", 2), ("weekly", 3), ("agency", 1))):
        at = start + number * HOUR
        one = article(
            url=f"https://{outlet}.example/story.html",
            source_id=outlet,
            title="Battery swapping grows",
            fetched_at=at,
            # The agency was first; a backfill finds its report last.
            published_at=start - timedelta(days=10 - day),
        )
        event = record(archive, one)
        tell(archive, event, one, at)
        deliver(archive, slack)
    [parent] = slack.ledger()
    assert "Also in 2 outlets" in str(parent.blocks)
    members = {member.source_id: member.kind.value for member in event.story}
    assert members == {"agency": "origin", "mirror": "exact", "weekly": "exact"}
    assert not slack.duplicates()


@pytest.mark.parametrize("slot", ["2026-10-25T02:30", "2027-03-28T02:30"])
def test_one_digest_at_a_clock_change_and_over_a_restart(
    archive: Archive, slack: FakeSlack, slot: str
) -> None:
    """The digest of 02:30 in Paris, when 02:30 comes twice, and when it does not come."""
    rules = Delivery(
        mode=Mode.DIGEST,
        every=Every.DAILY,
        at=datetime.fromisoformat(slot).time(),
        zone="Europe/Paris",
    )
    noon = datetime.fromisoformat(f"{slot[:10]}T00:00+00:00") - 12 * HOUR
    for number in range(1, 4):
        text = "\n\n".join(
            f"The battery of plant {number} holds {number}{n} MWh." for n in range(9)
        )
        one = article(number, text=text, title=f"Plant {number}", fetched_at=noon)
        tell(archive, record(archive, one), one, noon, rules)
    timer = Skipping(start=noon)
    while timer.now() < noon + 20 * HOUR:
        # A new process every half hour, also at the minute the digest is due.
        sender = SlackSender.from_token(TOKEN, "#policy-alerts", base_url=slack.url)
        Dispatcher(archive, {"policy": sender}, clock=timer.now, timer=timer).deliver_once()
        timer.passed += 1800
    [digest] = slack.ledger()
    assert "3 new stories" in digest.text
    with archive.read() as reader:
        assert reader.outbox_counts() == {"sent": 1, "folded": 3}
