"""`windcatch themes`: tried on texts, explained, backtested, labelled, rematched."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import timedelta

import pytest
from cli_runs import Cli
from storage_articles import DAY, NOW, OTHER, TEXT, article, record

from crawler import backtesting, rematching
from crawler.clock import utcnow
from crawler.labels import Precision, read_labels, sheet
from crawler.trials import of_text, read_watchlists
from storage.archive import Archive

DRAFT = """
id = "draft"
[[themes]]
id = "swap"
name = "Swapping"
query = '("battery swap*" OR 换电) AND NOT potato'
examples = { match = ["A battery swap."], no_match = ["A battery swap for a potato."] }
[[themes]]
id = "sea"
query = "herring OR lighthouse OR kraken"
"""


@pytest.fixture
def stored(made: Cli) -> Cli:
    """Six articles: four on swapping (one with =formula() for a title), two on the sea."""
    made.write("draft.toml", DRAFT)
    with Archive(f"sqlite:///{made.folder / 'windcatch.db'}") as archive:
        for number in range(1, 5):
            at = NOW - 40 * number * DAY
            title = f"=HYPERLINK({number})"
            record(
                archive, article(number, title=title, text=TEXT[: 800 - number], published_at=at)
            )
        record(archive, article(5, text=OTHER, title="Sea"))
        record(archive, article(6, text="Nothing of note. " * 30, title="Nothing"))
    return made


def test_list_shows_every_theme(made: Cli) -> None:
    rows = made("themes", "list", "--json").rows
    assert len(rows) == 22
    assert set(rows[0]) == {"watchlist", "destination", "theme", "name", "priority"}
    assert "quantum" in made("themes", "list").out


def test_a_text_is_tried_and_explained(cli: Cli) -> None:
    cli.write("draft.toml", DRAFT)
    good = cli("themes", "test", "--watchlist", "draft.toml", "--text", "Battery swapping grows.")
    assert good.code == 0
    assert "draft/swap" in good.out
    assert "battery swap*: once, lead" in good.out
    bad = cli("themes", "test", "--watchlist", "draft.toml", "--text", "A potato battery swap.")
    assert (bad.code, bad.out) == (0, "none of 2 themes holds\n")
    (row,) = cli("themes", "test", "--watchlist", "draft.toml", "--text", "换电", "--json").rows
    assert row["matches"][0]["spans"] == [{"field": "text", "start": 0, "end": 2, "term": "换电"}]


def test_files_are_tried_by_their_kind(cli: Cli) -> None:
    cli.write("draft.toml", DRAFT)
    cli.write("one.txt", "A title\n\nOn herring.\n\nThe end.")
    cli.write(
        "page.html", f"<html><body><article><h1>Sea</h1><p>{OTHER}</p></article></body></html>"
    )
    for file in ("one.txt", "page.html"):
        (row,) = cli("themes", "test", "--watchlist", "draft.toml", file, "--json").rows
        assert row["id"] == file
        assert [match["theme"] for match in row["matches"]] == ["sea"]
    (row,) = cli("themes", "test", "--watchlist", "draft.toml", "one.txt", "--json").rows
    assert row["matches"][0]["spans"][0]["start"] == 3


def test_the_first_line_of_a_text_is_its_title() -> None:
    assert of_text("Title\n\nText.").title == "Title"
    assert of_text("One\nTwo\n\nText.").title == ""
    assert of_text("Only text.").text == "Only text."


def test_examples_are_checked(cli: Cli) -> None:
    cli.write("draft.toml", DRAFT)
    good = cli("themes", "test", "--watchlist", "draft.toml")
    assert (good.code, good.out) == (0, "2 of 2 examples of 2 themes are right\n")
    cli.write("draft.toml", DRAFT.replace("NOT potato", "NOT tomato"))
    bad = cli("themes", "test", "--watchlist", "draft.toml")
    assert bad.code == 1
    assert "draft/swap: should not match and does: A battery swap for a potato." in bad.out
    (row,) = cli("themes", "test", "--watchlist", "draft.toml", "--json").rows
    assert row["should_match"] is False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("test", "x.jsonl", "--text", "y"), "not both"),
        (("test", "missing.jsonl"), "no such file"),
        (("test", "missing.txt"), "no such file"),
        (("test", "latin.txt"), "not text in UTF-8"),
        (("explain", "swop", "1"), 'no theme "swop" (did you mean "swap"?)'),
        (("explain", "draft/nothing", "1"), 'no theme "draft/nothing"'),
        (("explain", "swap", "99"), "no article 99"),
        (("explain", "swap", "1", "--revision", "7"), "no revision 7"),
        (("backtest", "--sample", "3"), "go together"),
        (("backtest", "--sample", "3", "--out", "draft.toml"), "is there already"),
        (("backtest", "--theme", "nothing"), 'no theme "nothing"'),
        (("backtest", "--since", "yesteryear"), "not a time"),
        (("backtest", "--labels", "draft.toml"), "not such a sheet"),
        (("backtest", "--labels", "missing.csv"), "no such file"),
    ],
)
def test_mistakes_are_told(stored: Cli, arguments: tuple[str, ...], said: str) -> None:
    stored.write("latin.txt", b"caf\xe9")
    labels = "--labels" in arguments
    result = stored("themes", *arguments, *([] if labels else ["--watchlist", "draft.toml"]))
    assert result.code == 2
    assert said in result.err


def test_explain_says_which_part_held(stored: Cli) -> None:
    explain = ("themes", "explain", "--watchlist", "draft.toml")
    held = stored(*explain, "draft/swap", "1").out
    assert "draft/swap holds" in held
    assert '+ "battery swap*"  text “battery-swapping”' in held
    assert "+ NOT potato" in held
    failed = stored(*explain, "swap", "5").out
    assert "draft/swap does not hold" in failed
    assert "- 换电" in failed
    (row,) = stored(*explain, "swap", "1", "--json").rows
    assert row["explanation"]["held"] is True


def test_backtest_reports_months_latest_overlaps_and_silent_terms(stored: Cli) -> None:
    rows = stored("themes", "backtest", "--watchlist", "draft.toml", "--json").rows
    swap, sea = rows
    assert (swap["articles"], swap["hits"], sea["hits"]) == (6, 4, 1)
    assert sum(swap["months"].values()) == 4
    assert [hit["article_id"] for hit in swap["latest"]] == [1, 2, 3, 4]
    assert swap["silent_terms"] == ["换电"]
    assert sea["silent_terms"] == ["kraken"]
    shown = stored("themes", "backtest", "--watchlist", "draft.toml").out
    assert "6 articles, 5 match a theme" in shown
    assert "never occurred  kraken" in shown
    assert "█" in shown
    few = stored(
        "themes", "backtest", "--watchlist", "draft.toml", "--since", "2026-01-10", "--json"
    )
    assert few.rows[0]["hits"] == 1


def test_two_processes_count_as_one(stored: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtesting, "PIECE", 2)
    lists = read_watchlists([stored.folder / "draft.toml"])
    task = backtesting.Task(
        database_url=f"sqlite:///{stored.folder / 'windcatch.db'}", watchlists=lists, sample=2
    )
    told: list[tuple[int, int]] = []
    alone = backtesting.run_backtest(
        task, progress=lambda done, total: told.append((done, total)), processes=1
    )
    assert told == [(2, 6), (4, 6), (6, 6)]
    assert backtesting.run_backtest(task, progress=lambda done, total: None, processes=2) == alone


def test_a_sheet_is_written_labelled_and_read_back(stored: Cli) -> None:
    backtest = ("themes", "backtest", "--watchlist", "draft.toml")
    said = stored(*backtest, "--sample", "3", "--out", "label.csv")
    assert "4 hits; write y or n" in said.err
    raw = (stored.folder / "label.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    titles = [row["title"] for row in rows if row["theme"] == "swap"]
    assert len(titles) == 3
    assert all(title.startswith("'=HYPERLINK") for title in titles)
    again = stored(*backtest, "--sample", "3", "--out", "other.csv")
    assert again.code == 0
    assert (stored.folder / "other.csv").read_bytes() == raw
    for row, label in zip(rows, ("y", " N ", "", "Yes"), strict=True):
        row["label"] = label
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0], delimiter=";")  # as a German spreadsheet saves it
    writer.writeheader()
    writer.writerows(rows)
    stored.write("label.csv", out.getvalue())
    swap, sea = stored("themes", "backtest", "--labels", "label.csv", "--json").rows
    assert (swap["right"], swap["wrong"], swap["open"], swap["precision"]) == (1, 1, 1, 0.5)
    assert (sea["right"], sea["precision"]) == (1, 1.0)
    assert "0.67" in stored("themes", "backtest", "--labels", "label.csv").out


def test_a_wrong_label_is_told_with_its_row(cli: Cli) -> None:
    cli.write("l.csv", "watchlist,theme,label\nw,a,y\nw,a,perhaps\n")
    result = cli("themes", "backtest", "--labels", "l.csv")
    assert result.code == 2
    assert "l.csv:3: label 'perhaps'" in result.err
    cli.write("l.csv", 'watchlist,theme,label\nw,a,"y\n')
    assert cli("themes", "backtest", "--labels", "l.csv").code == 2


def test_the_interval_of_few_labels_is_wide() -> None:
    one = Precision(watchlist="w", theme="t", right=9, wrong=1, open=0)
    low, high = one.interval
    # Wilson's interval for 9 of 10, as textbooks give it.
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    none = Precision(watchlist="w", theme="t", right=0, wrong=0, open=5)
    assert (none.share, none.interval) == (None, (0.0, 1.0))


def test_an_empty_sheet_has_no_rows(cli: Cli) -> None:
    file = cli.write("l.csv", sheet([]))
    assert read_labels(str(file)) == ()
    assert "no rows" in cli("themes", "backtest", "--labels", "l.csv").err


def test_rematch_goes_on_where_it_stopped_and_rings_for_nobody(
    stored: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(stored.folder / "watchlists")
    stored.write(
        "watchlists/draft.toml", 'destination = "policy"\n' + DRAFT.replace("draft", "desk")
    )
    monkeypatch.setattr(rematching, "BATCH", 2)
    lists = read_watchlists([stored.folder / "watchlists/draft.toml"])
    with Archive(f"sqlite:///{stored.folder / 'windcatch.db'}") as archive:

        def stop(done: int, total: int) -> None:
            if done == 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rematching.rematch(archive, lists, clock=utcnow, progress=stop)
    (row,) = stored("themes", "rematch", "--json").rows
    assert (row["before"], row["now"], row["added"], row["removed"]) == (4, 2, 5, 0)
    assert "up to date: all 6 revisions" in stored("themes", "rematch").out
    stored.write(
        "watchlists/draft.toml",
        ('destination = "policy"\n' + DRAFT.replace("draft", "desk"))
        .replace("herring OR ", "")
        .replace("lighthouse OR ", ""),
    )
    said = stored("themes", "rematch").out
    assert "6 revisions matched: 0 matches added, 1 removed, 0 changed; nobody" in said
    assert "6 revisions matched" in stored("themes", "rematch", "--from-start").out
    assert stored("alerts", "list", "--json").rows == []
    listed = stored("articles", "list", "--theme", "swap", "--json").rows
    assert len(listed) == 4
    assert json.loads(stored("articles", "show", "1", "--json").out)["matches"]


def test_two_rematches_for_other_themes_do_not_undo_each_other(stored: Cli) -> None:
    lists = read_watchlists([stored.folder / "draft.toml"])
    with Archive(f"sqlite:///{stored.folder / 'windcatch.db'}") as archive:

        def another_begins(done: int, total: int) -> None:
            with archive.begin() as tx:
                tx.begin_rematch("other themes", now=utcnow() + timedelta(seconds=1))

        with pytest.raises(rematching.Overtaken):
            rematching.rematch(archive, lists, clock=utcnow, progress=another_begins)


def test_themes_that_match_alike_have_one_key(cli: Cli) -> None:
    first = cli.write("a.toml", DRAFT)
    second = cli.write("b.toml", DRAFT.replace('name = "Swapping"', 'name = "Other"\nnote = "x"'))
    third = cli.write("c.toml", DRAFT.replace("kraken", "krakens"))
    one, two, three = (
        rematching.themes_key(read_watchlists([file])) for file in (first, second, third)
    )
    assert one == two != three
