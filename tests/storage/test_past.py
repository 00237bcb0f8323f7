"""Captures that come late: each in its place in the chain, nobody told, what stands today unmoved."""

from __future__ import annotations

import pytest
from storage_articles import DAY, HOUR, NOW, SECOND, TEXT, article, record

from storage.archive import Archive
from storage.changes import compare
from storage.decide import Held, Seen, Version, decide
from storage.gone import Verdict, VerdictKind
from storage.types import ChangeClass, Discovery, Recorded, WithdrawalPolicy

A, B, C = TEXT, TEXT.replace("12 provinces", "21 provinces"), TEXT + "\n\nNot yet approved."
LATER = NOW + 30 * DAY


def late(archive: Archive, text: str, hours: float, **fields) -> Recorded:
    """Bring a capture of *hours* after the first look, a month after it."""
    seen = article(text=text, fetched_at=NOW + hours * HOUR, **fields)
    return record(archive, seen, now=LATER, found_by=Discovery.IMPORT)


def chain(archive: Archive) -> list[tuple[str, float]]:
    """Return text (a letter) and hour of each revision; the article must be as its newest."""
    letters = {A: "A", B: "B", C: "C"}
    with archive.read() as reader:
        revisions = reader.revisions(1)
        view = reader.article(1)
        changes = reader.changes(1)
    assert (view.revision, view.text) == (len(revisions), revisions[-1].text)
    assert view.first_seen_at == revisions[0].seen_at
    made = [one for one in changes if one.before is None or one.before != one.after]
    steps = [(one.before.number if one.before else 0, one.after.number) for one in made]
    assert sorted(steps) == [(n, n + 1) for n in range(len(revisions))]
    assert all(one.seen_at == one.after.seen_at for one in made)
    return [(letters[one.text], (one.seen_at - NOW) / HOUR) for one in revisions]


#: What comes late (text, hour), and the chain then. Held: A at 0, B at 5, B seen again at 9.
CASES = [
    ("between two", (C, 3), [("A", 0), ("C", 3), ("B", 5)]),
    ("older than the first", (C, -20), [("C", -20), ("A", 0), ("B", 5)]),
    ("equal to the newest, and earlier", (B, 3), [("A", 0), ("B", 3)]),
    ("equal to the first, and earlier", (A, -20), [("A", -20), ("B", 5)]),
    ("equal to the first, between", (A, 3), [("A", 0), ("B", 5)]),
    ("equal to the newest, after it", (B, 7), [("A", 0), ("B", 5)]),
    # We know that B stood at 9: it did not end with C.
    ("another text, while the newest stood", (C, 7), [("A", 0), ("B", 5), ("C", 7), ("B", 9)]),
    ("the first text, while the newest stood", (A, 7), [("A", 0), ("B", 5), ("A", 7), ("B", 9)]),
    ("the moment of the newest, another text", (C, 5), [("A", 0), ("B", 5), ("C", 5), ("B", 9)]),
    ("the moment of the newest, the same", (B, 5), [("A", 0), ("B", 5)]),
    ("the moment of the first, the same", (A, 0), [("A", 0), ("B", 5)]),
    ("the moment of the first, another text", (C, 0), [("A", 0), ("C", 0), ("B", 5)]),
    ("the newest in another form", (B.replace('-swapping', '\u2010swapping'), 3), None),
]  # fmt: skip


@pytest.mark.parametrize(("why", "brought", "wanted"), CASES, ids=[row[0] for row in CASES])
def test_an_older_capture_takes_its_place(archive: Archive, why, brought, wanted) -> None:
    record(archive, article(text=A))
    record(archive, article(text=B, fetched_at=NOW + 5 * HOUR))
    record(archive, article(text=B, fetched_at=NOW + 9 * HOUR))
    found = late(archive, *brought)
    # Whoever plans alerts is silent about these (alerts/plan.py).
    assert found.outcome in ("older", "unchanged")
    assert found.change is None or found.outcome == "older"
    if wanted is None:
        assert len(chain(archive)) == 2
        return
    assert chain(archive) == wanted
    # Brought again, and again out of order, it is nothing new.
    for text, hour in (brought, (A, 0)):
        assert late(archive, text, hour).change is None
    assert chain(archive) == wanted
    # What stands today is what it was: the next look at it is no edit.
    assert record(archive, article(text=B, fetched_at=LATER)).outcome == "unchanged"


