"""Whatever happens to an article, in whatever order: its history stays a history."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from storage_articles import HOUR, NOW, OTHER, TEXT, article, capture

from storage.archive import Archive
from storage.backup import check
from storage.gone import Verdict, VerdictKind
from storage.types import ChangeClass, Discovery, WithdrawalPolicy

TEXTS = (TEXT, TEXT.replace("40 battery", "45 battery"), TEXT + "\n\nNot approved.", OTHER)
POLICY = WithdrawalPolicy(confirmations=2, spread=HOUR)
URLS = (
    "https://www.example.com/news/story-1.html",
    "http://m.example.com/news/story-1.html",
    "https://www.example.com/energy/story-1.html",
)

looks = st.tuples(
    st.just("look"),
    st.sampled_from(range(len(TEXTS))),
    st.sampled_from(URLS),
    st.integers(-30, 30),
)
gones = st.tuples(st.just("gone"), st.sampled_from(list(VerdictKind)), st.integers(0, 5))
steps = st.lists(looks | gones, min_size=1, max_size=12)


@contextmanager
def opened(template: Path) -> Iterator[Archive]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "windcatch.db"
        shutil.copy(template, path)
        with Archive(f"sqlite:///{path}") as archive:
            event.listen(
                archive._writers, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF")
            )
            yield archive


@settings(
    max_examples=int(os.environ.get("WINDCATCH_EXAMPLES", "6")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(steps=steps)
def test_revisions_have_no_gaps_and_changes_make_a_chain(
    sqlite_template: Path, steps: list[tuple]
) -> None:
    with opened(sqlite_template) as archive:
        for place, step in enumerate(steps):
            now = NOW + place * HOUR
            with archive.begin() as tx:
                if step[0] == "gone":
                    tx.record_gone(
                        URLS[0],
                        verdict=Verdict(kind=step[1], reason="said so"),
                        capture_id=None,
                        now=now,
                        policy=POLICY,
                    )
                    continue
                _, text, url, lag = step
                look = article(url=url, text=TEXTS[text], fetched_at=now + min(lag, 0) * HOUR)
                hop = capture(URLS[0], final_url=url)
                one = tx.record(look, capture=hop, found_by=Discovery.FEED, now=now)
                two = tx.record(look, capture=hop, found_by=Discovery.FEED, now=now)
            # The same again is nothing new, whatever it was the first time.
            assert one.article_id == two.article_id
            assert two.change is None, (one, two)
        consistent(archive)


def consistent(archive: Archive) -> None:
    assert check(archive) == ()
    with archive.read() as reader:
        for view in reader.articles():
            revisions = reader.revisions(view.id)
            assert [one.number for one in revisions] == list(range(1, len(revisions) + 1))
            assert [one.seen_at for one in revisions] == sorted(r.seen_at for r in revisions)
            newest = revisions[-1]
            assert (view.revision, view.fingerprint) == (newest.number, newest.fingerprint)
            assert view.title == newest.title
            story = reader.story(view.story_id)
            assert view.id in {member.article_id for member in story.members}
            assert [member.kind for member in story.members].count("origin") == 1
            away = {ChangeClass.WITHDRAWN, ChangeClass.MOVED}
            changes = reader.changes(view.id)
            for change in changes:
                before = 0 if change.before is None else change.before.number
                gap = change.after.number - before
                assert gap == (0 if change.change_class in away else 1) or (
                    change.change_class is ChangeClass.RESTORED and gap == 0
                )
            made = [c.after.number for c in changes if not c.before or c.before != c.after]
            assert sorted(made) == [one.number for one in revisions]
