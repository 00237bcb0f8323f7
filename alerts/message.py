"""Turns a payload into what people see: Block Kit, fallback text and terminal text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerts import blocks as kit
from alerts.blocks import Block
from alerts.cleaning import ELLIPSIS, clean, cut
from alerts.mrkdwn import escape, fallback
from alerts.plain import plain
from alerts.times import clock, day_and_clock, published
from storage.types import AlertKind

#: A push notification shows about this much; Slack would cut at 40,000.
FALLBACK_MAX = 300
#: Of the one plain message sent when Slack refuses the blocks.
REDUCED_MAX = 1500
DIGEST_ITEMS = 20
HEADLINE_IN_DIGEST = 120

_HEADINGS = {
    "withdrawn": "Withdrawn",
    "restored": "Restored",
    "substantive": "Changed",
    "minor": "Reworded",
    "cosmetic": "Touched up",
    "moved": "Moved",
}
_COPY_WORDS = {
    "exact": "carries the same text",
    "edited": "carries an edited version",
    "contained": "carries it within a longer report",
    "spun": "carries a reworded version",
    "translated": "carries a translation",
    "origin": "is the origin of this text",
}
_STYLES = {"match": ("bold",), "gone": ("strike",), "new": ("bold",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, ready for any destination."""

    #: What a push notification shows; escaped for Slack, which parses it.
    text: str
    #: Block Kit; empty for the reduced form.
    blocks: tuple[Block, ...]
    #: The same message for a terminal, a mail or a log.
    plain: str


def render(payload: Mapping[str, Any]) -> Message:
    """Return the message of *payload*, inside every limit of Slack for any content."""
    kind = str(payload.get("kind") or AlertKind.STORY)
    made = kit.fit(_BODIES.get(kind, _story)(payload))
    return Message(text=fallback(_summary(payload), FALLBACK_MAX), blocks=made, plain=plain(made))


def reduced(payload: Mapping[str, Any]) -> Message:
    """Return *payload* as one short text without blocks: for a destination that refused those."""
    lines = [_summary(payload), *_why(payload)]
    if payload.get("url"):
        lines.append(str(payload["url"]))
    text = cut("\n".join(clean(line, FALLBACK_MAX) for line in lines), REDUCED_MAX)
    return Message(text=escape(text), blocks=(), plain=text)


def _summary(payload: Mapping[str, Any]) -> str:
    """The message in one line: what, who, why me."""
    kind = str(payload.get("kind"))
    headline = clean(str(payload.get("headline") or ""), 200) or kit.UNTITLED
    source = payload.get("source") or ""
    if kind == AlertKind.DIGEST:
        return clean(str(payload.get("headline") or ""), 200) or "Digest"
    if kind == AlertKind.OPERATOR:
        return f"Windcatch: {headline}"
    names = [theme["name"] for theme in payload.get("themes", ())]
    prefix = f"[{', '.join(names[:2])}] " if names else ""
    if kind == AlertKind.STORY:
        return f"{prefix}{source}: {headline}" if source else f"{prefix}{headline}"
    if kind == AlertKind.COPY:
        return f"{prefix}Also at {source}: {headline}"
    heading = _HEADINGS.get(str(payload.get("class")), "Changed")
    reasons = payload.get("reasons") or ()
    why = f" ({reasons[0]})" if reasons else ""
    return f"{prefix}{heading} at {source}: {headline}{why}"


def _story(payload: Mapping[str, Any]) -> Iterable[Block | None]:
    yield kit.header(str(payload.get("headline") or ""))
    yield kit.context(_dateline(payload))
    withdrawn = payload.get("withdrawn")
    if withdrawn:
        when = day_and_clock(withdrawn, payload.get("zone"))
        yield kit.rich([[kit.words("Withdrawn by the publisher", "bold"), kit.words(f" ({when})")]])
    excerpts = payload.get("excerpts") or ()
    if excerpts:
        yield kit.quoted([_runs(excerpt) for excerpt in excerpts])
    yield kit.context(*_why(payload), _elsewhere(payload), _updated(payload), _notes(payload))
    yield kit.buttons([("Open article", payload.get("url"))])


