"""The documentation is compared with the program: every command, every key, every file it names."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import typer
from paths import ROOT
from pydantic import BaseModel

from crawler.cli.app import app
from crawler.config import Config
from crawler.config_destinations import TYPES
from crawler.config_model import Database, Fetch, Operator, Service
from crawler.config_sources import ChannelTable, HintsTable, PolitenessTable, SourceTable
from crawler.starter import starter_texts

REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
MODELS = [
    Database, Fetch, Operator, Service, SourceTable, ChannelTable, PolitenessTable, HintsTable,
    *TYPES.values(),
]  # fmt: skip


def commands(group: typer.Typer, prefix: str = "") -> Iterator[tuple[str, object]]:
    for command in group.registered_commands:
        if not command.hidden:
            name = command.name or command.callback.__name__
            yield f"{prefix}{name}".strip(), command.callback
    for sub in group.registered_groups:
        yield from commands(sub.typer_instance, f"{sub.name} ")


COMMANDS = dict(commands(app))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_documented_with_an_example(name: str) -> None:
    assert re.search(rf"`{name}[ `]", REFERENCE), f"docs/reference.md lacks {name}"
    doc = COMMANDS[name].__doc__ or ""
    assert "Example" in doc, "help shows an example"
    assert f"windcatch {name}" in doc


def test_the_commands_of_the_design_are_there() -> None:
    wanted = {
        "init", "demo", "doctor", "crawl", "run", "deliver", "status", "extract", "diff",
        "articles list", "articles show", "articles history", "articles diff",
        "stories list", "stories show", "stories cluster",
        "sources list", "sources show", "sources test", "themes list", "themes test",
        "alerts list", "alerts show", "alerts preview", "alerts retry", "alerts drop",
        "db upgrade", "db check", "db backup", "db restore", "db stats",
    }  # fmt: skip
    assert wanted <= set(COMMANDS)


@pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
def test_every_key_of_the_configuration_is_documented(model: type[BaseModel]) -> None:
    missing = [key for key in model.model_fields if f"`{key}`" not in REFERENCE]
    assert missing == []


def test_every_destination_type_is_documented() -> None:
    assert all(f"`{type_}`" in REFERENCE for type_ in TYPES)


def test_the_starter_explains_what_it_sets() -> None:
    text = starter_texts()["windcatch.toml"]
    known = set(Config.model_fields)
    for section in re.findall(r"^\[(\w+)", text, re.MULTILINE):
        assert section in known
    assert "{{" not in text


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "docs/reference.md", "docs/glossary.md"]
)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target


def test_readme_names_commands_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for words in re.findall(r"^    windcatch (\w+(?: \w+)?)", text, re.MULTILINE):
        first, _, second = words.partition(" ")
        assert words in COMMANDS or first in COMMANDS, words
        assert (
            second == ""
            or words in COMMANDS
            or first not in {n.split()[0] for n in COMMANDS if " " in n}
        )
    for target in re.findall(r"^    make (\w+)$", text, re.MULTILINE):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
