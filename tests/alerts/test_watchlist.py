"""alerts/watchlist.py: files read, and every mistake told at once with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.live import LiveMatcher
from alerts.match import Matcher, Subject
from alerts.query.parser import parse
from alerts.query.printer import canonical
from alerts.rules import Mode
from alerts.watchlist import WatchlistError, load_watchlists

GOOD = """
name = "Policy desk"
destination = "policy"
starter = ["quantum"]
[delivery]
mode = "digest"
[groups]
nev = ["NEV", "new energy vehicle"]
money = "subsid* OR $more"
more = "补贴"
[[themes]]
id = "swap"
name = "Battery swap"
query = "$nev AND ($money OR \\"battery swap\\")"
none = ["potato chips"]
weights = { "NEV" = 2 }
min_score = 0.2
languages = ["zh", "EN"]
sources = ["xinhua"]
priority = "high"
note = "why we watch this"
[[themes]]
id = "lists"
all = ["=AI"]
any = ["battery swap", "$nev"]
none = ["Ai Weiwei"]
"""


def test_a_good_file() -> None:
    (found,) = load_watchlists({"desk/Policy Desk.toml": GOOD})
    assert (found.id, found.name, found.destination) == ("policy-desk", "Policy desk", "policy")
    assert found.delivery.mode is Mode.DIGEST
    quantum, swap, lists = found.themes
    assert quantum.id == "quantum"
    assert canonical(swap.query) == (
        '(NEV OR "new energy vehicle") AND (subsid* OR 补贴 OR "battery swap") '
        'AND NOT "potato chips"'
    )
    assert (swap.weights, swap.min_score, swap.languages) == ((("NEV", 2.0),), 0.2, ("zh", "en"))
    assert (swap.sources, swap.priority, swap.note) == (("xinhua",), "high", "why we watch this")
    assert canonical(lists.query) == (
        '=AI AND ("battery swap" OR (NEV OR "new energy vehicle")) AND NOT "Ai Weiwei"'
    )


BAD = """
id = "No Good"
nme = 1
[delivery]
mode = "loud"
[groups]
loop = "$loop"
open = "(a1"
number = 3
[[themes]]
id = "place"
query = "(NEV OR AND x1"
[[themes]]
id = "empty"
[[themes]]
id = "twice"
query = "NEV"
[[themes]]
id = "twice"
query = "NEV"
wieghts = 1
[[themes]]
query = 3
priority = "urgent"
languages = ["Chinese!"]
weights = { NEV = -1 }
[[themes]]
id = "all"
query = "NOT NEV"
[[themes]]
id = "never"
all = ["NEV"]
none = ["NEV"]
[[themes]]
id = "short"
any = ["a*", " "]
[[themes]]
id = "gone"
query = "$nope"
"""


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(WatchlistError) as caught:
        load_watchlists({"bad.toml": BAD, "worse.toml": "x = [", "none.toml": ""})
    text = "\n".join(caught.value.problems)
    for expected in (
        "bad.toml: id: 'No Good'",
        "bad.toml: nme: unknown key",
        "bad.toml: delivery.mode",
        "bad.toml: groups.loop: in $loop: a group cannot hold itself",
        "bad.toml: groups.open: column 1: this parenthesis is not closed",
        "bad.toml: groups.number: must be a query",
        'bad.toml: theme "place": query: column 9: expected a term before AND',
        "    (NEV OR AND x1\n            ^",
        'bad.toml: theme "empty": expected query',
        'bad.toml: theme "twice": wieghts: unknown key',
        "bad.toml: theme number 5: id: must be",
        "bad.toml: theme number 5: query: must be a query, is 3",
        "bad.toml: theme number 5: priority",
        "bad.toml: theme number 5: languages: 'chinese!'",
        "bad.toml: theme number 5: weights.NEV",
        'bad.toml: theme "all": query: column 1: this can hold without a single one',
        'bad.toml: theme "never": this can never hold: NEV is also excluded',
        'bad.toml: theme "short": any: an empty term',
        'bad.toml: theme "short": "a*"',
        'bad.toml: theme "gone": query: column 1: unknown group $nope; known: $',
        "worse.toml: not TOML: ",
        "none.toml: no theme",
    ):
        assert expected in text, expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[themes]]\nid" + ".a" * 5000 + " = 1", "w.toml: not TOML: nested too deeply"),
        ("x = " + "[" * 5000, "w.toml: not TOML: nested too deeply"),
        ("x = " + "1" * 5000, "w.toml: not TOML: Exceeds the limit"),
    ],
    ids=["dots", "brackets", "digits"],
)
def test_what_python_cannot_hold_is_a_mistake_like_others(text: str, said: str) -> None:
    with pytest.raises(WatchlistError) as caught:
        load_watchlists({"w.toml": text})
    assert said in str(caught.value)


def test_two_files_cannot_share_an_id() -> None:
    one = 'id = "x"\nstarter = ["quantum"]'
    with pytest.raises(WatchlistError, match=r"is taken by a\.toml"):
        load_watchlists({"a.toml": one, "b.toml": one})


def test_one_theme_id_twice() -> None:
    text = '[[themes]]\nid="a"\nquery="x1"\n[[themes]]\nid="a"\nquery="y1"'
    with pytest.raises(WatchlistError, match='theme "a": the id occurs twice'):
        load_watchlists({"a.toml": text})


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000,
        "\x00",
        "[[themes]]\nid = 'x'\nquery = '" + "(" * 1000 + "'",
        "themes = [1, 2]",
        "themes = {}",
        "groups = 1",
        "starter = 1",
        "delivery = []",
    ],
    ids=range(8),
)
def test_hostile_files_are_refused(text: str) -> None:
    with pytest.raises(WatchlistError):
        load_watchlists({"x.toml": text})


def test_an_edited_watchlist_is_matched_as_if_built_anew() -> None:
    def load(**queries: str) -> list:
        themes = "".join(f'[[themes]]\nid="{k}"\nquery="{v}"\n' for k, v in queries.items())
        return list(load_watchlists({"w.toml": themes}))

    before = load(a="chip", b="quantum", c="fusion")
    after = load(d="quantum chip", c="fusion", a="fusion NOT chip")
    subject = Subject(title="chip", text="quantum fusion")
    live = LiveMatcher(before)
    assert live.match(subject) == Matcher(before).match(subject)
    assert live.updated(after).match(subject) == Matcher(after).match(subject)
    assert live.updated(before).match(subject) == Matcher(before).match(subject)
    assert live.updated(after).updated(before).match(subject) == Matcher(before).match(subject)


MANUAL = Path(__file__).parents[2] / "docs" / "query-language.md"


def test_the_manual_is_true() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    toml = text.split("```toml\n")[1].split("```")[0]
    (mobility,) = load_watchlists({"mobility.toml": toml})
    matcher = Matcher([mobility])
    for theme in mobility.themes:
        for expected, examples in ((True, theme.positive), (False, theme.negative)):
            for example in examples:
                found = matcher.match(Subject(title="", text=example))
                assert (theme.id in {match.theme for match in found}) == expected
    lines = text.split("```\n")[1].splitlines()
    table = text.split("| write | it holds when |")[1].split("\n\n")[0].splitlines()[2:]
    written = [line.split("   ")[0] for line in lines]
    written += [code for row in table for code in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    assert len(written) > 30
    for query in written:
        assert canonical(parse(query))