def test_an_earlier_capture_becomes_the_proof(archive: Archive) -> None:
    record(archive, article(text=A))
    record(archive, article(text=B, fetched_at=NOW + 5 * HOUR))
    with archive.read() as reader:
        before = reader.revisions(1)[1].capture_id
    late(archive, B, 3)
    with archive.read() as reader:
        proof = reader.revisions(1)[1].capture_id
        assert proof != before
        assert reader.capture(proof).fetched_at == NOW + 3 * HOUR
        assert reader.changes(1)[1].seen_at == NOW + 3 * HOUR


def test_a_text_without_its_page_antedates_nothing(archive: Archive) -> None:
    record(archive, article(text=A))
    record(archive, article(text=B, fetched_at=NOW + 5 * HOUR))
    with archive.begin() as tx:
        seen = article(text=B, fetched_at=NOW + 3 * HOUR)
        tx.record(seen, found_by=Discovery.IMPORT, now=LATER)
    assert chain(archive) == [("A", 0), ("B", 5)]


@pytest.mark.parametrize("confirmations", [1, 3], ids=["withdrawn", "missing"])
@pytest.mark.parametrize(
    ("text", "wanted"), [(A, [("A", 0)]), (C, [("A", 0), ("C", 7)])], ids=["same", "other"]
)
def test_a_page_that_has_gone_since_is_not_brought_back(
    archive: Archive, confirmations: int, text: str, wanted: list
) -> None:
    record(archive, article(text=A))
    policy = WithdrawalPolicy(confirmations=confirmations, spread=HOUR * 0)
    gone = Verdict(kind=VerdictKind.GONE, reason="404")
    with archive.begin() as tx:
        tx.record_gone(
            article().url, verdict=gone, capture_id=None, now=NOW + 9 * HOUR, policy=policy
        )
    with archive.read() as reader:
        status = reader.article(1).status
    assert status == ("withdrawn" if confirmations == 1 else "missing")
    late(archive, text, 7)
    with archive.read() as reader:
        assert reader.article(1).status == status
        assert [(r.text, r.seen_at) for r in reader.revisions(1)] == [
            ({"A": A, "C": C}[letter], NOW + hour * HOUR) for letter, hour in wanted
        ]
        assert reader.article(1).text == text
    assert late(archive, text, 7).change is None
    # A look after it went does bring it back.
    back = record(archive, article(text=text, fetched_at=NOW + 20 * HOUR))
    assert back.outcome == ("restored" if confirmations == 1 else "unchanged")
    with archive.read() as reader:
        assert reader.article(1).status == "live"


def test_two_pages_fetched_at_once_may_end_in_any_order(archive: Archive) -> None:
    """The slower one is news, whatever was seen while it was read."""
    record(archive, article(text=A))
    record(archive, article(text=A, fetched_at=NOW + HOUR + SECOND))
    slow = article(text=B, fetched_at=NOW + HOUR)
    found = record(archive, slow, now=NOW + HOUR + 3 * SECOND)
    assert (found.outcome, found.change.change_class) == ("revised", ChangeClass.SUBSTANTIVE)


def test_what_turns_at_every_look_makes_no_revisions_of_the_past(archive: Archive) -> None:
    def clock(hour: int) -> str:
        return f"{TEXT}\n\nIt is {hour}:15 in the trading room."

    for hour in range(1, 6):
        record(archive, article(text=clock(hour), fetched_at=NOW + hour * HOUR))
    with archive.read() as reader:
        held = len(reader.revisions(1))
    assert held == 2
    late(archive, clock(11), 1.5)
    late(archive, clock(12), 3.5)
    with archive.read() as reader:
        assert len(reader.revisions(1)) == held


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_text_whose_print_was_made_otherwise_is_the_same(place: str) -> None:
    """Held from a version of Windcatch that folded differently (fingerprint.VERSION)."""
    held = Version(number=1, fingerprint="0:old", title="T", text=A, seen_at=NOW)
    known = Held(
        url="https://a.example/1",
        status="live",
        **{"before": None, "after": None, place: held},
        past=True,
        prints=((1, "0:old"),),
    )
    seen = Seen(
        url=known.url,
        twin=False,
        fingerprint="1:new",
        title="T",
        text=A,
        language="en",
        seen_at=NOW,
    )
    step = decide(known, seen, lambda old, new, language: compare(old, new, language=language))
    assert (step.outcome, step.number, step.change) == ("older", None, None)
    assert step.antedates is (place == "after")
