"""Recording, on both back ends: what one look at an article leaves behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from storage_articles import DAY, HOUR, NOW, OTHER, SECOND, TEXT, article, capture, record, url

from storage.archive import Archive
from storage.gone import Verdict, VerdictKind
from storage.types import ChangeClass, CopyKind, Discovery, WithdrawalPolicy

EDITED = TEXT.replace("40 battery", "45 battery")


def gone(archive: Archive, at, *, address=None, kind=VerdictKind.GONE, policy=None):
    with archive.begin() as tx:
        return tx.record_gone(
            address or url(1),
            verdict=Verdict(kind=kind, reason="404"),
            capture_id=tx.add_capture("example", capture(status=404, fetched_at=at)),
            now=at,
            policy=policy or WithdrawalPolicy(),
        )


def numbers(archive: Archive, article_id: int) -> list[int]:
    with archive.read() as reader:
        return [revision.number for revision in reader.revisions(article_id)]


def test_a_new_article_is_filed_with_its_evidence(archive: Archive) -> None:
    recorded = record(archive, article())
    assert recorded.outcome == "new"
    assert recorded.change is not None
    assert recorded.change.change_class is ChangeClass.NEW
    assert recorded.change.before is None
    assert recorded.member is not None
    assert recorded.member.kind is CopyKind.ORIGIN
    assert [member.article_id for member in recorded.story] == [recorded.article_id]
    with archive.read() as reader:
        (revision,) = reader.revisions(recorded.article_id)
        assert revision.text == TEXT
        assert revision.capture_id is not None
        assert reader.body(revision.capture_id) == b"<html><p>evidence</p></html>"
        assert reader.capture(revision.capture_id).article_id == recorded.article_id
        assert reader.article(url(1)).id == recorded.article_id


def test_seen_again_unchanged_it_is_touched_and_nothing_is_stored(archive: Archive) -> None:
    first = record(archive, article())
    again = record(archive, article(fetched_at=NOW + HOUR))
    assert (again.outcome, again.change, again.article_id) == ("unchanged", None, first.article_id)
    with archive.read() as reader:
        assert reader.article(1).last_seen_at == NOW + HOUR
        assert reader.article(1).last_changed_at == NOW
        assert reader.stats().rows["capture"] == 1


def test_an_edit_is_a_revision_with_its_reasons(archive: Archive) -> None:
    record(archive, article())
    edited = record(archive, article(text=EDITED, fetched_at=NOW + HOUR))
    assert edited.outcome == "revised"
    assert edited.change.change_class is ChangeClass.SUBSTANTIVE
    assert (edited.change.before.number, edited.change.after.number) == (1, 2)
    assert edited.change.reasons
    with archive.read() as reader:
        assert reader.article(1).text == EDITED
        assert [change.change_class for change in reader.changes(1)] == ["new", "substantive"]


def test_what_differs_only_in_form_is_not_a_revision(archive: Archive) -> None:
    record(archive, article())
    again = record(archive, article(text=TEXT.replace(" said", "  said"), fetched_at=NOW + HOUR))
    assert again.outcome == "unchanged"
    assert numbers(archive, 1) == [1]


def test_going_back_is_recognised_and_flapping_stops_ringing(archive: Archive) -> None:
    outcomes, reasons = [], []
    for step in range(14):
        text = EDITED if step % 2 else TEXT
        recorded = record(archive, article(text=text, fetched_at=NOW + step * HOUR))
        outcomes.append(recorded.outcome)
        reasons.append(recorded.change.reasons[0])
    assert reasons[2] == "reverted to revision 1"
    assert outcomes == ["new"] + ["revised"] * 2 + ["flapping"] * 11
    assert numbers(archive, 1) == list(range(1, 15))
    # A day later it is an edit again.
    later = record(archive, article(text=TEXT, fetched_at=NOW + 3 * DAY))
    assert later.outcome == "revised"


def test_an_endless_flapper_does_not_fill_the_disk(archive: Archive) -> None:
    minute = HOUR / 60
    for step in range(60):
        text = EDITED if step % 2 else TEXT
        recorded = record(archive, article(text=text, fetched_at=NOW + step * minute))
    assert recorded.outcome in {"flapping", "unchanged"}
    assert len(numbers(archive, 1)) < 30


def test_an_article_reached_by_a_redirect_keeps_its_id(archive: Archive) -> None:
    record(archive, article())
    moved_to = "https://news.example.com/energy/2026/story-1.html"
    moved = record(
        archive,
        article(url=moved_to, fetched_at=NOW + HOUR),
        capture=capture(url(1), final_url=moved_to, fetched_at=NOW + HOUR),
    )
    assert (moved.outcome, moved.article_id) == ("moved", 1)
    assert moved.change.change_class is ChangeClass.MOVED
    assert moved.change.reasons == (f"moved from {url(1)}",)
    with archive.begin() as tx:
        assert tx.known([url(1)])[url(1)].article_id == 1
        assert tx.known([moved_to])[moved_to].article_id == 1
    # Once: seen under either URL it does not move again.
    for address in (moved_to, url(1)):
        again = record(archive, article(url=address, fetched_at=NOW + 2 * HOUR))
        assert (again.outcome, again.article_id) == ("unchanged", 1)


def test_a_redirect_to_something_else_is_another_article(archive: Archive) -> None:
    record(archive, article())
    elsewhere = "https://news.example.com/fishery/2026/herring.html"
    other = record(
        archive,
        article(url=elsewhere, title="Herring", text=OTHER, fetched_at=NOW + HOUR),
        capture=capture(url(1), final_url=elsewhere),
    )
    assert (other.outcome, other.article_id) == ("new", 2)


def test_another_dress_of_the_url_is_the_same_article_and_no_move(archive: Archive) -> None:
    record(archive, article(url="https://www.example.com/a/story-17.html"))
    mobile = "http://m.example.com/a/story-17.html"
    again = record(archive, article(url=mobile, fetched_at=NOW + HOUR))
    assert (again.outcome, again.article_id) == ("unchanged", 1)


def test_an_older_capture_fills_the_past_and_never_rings(archive: Archive) -> None:
    record(archive, article())
    record(archive, article(text=EDITED, fetched_at=NOW + 2 * HOUR))
    oldest = record(
        archive,
        article(text=TEXT + "\n\nA first draft of 1999.", fetched_at=NOW - DAY),
        now=NOW + DAY,
        found_by=Discovery.IMPORT,
    )
    assert oldest.outcome == "older"
    assert oldest.change.change_class is ChangeClass.NEW
    with archive.read() as reader:
        revisions = reader.revisions(1)
        assert [revision.number for revision in revisions] == [1, 2, 3]
        assert [r.seen_at for r in revisions] == sorted(r.seen_at for r in revisions)
        assert revisions[2].text == EDITED == reader.article(1).text
        assert reader.article(1).first_seen_at == NOW - DAY
        first, second, third = reader.changes(1)
        assert (first.before, first.after.number) == (None, 1)
        assert (second.before.number, second.after.number) == (1, 2)
        assert (third.before.number, third.after.number) == (2, 3)
    same = record(archive, article(fetched_at=NOW + HOUR), now=NOW + DAY)
    assert (same.outcome, same.change) == ("older", None)


def test_a_clock_stepped_back_does_not_silence_an_edit(archive: Archive) -> None:
    record(archive, article())
    edited = record(archive, article(text=EDITED, fetched_at=NOW - HOUR / 2))
    assert edited.outcome == "revised"


def test_withdrawn_only_when_said_often_enough_and_long_enough(archive: Archive) -> None:
    record(archive, article())
    assert [gone(archive, NOW + hours * HOUR).outcome for hours in (1, 2, 3, 4)] == ["missing"] * 4
    taken = gone(archive, NOW + 26 * HOUR)
    assert taken.outcome == "withdrawn"
    assert taken.change.change_class is ChangeClass.WITHDRAWN
    assert taken.change.after.number == 1
    assert taken.member is not None
    # Once.
    assert gone(archive, NOW + 50 * HOUR).change is None
    back = record(archive, article(fetched_at=NOW + 60 * HOUR))
    assert (back.outcome, back.change.change_class) == ("restored", ChangeClass.RESTORED)
    assert numbers(archive, 1) == [1]


def test_restored_with_another_text_is_a_revision(archive: Archive) -> None:
    record(archive, article())
    at_once = WithdrawalPolicy(confirmations=1, spread=HOUR * 0)
    assert gone(archive, NOW + HOUR, policy=at_once).outcome == "withdrawn"
    back = record(archive, article(text=EDITED, fetched_at=NOW + 2 * HOUR))
    assert back.outcome == "restored"
    assert numbers(archive, 1) == [1, 2]


@pytest.mark.parametrize("kind", [VerdictKind.BLOCKED, VerdictKind.ERROR])
def test_a_wall_or_a_fault_never_counts(archive: Archive, kind: VerdictKind) -> None:
    record(archive, article())
    for days in range(6):
        assert gone(archive, NOW + days * DAY, kind=kind).outcome == "unchanged"
    with archive.read() as reader:
        assert reader.article(1).status == "live"


def test_being_seen_starts_the_count_anew(archive: Archive) -> None:
    record(archive, article())
    gone(archive, NOW + HOUR)
    gone(archive, NOW + 20 * HOUR, kind=VerdictKind.SOFT_GONE)
    with archive.begin() as tx:
        assert tx.touch(url(1), now=NOW + 21 * HOUR)
    assert gone(archive, NOW + 30 * HOUR).outcome == "missing"
    assert gone(archive, NOW + 31 * HOUR).outcome == "missing"


def test_gone_and_never_held(archive: Archive) -> None:
    assert gone(archive, NOW).outcome == "unknown"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"is_article": False, "refusal": "listing"}, "listing"),
        ({"title": "", "text": " "}, "empty"),
        # PostgreSQL cannot index a key of this size.
        ({"url": "https://example.com/" + "a" * 3000}, "its URL is longer than 2000 bytes"),
    ],
)
def test_refused_with_its_reason(archive: Archive, fields: dict, reason: str) -> None:
    recorded = record(archive, article(**fields))
    assert (recorded.outcome, recorded.reason, recorded.article_id) == ("refused", reason, None)
    with archive.read() as reader:
        (refusal,) = reader.refusals()
        assert (refusal.reason, refusal.count) == (reason, 1)


def test_text_no_database_can_hold_is_mended(archive: Archive) -> None:
    dirty = article(
        title="A\x00B \ud800 " + "x" * 900,
        text="nul\x00 and \udfff surrogate " + TEXT,
        facts={"document_number": "国发\x00〔2026〕3号", "list": ["\ud800"]},
        authors=("Li\x00 Ming",),
    )
    recorded = record(archive, dirty)
    assert recorded.outcome == "new"
    again = record(archive, replace(dirty, fetched_at=NOW + HOUR))
    assert again.outcome == "unchanged"
    with archive.read() as reader:
        held = reader.article(1)
        assert held.title.startswith("AB ? x")
        assert len(held.title) == 500
        assert held.details["facts"]["document_number"] == "国发〔2026〕3号"
        assert held.details["authors"] == ["Li Ming"]


def test_an_import_without_a_capture(archive: Archive) -> None:
    recorded = record(archive, article(), capture=None, found_by=Discovery.IMPORT)
    assert recorded.change.after.capture_id is None


def test_a_copy_joins_the_story_and_an_attributed_origin_takes_it_over(archive: Archive) -> None:
    copy = article(
        1,
        source_id="daily",
        published_at=NOW,
        attribution=replace(article().attribution, source="Agency"),
    )
    assert record(archive, copy).member.kind is CopyKind.ORIGIN
    second = article(2, source_id="paper", published_at=NOW + HOUR, fetched_at=NOW + HOUR)
    assert record(archive, second).member.kind is CopyKind.EXACT
    origin = article(
        3,
        source_id="agency",
        site="Agency",
        published_at=NOW + 2 * HOUR,
        fetched_at=NOW + 2 * HOUR,
    )
    recorded = record(archive, origin)
    assert recorded.member.kind is CopyKind.ORIGIN
    assert [member.article_id for member in recorded.story] == [3, 1, 2]
    assert {member.kind for member in recorded.story[1:]} == {CopyKind.EXACT}
    with archive.read() as reader:
        (story,) = reader.stories()
        assert len(story.members) == 3
    # Copies of the text go to the new origin.
    third = record(archive, article(4, source_id="gazette", fetched_at=NOW + 3 * HOUR))
    assert third.member.story_id == recorded.member.story_id


def test_a_lone_stub_that_grows_into_a_known_text_joins_its_story(archive: Archive) -> None:
    record(archive, article(1))
    stub = record(archive, article(2, title="Breaking", text="More to come soon.", source_id="b"))
    assert stub.member.story_id != 1
    grown = record(archive, article(2, source_id="b", fetched_at=NOW + HOUR))
    assert (grown.member.story_id, grown.member.kind) == (1, CopyKind.EXACT)
    with archive.read() as reader:
        assert reader.stats().rows["story"] == 1


def test_a_baseline_is_marked(archive: Archive) -> None:
    assert record(archive, article(), baseline=True).baseline
    with archive.read() as reader:
        assert reader.article(1).baseline


def test_secrets_of_a_session_are_not_kept(archive: Archive) -> None:
    headers = (("set-cookie", "sid=canary"), ("etag", '"1"'), ("x-auth-token", "canary"))
    record(archive, article(), capture=capture(headers=headers))
    with archive.read() as reader:
        assert reader.captures(1)[0].headers == (("etag", '"1"'),)


def test_times_are_ordered_by_sight_not_by_claim(archive: Archive) -> None:
    record(archive, article(published_at=NOW + DAY))
    edited = record(archive, article(text=EDITED, published_at=NOW - DAY, fetched_at=NOW + SECOND))
    assert edited.change.after.number == 2


def test_a_fixed_url_that_leads_elsewhere_every_day_is_followed_every_day(archive: Archive) -> None:
    latest = "https://news.example.com/latest.html"
    for day in range(3):
        seen_at = NOW + day * DAY
        with archive.begin() as tx:
            assert latest not in tx.known([latest], now=seen_at)
        target, text = url(day + 1), TEXT if day % 2 else f"Day {day}. Herring. {day * 91}"
        recorded = record(
            archive,
            article(url=target, title=f"News of day {day}", text=text, fetched_at=seen_at),
            capture=capture(latest, final_url=target, fetched_at=seen_at),
        )
        assert (recorded.outcome, recorded.article_id) == ("new", day + 1)
        with archive.begin() as tx:
            held = tx.known([latest, target], now=seen_at + HOUR)
        assert held[latest].article_id == held[target].article_id == day + 1


def test_a_url_that_leads_to_the_same_is_asked_ever_more_rarely(archive: Archive) -> None:
    short, asked = "https://short.example/abc", 0
    for hour in range(0, 24 * 30, 6):
        seen_at = NOW + hour * HOUR
        with archive.begin() as tx:
            known = short in tx.known([short], now=seen_at)
        if not known:
            asked += 1
            record(
                archive,
                article(fetched_at=seen_at),
                capture=capture(short, final_url=url(1), fetched_at=seen_at),
            )
    assert 3 < asked < 10
