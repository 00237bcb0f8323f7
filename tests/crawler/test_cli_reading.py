"""The commands that read what is stored, on a small archive with hostile titles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cli_runs import Cli
from storage_articles import TEXT, article, draft, record

from storage.archive import Archive

#: 5.9 no. 24 and 25: markup, terminal control, a forged line.
HOSTILE = "[/] [link=file:///x]y[/link] \x1b]0;title\x07\n2026-01-01 ERROR forged"
NOW = datetime.now(UTC) - timedelta(hours=2)


@pytest.fixture
def stocked(made: Cli) -> Cli:
    with Archive(f"sqlite:///{made.folder / 'windcatch.db'}") as archive:
        record(archive, article(1, fetched_at=NOW, published_at=NOW))
        edited = TEXT.replace("170", "999")
        later = NOW + timedelta(hours=1)
        record(archive, article(1, text=edited, fetched_at=later, published_at=NOW))
        record(archive, article(2, fetched_at=NOW, source_id="other", site="Other"))
        record(
            archive, article(3, title=HOSTILE, text="Quite another thing. " * 20, fetched_at=NOW)
        )
        with archive.begin() as tx:
            payload = {"kind": "story", "headline": HOSTILE, "url": "https://a.example/1"}
            tx.enqueue(draft("one", payload=payload), now=NOW)
            tx.enqueue(draft("two", payload={**payload, "headline": "Dead"}), now=NOW)
            dead = tx.outbox_of("two")
            assert dead is not None
            tx.bury(dead, error_class="permanent", error="channel_is_archived", at=NOW)
    return made


READING = [
    "articles list", "articles show 1", "articles show 3", "articles history 1", "articles diff 1",
    "stories list", "stories list --all", "stories show 1", "alerts list", "alerts show 1",
    "alerts preview 1", "status", "db stats", "sources list", "themes list",
]  # fmt: skip


@pytest.mark.parametrize("command", READING)
def test_people_see_80_clean_columns_and_programs_json(stocked: Cli, command: str) -> None:
    people = stocked(*command.split())
    assert people.code == 0, people.err
    assert all(len(line) <= 80 for line in people.out.splitlines())
    assert "\x1b" not in people.out
    assert "\n2026-01-01 ERROR" not in people.out
    programs = stocked(*command.split(), "--json")
    assert programs.code == 0
    assert programs.rows or command in ("sources list", "stories list"), "one object a line"


def test_articles_are_found_by_number_and_by_any_url(stocked: Cli) -> None:
    (one,) = stocked("articles", "show", "1", "--json").rows
    assert list(one) == ["article", "matches", "story", "left_out"]
    url = one["article"]["url"]
    assert stocked("articles", "show", url, "--json").rows == [one]
    assert one["article"]["revision"] == 2


def test_the_list_can_be_narrowed(stocked: Cli) -> None:
    ids = lambda *more: [row["id"] for row in stocked("articles", "list", "--json", *more).rows]
    assert sorted(ids()) == [1, 2, 3]
    assert ids("--source", "other") == [2]
    assert ids("--limit", "1") != []
    assert ids("--since", "2999-01-01") == []


def test_history_and_diff_show_the_edit(stocked: Cli) -> None:
    first, second = stocked("articles", "history", "1", "--json").rows
    assert (first["class"], first["before"], first["after"]) == ("new", None, 1)
    assert (second["class"], second["before"], second["after"]) == ("substantive", 1, 2)
    (row,) = stocked("articles", "diff", "1", "--json").rows
    assert list(row) == ["article", "old", "new", "class", "score", "reasons", "segments"]
    assert any(segment["new"].strip() == "999" for segment in row["segments"])
    wrong = stocked("articles", "diff", "1", "2", "9")
    assert wrong.code == 2
    assert "has no revision 9: it has revisions 1 to 2" in wrong.err
    only = stocked("articles", "diff", "3")
    assert "it has one revision" in only.err


def test_a_copy_shows_its_kind(stocked: Cli) -> None:
    (story,) = stocked("stories", "list", "--json").rows
    assert next(member["kind"] for member in story["members"]) == "origin"
    assert len(story["members"]) == 2
    assert "origin" in stocked("stories", "show", str(story["id"])).out


def test_a_dead_alert_can_be_retried_and_a_waiting_one_dropped(stocked: Cli) -> None:
    (dead,) = stocked("alerts", "list", "--state", "dead", "--json").rows
    assert stocked("alerts", "retry", dead["id"][:8]).code == 0
    assert stocked("alerts", "list", "--state", "dead", "--json").rows == []
    again = stocked("alerts", "retry", dead["id"])
    assert (again.code, "neither dead nor held" in again.err) == (1, True)

    (waiting, *_) = stocked("alerts", "list", "--state", "pending", "--json").rows
    assert stocked("alerts", "drop", str(waiting["outbox_id"]), "--reason", "a test").code == 0
    (dropped,) = stocked("alerts", "list", "--state", "dead", "--json").rows
    assert (dropped["error_class"], dropped["error"]) == ("dropped", "a test")
    assert stocked("alerts", "drop", str(waiting["outbox_id"])).code == 2


def test_a_backup_is_restored(stocked: Cli) -> None:
    made = stocked("db", "backup", "copies")
    assert made.code == 0
    copy = made.out.strip()
    (stocked.folder / "windcatch.db").unlink()
    restored = stocked("db", "restore", copy)
    assert restored.code == 0
    assert len(stocked("articles", "list", "--json").rows) == 3
