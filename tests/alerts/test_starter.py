"""The starter themes: their own examples, and the five seed articles."""

from __future__ import annotations

import pytest
from paths import SEEDS, needs_seeds
from themes_labelled import FRESH, SETS, judge, labelled_texts

from alerts.match import Matcher, Subject
from alerts.watchlist import load_starter

STARTER = load_starter()
MATCHER = Matcher([STARTER])
EXAMPLES = [
    (theme.id, expected, text)
    for theme in STARTER.themes
    for expected, texts in ((True, theme.positive), (False, theme.negative))
    for text in texts
]


def themes_of(title: str, text: str) -> set[str]:
    return {match.theme for match in MATCHER.match(Subject(title=title, text=text))}


@pytest.mark.parametrize(("theme", "expected", "text"), EXAMPLES)
def test_examples(theme: str, expected: bool, text: str) -> None:
    assert (theme in themes_of("", text)) == expected


def test_every_theme_has_examples_in_every_script() -> None:
    for theme in STARTER.themes:
        texts = "".join(theme.positive)
        assert len(theme.positive) >= 3, theme.id
        assert len(theme.negative) >= 3, theme.id
        assert any("a" <= char <= "z" for char in texts), theme.id
        assert any("\u4e00" <= char <= "\u9fff" for char in texts), theme.id
        assert any("\uac00" <= char <= "\ud7a3" for char in texts), theme.id


# What an analyst would file each seed under, read by hand.
SEED_THEMES = {
    # The ten "wind-catches"; and AI, for the curricula and certificates recommended under the tenth.
    "000": """carbon-neutrality new-energy-vehicles autonomous-driving automotive-chips
        sme-digitalisation new-infrastructure data-governance rural-revitalisation ageing-society
        tech-talent artificial-intelligence""",
    # A speech that names the sectors once each.
    "001": """carbon-neutrality new-energy-vehicles artificial-intelligence space nuclear-fusion
        large-aircraft quantum""",
    "002": """semiconductors new-energy-vehicles artificial-intelligence brain-computer-interface
        nuclear-fusion large-aircraft offshore-wind-hydrogen autonomous-driving new-infrastructure
        space""",
    "003": "metaverse-blockchain artificial-intelligence quantum specialised-smes",
    "004": """space industrial-internet-5g rural-revitalisation artificial-intelligence
        data-protection data-governance new-infrastructure autonomous-driving tech-talent""",
}


@needs_seeds
@pytest.mark.parametrize("seed", sorted(SEED_THEMES))
def test_seeds(seed: str) -> None:
    text = next(SEEDS.glob(f"{seed}_*.txt")).read_text(encoding="utf-8")
    title, _, body = text.partition("\n")
    assert themes_of(title, body) == set(SEED_THEMES[seed].split())


def test_precision_and_recall_on_the_labelled_texts() -> None:
    """The figures of benchmarks/eval_themes.py, so that a theme cannot get worse unnoticed."""
    texts = labelled_texts()
    assert len(texts) >= 300
    assert 0.45 < sum(not text.themes for text in texts) / len(texts) < 0.55
    for theme, count in judge(MATCHER, [theme.id for theme in STARTER.themes], texts).items():
        assert count.precision >= 0.95, (theme, count.wrong)
        assert count.recall >= 0.95, (theme, count.missed)


def test_the_fresh_texts_stay_found() -> None:
    """They were judged before any theme was changed for them: precision 1.00, recall 0.74."""
    counts = judge(MATCHER, [theme.id for theme in STARTER.themes], labelled_texts(FRESH))
    assert {theme: count.wrong for theme, count in counts.items() if count.wrong} == {}
    assert {theme: count.missed for theme, count in counts.items() if count.missed} == {}


@pytest.mark.parametrize(
    ("name", "precision", "recall"), [("heldout", 0.97, 0.97), ("final", 0.97, 0.9)]
)
def test_the_headlines_stay_found(name: str, precision: float, recall: float) -> None:
    """What they showed before the themes were mended on them stands at the head of each file."""
    counts = judge(MATCHER, [theme.id for theme in STARTER.themes], labelled_texts(SETS[name]))
    right = sum(count.right for count in counts.values())
    wrong = [text for count in counts.values() for text in count.wrong]
    missed = [text for count in counts.values() for text in count.missed]
    assert right / (right + len(wrong)) >= precision, wrong
    assert right / (right + len(missed)) >= recall, missed