def _copy(payload: Mapping[str, Any]) -> Iterable[Block | None]:
    what = _COPY_WORDS.get(str(payload.get("copy_kind")), "carries it")
    lead = [
        kit.words(str(payload.get("source") or "Another outlet"), "bold"),
        kit.words(f" {what}: "),
        kit.anchor(payload.get("url"), str(payload.get("headline") or kit.UNTITLED)),
    ]
    yield kit.rich([lead])
    if payload.get("adds"):
        yield kit.rich([[kit.words("It adds:", "bold")]])
        yield kit.quoted([[kit.words(str(payload["adds"]))]])
    yield kit.context(
        *(_why(payload) if payload.get("new_themes") else ()),
        f"seen {day_and_clock(payload.get('seen'), payload.get('zone'))}",
        _notes(payload),
    )


def _event(payload: Mapping[str, Any]) -> Iterable[Block | None]:
    class_ = str(payload.get("class") or payload.get("kind"))
    source = str(payload.get("source") or "The publisher")
    act = {
        "withdrawn": f" no longer serves this article; revision {payload.get('revision')} is kept.",
        "restored": " serves this article again.",
        "moved": " moved this article to another address.",
    }.get(class_, f" changed this article (revision {payload.get('revision')}).")
    heading = _HEADINGS.get(class_, "Changed")
    paragraphs: list[list[Block]] = [
        [kit.words(f"{heading}: ", "bold"), kit.words(source, "bold"), kit.words(act)]
    ]
    headline = str(payload.get("headline") or kit.UNTITLED)
    paragraphs.append([kit.anchor(payload.get("url"), headline)])
    yield kit.rich(paragraphs)
    reasons = payload.get("reasons") or ()
    if reasons:
        yield kit.listed([[kit.words(str(reason))] for reason in reasons])
    title = payload.get("title_diff") or ()
    if title:
        yield kit.quoted([[kit.words("Headline: ", "italic"), *_runs(run)] for run in title])
    hunks = payload.get("hunks") or ()
    if hunks:
        yield kit.quoted([_runs(hunk) for hunk in hunks])
    yield kit.context(
        f"Class {class_} · seen {day_and_clock(payload.get('seen'), payload.get('zone'))}",
        _notes(payload),
    )
    yield kit.buttons([("Open article", payload.get("url"))])


def _digest(payload: Mapping[str, Any]) -> Iterable[Block | None]:
    yield kit.header(_summary(payload))
    yield kit.context(str(payload.get("reason") or ""), _notes(payload))
    items = list(payload.get("items") or ())
    total = int(payload.get("count") or len(items))
    room = kit.TOTAL_MAX - 1500
    lines: list[list[Block]] = []
    for item in items[:DIGEST_ITEMS]:
        line = _digest_line(item)
        room -= kit.size(line)
        if room < 0:
            break
        lines.append(line)
    if lines:
        yield kit.listed(lines)
    hidden = total - len(lines)
    if hidden > 0:
        yield kit.context(f"{ELLIPSIS} and {hidden} more: see them all with windcatch alerts list")


def _digest_line(item: Mapping[str, Any]) -> list[Block]:
    url = item.get("url")
    # A link of thousands of characters would crowd out the other lines.
    url = url if isinstance(url, str) and len(url) <= 300 else None
    headline = clean(str(item.get("headline") or ""), HEADLINE_IN_DIGEST) or kit.UNTITLED
    line = [kit.anchor(url, headline)]
    kind = str(item.get("class") or item.get("kind") or "")
    label = _HEADINGS.get(kind, "Also" if kind == AlertKind.COPY else "")
    if label:
        line.insert(0, kit.words(f"{label}: ", "bold"))
    notes = [str(item.get("source") or ""), *(str(r) for r in (item.get("reasons") or ())[:1])]
    notes += [", ".join(str(theme["name"]) for theme in item.get("themes", ())[:3])]
    copies = int((item.get("copies") or {}).get("count") or 0)
    notes += [f"{copies + 1} outlets"] if copies else []
    tail = clean(" · ".join(note for note in notes if note), 160)
    if tail:
        line.append(kit.words(f" ({tail})"))
    passage = _runs(item.get("excerpt") or ())
    return [*line, kit.BREAK, *passage] if passage else line


