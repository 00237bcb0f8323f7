"""Messages: approved wording, and limits that hold for any input."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alerts_fakes import NOW, VIEW, match, member, recorded, revision, row
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import digest, payload
from alerts.blocks import TOTAL_MAX, size
from alerts.message import FALLBACK_MAX, reduced, render
from alerts.operator import alarm
from crawler.world.slackrules import refusal
from storage.types import AlertKind, ChangeClass, CopyKind

APPROVED = Path(__file__).parent / "approved"

BEFORE = revision(1)
AFTER = revision(
    2,
    title="Council adopts 2027 quota regulation (corrected)",
    text=BEFORE.text.replace("1 March 2026", "1 March 2027"),
)


def story(**fields: Any) -> dict[str, Any]:
    change = recorded().change
    assert change is not None
    members = (member(), member(2, "eurlex"), member(3, "wire"), member(4, "eurlex"))
    made = payload.story(
        change,
        view=VIEW,
        matches=[match(), match("tac", theme_name="Catch limits")],
        members=members,
        zone="Europe/Brussels",
        seen=NOW,
    )
    return {**made, **fields}


def event(change_class: ChangeClass, kind: AlertKind, **fields: Any) -> dict[str, Any]:
    change = recorded(
        change_class,
        before=BEFORE,
        after=AFTER,
        reasons=("date of entry into force changed: 1 March 2026 -> 1 March 2027",),
    ).change
    assert change is not None
    parent = payload.renewed(story(), change=change, view=VIEW)
    made = payload.event(parent, change, kind=kind, view=VIEW, member=member())
    return {**(parent if fields.get("parent") else made)}


def copy() -> dict[str, Any]:
    adds = "Fishermen in Zeebrugge called the quota a betrayal."
    contained = member(2, "eurlex", kind=CopyKind.CONTAINED, adds=adds)
    return payload.copy(story(), contained, {"source": "EUR-Lex"})


def many() -> dict[str, Any]:
    rows = [
        row(
            id=n,
            alert_id=f"a-{n}",
            payload={
                **story(headline=f"Story {n}", url=f"https://mare.example/{n}"),
                "watchlist_name": "Fisheries",
                "fold": "quiet:2026-11-21T07:00:policy:fisheries",
            },
        )
        for n in range(1, 24)
    ]
    return digest.draft("quiet:2026-11-21T07:00:policy:fisheries", rows, newest={}).payload


def mixed() -> dict[str, Any]:
    """Every kind at once, as after a flood; and a sentence whose match stands far behind."""
    far = [["", "The committee on fisheries met for the third time this year, and " * 3]]
    said = [
        story(excerpts=[[*far[0:1], ["match", "quota"], ["", " after quota. " * 20]]]),
        event(ChangeClass.SUBSTANTIVE, AlertKind.CHANGE),
        event(ChangeClass.WITHDRAWN, AlertKind.WITHDRAWN),
        copy(),
    ]
    rows = [row(id=n, alert_id=f"a-{n}", payload=each) for n, each in enumerate(said, 1)]
    return digest.draft("cap:2026-11-21T08:30:policy:fisheries", rows, newest={}).payload


def notice() -> dict[str, Any]:
    return alarm(
        subject="channel:policy",
        state="refused",
        headline="destination policy refuses messages",
        lines=["The channel of destination policy answered: is_archived."],
        destination="ops",
        since=NOW,
    ).payload


KINDS = {
    "story": story(),
    "story_changed": event(ChangeClass.SUBSTANTIVE, AlertKind.CHANGE, parent=True),
    "story_withdrawn": event(ChangeClass.WITHDRAWN, AlertKind.WITHDRAWN, parent=True),
    "copy": copy(),
    "change": event(ChangeClass.SUBSTANTIVE, AlertKind.CHANGE),
    "withdrawn": event(ChangeClass.WITHDRAWN, AlertKind.WITHDRAWN),
    "restored": event(ChangeClass.RESTORED, AlertKind.RESTORED),
    "digest": many(),
    "digest_mixed": mixed(),
    "operator": notice(),
    "possible_repeat": story(repeat=True),
}


@pytest.mark.parametrize("name", KINDS)
def test_wording_is_approved(name: str) -> None:
    """Run with WINDCATCH_APPROVE=1 to write the files anew, and read their diff."""
    made = render(KINDS[name])
    blocks = json.dumps(list(made.blocks), ensure_ascii=False, indent=1)
    shown = f"push: {made.text}\n\n{made.plain}\n\n{blocks}\n"
    path = APPROVED / f"{name}.txt"
    if os.environ.get("WINDCATCH_APPROVE"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


def check(payload_: dict[str, Any]) -> None:
    """What must hold for every message."""
    for made in (render(payload_), reduced(payload_)):
        message = {"text": made.text, "blocks": list(made.blocks) or None}
        assert refusal(message) is None
        assert size(list(made.blocks)) <= TOTAL_MAX
        assert made.text
        # Nothing that Slack parses may mention or link.
        for sign in ("<!", "<@", "<#", "<http"):
            assert sign not in made.text
        assert all(block["type"] in _ALLOWED for block in made.blocks)
        assert '"mrkdwn"' not in json.dumps(made.blocks)
        assert not {"\x1b", "\r", "\x00", "\u202e", "\u2028"} & set(made.plain)
    assert len(render(payload_).text) <= FALLBACK_MAX


_ALLOWED = {"header", "context", "rich_text", "actions"}


HOSTILE = [
    "<!channel> urgent",
    "<!here|x>",
    "<@U123>",
    "<!subteam^S1>",
    "<#C1|gen>",
    "<http://evil.example|http://gov.uk>",
    "&lt;!channel&gt;",
    "<!date^0^{date}|x>",
    "*bold* _it_ ~no~ `code` :rotating_light:",
    "> quote | pipe",
    "[/] [link=file:///x]y[/link]",
    "\x1b]0;owned\x07 \x1b[31m",
    "title\n2026-01-01 ERROR fake",
    "\u202egnp.exe",
    "a\u0301" * 3000,
    "o" + "\u0301" * 10_000,
    "\ud800lone",
    "",
    " \u200b ",
    "😀" * 500,
    "x" * 1_000_000,
    "&" * 5000,
]
URLS = [
    "https://a.example/x|y>z w",
    "https://user:pw@a.example/",
    "javascript:alert(1)",
    "https://a.example/" + "p" * 5000,
    "https://пример.рф/путь",
    "https://a.example/\r\nX: y",
    "https://[::1",
    "",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("url", URLS[:3])
def test_hostile_text_is_literal_and_inside_the_limits(text: str, url: str) -> None:
    hostile = recorded(
        ChangeClass.SUBSTANTIVE,
        before=revision(1, title=text[:50_000], text=text[:50_000] + " x"),
        after=revision(2, title=text[:50_000], text=text[:50_000] + " y"),
        reasons=(text,) * 9,
    ).change
    assert hostile is not None
    view = {**VIEW, "source": text, "url": url, "agency": text, "names": {"eurlex": text}}
    matches = [match(theme_name=text, theme=f"t{n}", spans=()) for n in range(20)]
    parent = payload.story(
        hostile, view=view, matches=matches, members=(member(),), zone=text, seen=NOW
    )
    check(parent)
    check(payload.renewed(parent, change=hostile, matches=matches, view=view))
    check(payload.event(parent, hostile, kind=AlertKind.CHANGE, view=view, member=None))
    check(payload.copy(parent, member(2, "eurlex", title=text, adds=text), view))


def test_a_title_that_looks_escaped_stays_as_it_is() -> None:
    made = render(story(headline="&lt;!channel&gt; & co"))
    assert "&amp;lt;!channel&amp;gt; &amp; co" in made.text
    assert made.blocks[0]["text"]["text"] == "&lt;!channel&gt; & co"


@pytest.mark.parametrize("url", URLS)
def test_no_button_leads_astray(url: str) -> None:
    for block in render(story(url=url)).blocks:
        for element in block.get("elements", ()):
            if "url" in element:
                assert element["url"].startswith(("https://a.example/", "https://xn--"))
                assert "@" not in element["url"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=6,
)


def test_a_digest_without_a_headline_says_what_it_is() -> None:
    made = render(many() | {"headline": " "})
    assert made.text == "Digest"
    check(many() | {"headline": " "})


@settings(deadline=None, max_examples=60)
@given(
    headline=st.text(max_size=700),
    source=st.text(max_size=300),
    url=st.text(max_size=60).map(lambda tail: "https://a.example/" + tail),
    runs=st.lists(
        st.lists(
            st.tuples(st.sampled_from(["", "match", "gone", "new"]), st.text(max_size=3000)),
            max_size=6,
        ),
        max_size=4,
    ),
    reasons=st.lists(st.text(max_size=400), max_size=8),
    themes=st.lists(
        st.fixed_dictionaries(
            {
                "id": st.text(max_size=9),
                "name": st.text(max_size=200),
                "score": st.just(1.0),
                "terms": st.lists(st.text(max_size=90), max_size=9),
            }
        ),
        max_size=9,
    ),
    kind=st.sampled_from([k.value for k in AlertKind]),
    seen=st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | st.text(max_size=9),
)
def test_any_payload_makes_a_valid_message(
    headline: str,
    source: str,
    url: str,
    runs: list[list[tuple[str, str]]],
    reasons: list[str],
    themes: list[dict[str, Any]],
    kind: str,
    seen: str,
) -> None:
    made = {
        "kind": kind,
        "headline": headline,
        "source": source,
        "url": url,
        "excerpts": runs,
        "hunks": runs,
        "title_diff": runs[:1],
        "reasons": reasons,
        "lines": reasons,
        "themes": themes,
        "items": [{"headline": headline, "source": source, "url": url, "themes": themes}] * 40,
        "count": 40,
        "seen": seen,
        "zone": source,
        "published": {"at": seen, "precision": "day", "zone": headline},
        "copies": {"count": 5, "outlets": reasons},
        "class": source,
    }
    check(made)
