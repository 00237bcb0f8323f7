"""The labelled texts of tests/alerts/labelled, and how well themes find them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from alerts.match import Matcher, Subject

LABELLED = Path(__file__).parent / "alerts" / "labelled" / "themes.tsv"
#: Written later, and not looked at while the themes were made.
FRESH = LABELLED.with_name("themes_fresh.tsv")
#: Headlines with leads, later still.
HELD_OUT = LABELLED.with_name("themes_heldout.tsv")
FINAL, LAST = (LABELLED.with_name(f"themes_{name}.tsv") for name in ("final", "last"))
SETS = {"labelled": LABELLED, "fresh": FRESH, "heldout": HELD_OUT, "final": FINAL, "last": LAST}


@dataclass(frozen=True)
class Labelled:
    """One text and what it is about."""

    language: str
    themes: frozenset[str]
    #: The theme it tempts but must not match.
    tempts: str | None
    text: str


@dataclass
class Counts:
    """What one theme got right and wrong."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong) or 1)

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed) or 1)


def labelled_texts(file: Path = LABELLED) -> list[Labelled]:
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, labels, text, *_ = line.split("\t")
        tempts = labels[1:] or None if labels.startswith("-") else None
        themes = frozenset() if labels.startswith("-") else frozenset(labels.split(","))
        found.append(Labelled(language, themes, tempts, text))
    return found


def judge(matcher: Matcher, themes: Iterable[str], texts: Iterable[Labelled]) -> dict[str, Counts]:
    """Return what each theme gets right and wrong on *texts*."""
    counts = {theme: Counts() for theme in themes}
    for labelled in texts:
        subject = Subject(title="", text=labelled.text, language=labelled.language)
        got = {match.theme for match in matcher.match(subject)}
        for theme, count in counts.items():
            if theme in got and theme in labelled.themes:
                count.right += 1
            elif theme in got:
                count.wrong.append(labelled.text)
            elif theme in labelled.themes:
                count.missed.append(labelled.text)
    return counts
