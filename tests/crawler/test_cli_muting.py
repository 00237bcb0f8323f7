"""Silence by command, and a theme's message before it rings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cli_runs import Cli
from storage_articles import article, draft, record

from storage.archive import Archive
from storage.mutes import MUTED, Mute

NOW = datetime.now(UTC) - timedelta(hours=2)
TEXT = (
    "The ministry held a press conference. Battery swapping stations will double by 2030, "
    "it said. Other matters were not discussed.\n\n" + "Nothing else is of note here. " * 20
)


@pytest.fixture
def stocked(made: Cli) -> Cli:
    with Archive(f"sqlite:///{made.folder / 'windcatch.db'}") as archive:
        record(
            archive, article(1, title="Another", text="Quite another thing. " * 30, fetched_at=NOW)
        )
        record(
            archive, article(2, title="A plan", text=TEXT, fetched_at=NOW, source_id="chinadaily")
        )
    made.write(
        "watchlists/ours.toml",
        'destination = "policy"\n[delivery]\nzone = "Europe/Paris"\n[[delivery.mute]]\n'
        'source = "ecns"\n[[themes]]\nid = "swap"\nname = "Battery swapping"\n'
        'query = "\\"battery swapping\\""\n[[themes]]\nid = "tax"\nquery = "tariff"\n',
    )
    return made


MISTAKES = [
    (("mute", "theme", "swop"), 'no theme "swop" (did you mean "swap"?)'),
    (("mute", "theme", "swap", "--watchlist", "hours"), 'no watchlist "hours" (did you mean'),
    (("mute", "source", "chinadayly"), 'no source "chinadayly" (did you mean "chinadaily"?)'),
    (("mute", "story", "77"), "no story 77"),
    (("mute", "story", "x"), "no story x"),
    (("mute", "theme", "swap", "--for", "30"), "--for: not a duration: '30'"),
    (("preview", "tax"), "no stored article matches"),
    (("preview", "swap", "--article", "1"), "1 is no match"),
    (("preview", "99"), "no alert 99"),
]


def test_a_slip_is_told_and_nothing_is_muted(stocked: Cli) -> None:
    for command, said in MISTAKES:
        wrong = stocked("alerts", *command)
        assert wrong.code == 2, command
        assert said in " ".join(wrong.err.split())
    assert len(stocked("alerts", "mutes", "--json").rows) == 1


def test_a_mute_shows_everywhere_until_it_is_lifted(stocked: Cli) -> None:
    assert "theme swap is muted at ours until 2" in (
        stocked("alerts", "mute", "theme", "swap", "--watchlist", "ours", "--for", "24h").out
    )
    (row,) = stocked("alerts", "mute", "story", "1", "--json").rows
    assert row == {"what": "story", "id": "1", "until": None, "watchlist": "", "kept_back": 0}
    said = stocked("alerts", "mutes").out
    assert "story 1 is muted until lifted" in said
    assert "source ecns is muted at ours until lifted" in said
    assert "theme swap is muted at ours" in stocked("alerts", "list").out
    assert "theme swap is muted at ours" in stocked("status").out
    (status,) = stocked("status", "--json").rows
    assert [mute["what"] for mute in status["mutes"]] == ["story", "theme"]
    assert stocked("alerts", "unmute", "theme", "swap").code == 1
    assert stocked("alerts", "unmute", "theme", "swap", "--watchlist", "ours").code == 0
    assert "theme swap" not in stocked("alerts", "mutes").out


def test_what_waits_is_kept_back_too(stocked: Cli) -> None:
    with Archive(f"sqlite:///{stocked.folder / 'windcatch.db'}") as archive, archive.begin() as tx:
        tx.enqueue(draft("one", article_id=2), now=NOW)
    muted = stocked("alerts", "mute", "source", "chinadaily")
    assert "1 message that waited is kept back" in muted.err
    (row,) = stocked("alerts", "list", "--state", "held", "--json").rows
    assert row["error"] == "source chinadaily is muted"


def test_what_was_kept_back_can_be_sent(stocked: Cli) -> None:
    stocked("alerts", "mute", "source", "chinadaily")
    with Archive(f"sqlite:///{stocked.folder / 'windcatch.db'}") as archive, archive.begin() as tx:
        tx.enqueue(draft("one"), now=NOW)
        reason = Mute(what="source", id="chinadaily").reason
        tx.hold(1, reason=reason, error_class=MUTED)
    assert "1 kept back will be sent" in (
        stocked("alerts", "unmute", "source", "chinadaily", "--send").out
    )
    (row,) = stocked("alerts", "list", "--json").rows
    assert row["state"] == "pending"


def test_a_themes_message_as_text_and_as_blocks(stocked: Cli) -> None:
    people = stocked("alerts", "preview", "swap")
    assert people.code == 0, people.err
    assert "*Battery swapping* stations will double by 2030, it said." in people.out
    assert "Theme Battery swapping" in people.out
    (programs,) = stocked("alerts", "preview", "ours/swap", "--json").rows
    assert programs["text"].startswith("[Battery swapping] ")
    assert programs["blocks"][0]["type"] == "header"
    bold = [
        element["text"]
        for block in programs["blocks"]
        if block["type"] == "rich_text"
        for element in block["elements"][0]["elements"]
        if element.get("style", {}).get("bold")
    ]
    assert bold == ["Battery swapping"]
    # Nothing was told by looking.
    assert stocked("alerts", "list", "--json").rows == []
