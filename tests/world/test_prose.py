"""Made-up prose: the same for a seed, different between seeds, no sentence in common."""

from __future__ import annotations

import pytest

from crawler.world.prose import LANGUAGES, compose


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_seed_says_the_same_every_time(language: str) -> None:
    title, text = compose(7, language)
    assert (title, text) == compose(7, language)
    assert text.count("\n\n") == 3
    assert "{" not in title + text


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_of_different_seeds_differ(language: str) -> None:
    assert len({compose(seed, language)[1] for seed in range(300)}) == 300


def test_a_topic_can_be_asked_for() -> None:
    assert "tram depots" in " ".join(compose(1, "en", topic="tram depots"))
