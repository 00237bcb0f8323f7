from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from crawler.cli import show
from storage.types import ChangeClass, Discovery, Entry

NOW = datetime(2026, 2, 17, 12, tzinfo=UTC)

#: 5.9 no. 24: each must be printed as it stands, or without what steers a terminal.
HOSTILE = [
    ("[/]", "[/]"),
    ("[bold]x[/bold]", "[bold]x[/bold]"),
    ("[link=file:///x]y[/link]", "[link=file:///x]y[/link]"),
    ("\x1b]0;title\x07after", "]0;titleafter"),
    ("\x1b]8;;http://evil\x1b\\text", "]8;;http://evil\\text"),
    ("a\nb\r\nc", "a b c"),
    ("\u202eevil", "evil"),
    (":smile:", ":smile:"),
]


def rendered(part: object, width: int = 80) -> str:
    console = Console(
        width=width, file=None, record=True, markup=False, highlight=False, emoji=False
    )
    with console.capture() as captured:
        console.print(part)
    return captured.get()


@pytest.mark.parametrize(("title", "shown"), HOSTILE)
def test_a_foreign_string_is_printed_literally(title: str, shown: str) -> None:
    text = rendered(show.table(["title"], [[title]]))
    assert shown in " ".join(text.split())
    assert "\x1b" not in text


@given(st.text(max_size=200))
@example("0000000000000ऺऺऺऺ000000000000000000")
@example("电动汽车换电模式" * 20)
def test_any_text_fits_a_table_of_80_columns(title: str) -> None:
    columns = [show.number("no."), show.short("source", 14), show.whole("when"), "title"]
    text = rendered(show.table(columns, [[17, title, "2026-02-17 12:00", title]]))
    # Columns of a terminal, not characters: a wide one takes two of them, a mark on another one none.
    assert all(cell_len(line) <= 80 for line in text.split("\n"))


@given(st.text())
def test_json_is_one_line_and_comes_back(title: str) -> None:
    text = show.dumps({"title": title})
    assert "\n" not in text
    assert json.loads(text) == {"title": title}
    text.encode("utf-8")


def test_values_become_plain_data() -> None:
    entry = Entry(url="https://a.example/", found_by=Discovery.FEED, published_at=NOW)
    assert show.plain(
        {"e": entry, "c": ChangeClass.NEW, "d": timedelta(minutes=2), "s": {"b", "a"}}
    ) == {
        "e": {
            "url": "https://a.example/",
            "found_by": "feed",
            "found_in": None,
            "title": None,
            "summary": None,
            "published_at": "2026-02-17T12:00:00+00:00",
            "changed_at": None,
        },
        "c": "new",
        "d": 120.0,
        "s": ["a", "b"],
    }
    with pytest.raises(TypeError, match="object"):
        show.plain(object())


@pytest.mark.parametrize(
    ("delta", "said"),
    [
        (timedelta(), "now"),
        (timedelta(seconds=-40), "40s ago"),
        (timedelta(seconds=-90), "90s ago"),
        (timedelta(minutes=-5), "5m ago"),
        (timedelta(hours=-3, minutes=-20), "3h ago"),
        (timedelta(days=-9), "9d ago"),
        (timedelta(minutes=12), "in 12m"),
    ],
)
def test_a_moment_is_told_by_its_distance(delta: timedelta, said: str) -> None:
    assert show.ago(NOW + delta, NOW).replace("1m30s", "90s") == said
    assert show.ago(None, NOW) == "never"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 << 40, "5.0 TiB")]
)
def test_sizes(count: int, said: str) -> None:
    assert show.size(count) == said


def test_a_stated_day_is_not_moved_by_a_time_zone() -> None:
    assert show.day(datetime(2026, 2, 17, tzinfo=UTC), "day") == "2026-02-17"
    assert show.day(None, None) == ""
