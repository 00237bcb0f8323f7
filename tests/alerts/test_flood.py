"""Five hundred matches in one minute, planned and delivered into one Slack channel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from alerts_fakes import TEXT, VIEW, Skipping, Watchlist, match, member, recorded, revision
from sqlalchemy import event

from alerts.delivery import Dispatcher
from alerts.plan import plan
from alerts.slack import SlackSender
from crawler.world.fakeslack import TOKEN, FakeSlack
from storage.archive import Archive
from storage.types import ChangeClass, Recorded

STORIES = 500
TOLD = 20


@pytest.fixture
def timer() -> Skipping:
    return Skipping()


@pytest.fixture
def slack(timer: Skipping) -> Iterator[FakeSlack]:
    """Slack on the same skipped clock, strict about one message a second."""
    with FakeSlack(one_a_second=True, clock=lambda: timer.now().timestamp()) as found:
        yield found


def first_seen(story: int) -> Recorded:
    own = member(article_id=story, story_id=story)
    after = revision(article_id=story, title=f"Quota {story} adopted")
    return recorded(article_id=story, after=after, story=(own,), change_id=story)


def edited(story: int) -> Recorded:
    own = member(article_id=story, story_id=story)
    before = revision(article_id=story, title=f"Quota {story} adopted")
    after = revision(
        2, article_id=story, title=f"Quota {story} adopted at last", text=TEXT.replace("12", "15")
    )
    return recorded(
        ChangeClass.SUBSTANTIVE,
        article_id=story,
        before=before,
        after=after,
        story=(own,),
        change_id=1000 + story,
        reasons=("12 % became 15 %",),
    )


def tell(archive: Archive, what: Recorded, timer: Skipping) -> None:
    """What crawler/ingest.py does after recording, without the rows the alerts speak of."""
    assert what.member is not None
    story = what.member.story_id
    with archive.begin() as tx:
        for each in plan(
            what,
            [match()],
            [Watchlist()],
            told=lambda watchlist: tx.told(watchlist, story),
            now=timer.now(),
            article_view=VIEW,
        ):
            tx.enqueue(each, now=timer.now())


def test_a_channel_is_told_one_a_second_then_one_digest_and_shows_the_newest(
    sqlite_archive: Archive, slack: FakeSlack, timer: Skipping
) -> None:
    archive = sqlite_archive
    # Alerts point at articles and stories: the flood is one of the outbox alone.
    event.listen(archive._writers, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=OFF"))
    sender = SlackSender.from_token(TOKEN, "#policy-alerts", base_url=slack.url)
    out = Dispatcher(archive, {"policy": sender}, clock=timer.now, timer=timer, jitter=lambda: 0.5)

    def deliver(budget: timedelta = timedelta(days=1)) -> None:
        out.deliver_once(budget=budget)

    for story in range(1, STORIES + 1):
        tell(archive, first_seen(story), timer)
        timer.passed += 60 / STORIES
        if story % 50 == 0:
            deliver(timedelta(seconds=1))
    # One that is in the channel is edited, and two that wait for their turn.
    for story in (3, 400, 499):
        tell(archive, edited(story), timer)
    for _ in range(6):
        deliver()
        timer.passed += 600

    posted = slack.ledger()
    gaps = [after.at - before.at for before, after in pairwise(posted)]
    assert min(gaps) >= 1.0
    *stories, digest = posted
    assert len(stories) == TOLD
    assert "Rate cap reached: 483 alerts folded into this digest" in str(digest.blocks)
    assert slack.requests["chat.postMessage"] == TOLD + 1, "no message was refused or repeated"
    # The newest state is what the channel shows: by an edit of the message, or in the digest.
    shown = next(each for each in stories if "Quota 3 adopted" in str(each.blocks))
    assert "Quota 3 adopted at last" in str(shown.blocks)
    with archive.read() as reader:
        folded = reader.alerts(state="folded", limit=1000)
        assert reader.outbox_counts() == {"sent": TOLD + 2, "folded": 480 + 3 + 2}
    said = {alert.folded_into for alert in folded if alert.kind == "story" and alert.op == "post"}
    assert len(said) == 1