def _operator(payload: Mapping[str, Any]) -> Iterable[Block | None]:
    yield kit.header(f"Windcatch: {clean(str(payload.get('headline') or 'notice'), 130)}")
    lines = [str(line) for line in payload.get("lines") or ()]
    yield kit.rich([[kit.words(clean(line, 600))] for line in lines[:10]])
    yield kit.context(
        f"since {day_and_clock(payload.get('seen'), payload.get('zone'))}", _notes(payload)
    )


_BODIES = {
    AlertKind.STORY.value: _story,
    AlertKind.COPY.value: _copy,
    AlertKind.CHANGE.value: _event,
    AlertKind.WITHDRAWN.value: _event,
    AlertKind.RESTORED.value: _event,
    AlertKind.DIGEST.value: _digest,
    AlertKind.OPERATOR.value: _operator,
}


def _runs(runs: Sequence[Sequence[str]]) -> list[Block]:
    """Runs as elements; a replacement shows an arrow, so that it reads without colours."""
    elements: list[Block] = []
    last = ""
    for place, (style, text) in enumerate(runs, 1):
        if style == "gone" and place < len(runs) and runs[place][0] == "new":
            elements.append(kit.words(text.rstrip(), *_STYLES[style]))
        elif style == "new" and last == "gone":
            elements += [kit.words(" → "), kit.words(text.lstrip(), *_STYLES[style])]
        else:
            elements.append(kit.words(text, *_STYLES.get(style, ())))
        last = style
    return elements


def _dateline(payload: Mapping[str, Any]) -> str:
    zone = payload.get("zone")
    source = str(payload.get("source") or "")
    agency = payload.get("agency")
    if agency and str(agency).casefold() not in source.casefold():
        source = f"{source} ({agency})" if source else str(agency)
    printed = published(payload.get("published"), zone)
    seen = f"seen {clock(payload.get('seen'), zone, beside=payload.get('published'))}"
    language = str(payload.get("language") or "")
    return " · ".join(part for part in (source, printed, seen, language) if part)


def _why(payload: Mapping[str, Any]) -> list[str]:
    """Which theme, and the terms that made it hold."""
    lines = []
    for theme in payload.get("themes") or ():
        terms = ", ".join(f"“{term}”" for term in theme.get("terms") or ())
        lines.append(f"Theme {theme['name']}: {terms}" if terms else f"Theme {theme['name']}")
    return lines[:4]


def _elsewhere(payload: Mapping[str, Any]) -> str:
    copies = payload.get("copies") or {}
    count, names = int(copies.get("count") or 0), list(copies.get("outlets") or ())
    if not count:
        return ""
    outlets = "outlet" if count == 1 else "outlets"
    more = f" and {count - len(names)} more" if count > len(names) else ""
    return f"Also in {count} {outlets}: {', '.join(names)}{more}"


def _updated(payload: Mapping[str, Any]) -> str:
    """With blocks Slack shows no "edited" mark, so the message says it itself."""
    own = [e for e in payload.get("changes") or () if e.get("article") == payload.get("article")]
    count = int(payload.get("changed") or 0)
    if not count or not own:
        return ""
    times = "once" if count == 1 else f"{count} times"
    reasons = own[-1].get("reasons") or ()
    why = f": {reasons[0]}" if reasons else ""
    when = day_and_clock(own[-1].get("seen"), payload.get("zone"))
    return f"Changed {times}, last {when}{why}"


def _notes(payload: Mapping[str, Any]) -> str:
    return "This may be a repeat: the first try got no answer." if payload.get("repeat") else ""
