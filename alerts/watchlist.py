"""Reads watchlist files: TOML in, `Watchlist` values out, or all problems at once. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from alerts.compiler import Compiler
from alerts.query.errors import QueryError
from alerts.query.groups import Groups, flat
from alerts.query.lint import problems as lint
from alerts.query.parser import parse
from alerts.query.printer import quoted
from alerts.query.tree import And, Group, Node, Not, Or, Term
from alerts.rules_table import parse_delivery
from alerts.starter import STARTER, starter_text
from alerts.tables import TableError, TableReader, parse_toml
from alerts.theme import Theme, Watchlist

__all__ = ["Theme", "Watchlist", "WatchlistError", "load_starter", "load_watchlists"]

#: What identifiers may hold; the database has 64 characters for one.
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}$")
_PRIORITIES = ("high", "normal", "low")
#: Longest watchlist file read, in characters.
MAX_FILE = 8_000_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*$")


class WatchlistError(ValueError):
    """Watchlist files cannot be used; `problems` has one text for each reason."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_watchlists(files: Mapping[str, str]) -> tuple[Watchlist, ...]:
    """Return the watchlists in *files* (name of the file -> its TOML), in that order.

    Raises:
        WatchlistError: with every problem of every file: file, theme, column and what was expected.
    """
    found: list[Watchlist] = []
    problems: list[str] = []
    places: dict[str, str] = {}
    for name, text in files.items():
        reader = _FileReader(name, text)
        watchlist = reader.read()
        problems += reader.problems
        if watchlist is None:
            continue
        if watchlist.id in places:
            problems.append(
                f'{name}: id "{watchlist.id}" is taken by {places[watchlist.id]}; give it another'
            )
        places.setdefault(watchlist.id, name)
        found.append(watchlist)
    if problems:
        raise WatchlistError(tuple(problems))
    return tuple(found)


def load_starter(text: str | None = None) -> Watchlist:
    """Return the starter themes as a watchlist, without delivery."""
    reader = _FileReader(STARTER, starter_text() if text is None else text)
    watchlist = reader.read()
    if watchlist is None or reader.problems:
        raise WatchlistError(tuple(reader.problems))
    return watchlist


class _FileReader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, name: str, text: str) -> None:
        self._file = name
        self._text = text
        self.problems: list[str] = []

    def read(self) -> Watchlist | None:
        """Return the watchlist, or None when it has problems."""
        if len(self._text) > MAX_FILE:
            self._say(f"{len(self._text):,} characters; at most {MAX_FILE:,} are read")
            return None
        try:
            table = parse_toml(self._text)
        except ValueError as error:
            self._say(f"not TOML: {error}")
            return None
        reader = TableReader(table)
        default = re.sub(r"[^a-z0-9._-]+", "-", PurePath(self._file).stem.lower()).strip("-._")
        identifier = reader.take("id", str, "a word", default)
        if not _ID.match(identifier):
            self._say(f"id: {identifier!r:.70} must be 1 to 64 of a-z, 0-9, - . _")
        name = reader.take("name", str, "a text", identifier)
        destination = reader.take("destination", str, "the name of a destination", "")
        delivery = self._delivery(reader.take("delivery", dict, "a table [delivery]", {}))
        groups = self._groups(reader.take("groups", dict, "a table [groups]", {}))
        themes = self._starters(reader)
        themes += self._themes(reader.take("themes", list, "tables [[themes]]", []), groups)
        try:
            reader.done()
        except TableError as error:
            for problem in error.problems:
                self._say(problem)
        if not themes and not self.problems:
            self._say("no theme: expected [[themes]] or starter = [...]")
        self._doubles(themes)
        for id_ in {id_ for id_, _ in delivery.themes} - {theme.id for theme in themes}:
            self._say(f"delivery.themes.{id_}: no such theme in this watchlist")
        if self.problems:
            return None
        return Watchlist(
            id=identifier,
            name=name,
            destination=destination,
            delivery=delivery,
            themes=tuple(themes),
        )

    def _say(self, problem: str) -> None:
        self.problems.append(f"{self._file}: {problem}")

    def _delivery(self, table: dict[str, Any]) -> Any:
        try:
            return parse_delivery(table)
        except TableError as error:
            for problem in error.problems:
                self._say(f"delivery.{problem}")
        return parse_delivery({})

    def _groups(self, table: dict[str, Any]) -> Groups:
        texts = {}
        for name, value in table.items():
            if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
                value = " OR ".join(map(_written, value))
            if isinstance(value, str):
                texts[name.removeprefix("$")] = value
            else:
                self._say(f"groups.{name}: must be a query, or a list of terms")
        groups = Groups(texts)
        for name, text in texts.items():
            try:
                groups.read(name)
            except QueryError as error:
                try:
                    parse(text)
                except QueryError as own:
                    self._say(f"groups.{name}: {own.pointed(text)}")
                else:
                    self._say(f"groups.{name}: {error.message}")
        return groups

    def _starters(self, reader: TableReader) -> list[Theme]:
        wanted = reader.words("starter")
        if not wanted:
            return []
        themes = {theme.id: theme for theme in load_starter().themes}
        for name in wanted:
            if name != "all" and name not in themes:
                self._say(f'starter: unknown theme "{name}"; known: {", ".join(themes)}')
        return [theme for theme in themes.values() if "all" in wanted or theme.id in wanted]

    def _doubles(self, themes: list[Theme]) -> None:
        seen: set[str] = set()
        for theme in themes:
            if theme.id in seen:
                self._say(f'theme "{theme.id}": the id occurs twice')
            seen.add(theme.id)

    def _themes(self, tables: list[Any], groups: Groups) -> list[Theme]:
        found = []
        for number, table in enumerate(tables, 1):
            if not isinstance(table, dict):
                self._say(f"themes: entry {number} must be a table [[themes]]")
                continue
            label = table.get("id")
            place = f'theme "{label}"' if isinstance(label, str) else f"theme number {number}"
            before = len(self.problems)
            theme = self._theme(TableReader(table), place, groups)
            if theme is not None and len(self.problems) == before:
                found.append(theme)
        return found

    def _theme(self, reader: TableReader, place: str, groups: Groups) -> Theme | None:
        identifier = reader.take("id", str, "a word", "")
        if not _ID.match(identifier):
            self._say(f"{place}: id: must be 1 to 64 of a-z, 0-9, - . _")
        languages = tuple(word.lower() for word in reader.words("languages"))
        for language in languages:
            if not _LANGUAGE.match(language):
                self._say(
                    f"{place}: languages: {language!r:.40} is no code such as zh, en, zh-hant"
                )
        query = self._query(reader, place, groups, languages)
        examples = TableReader(reader.take("examples", dict, "a table", {}))
        theme = {
            "id": identifier,
            "name": reader.take("name", str, "a text", identifier),
            "weights": self._weights(reader, place),
            "min_score": reader.number("min_score", 0.0),
            "sources": reader.words("sources"),
            "priority": reader.choice("priority", list(_PRIORITIES), "normal"),
            "note": reader.take("note", str, "a text", ""),
            "positive": examples.words("match"),
            "negative": examples.words("no_match"),
        }
        for part, prefix in ((reader, ""), (examples, "examples.")):
            try:
                part.done()
            except TableError as error:
                for problem in error.problems:
                    self._say(f"{place}: {prefix}{problem}")
        if query is None:
            return None
        return Theme(query=query, languages=languages, **theme)

    def _weights(self, reader: TableReader, place: str) -> tuple[tuple[str, float], ...]:
        found = []
        for term, weight in reader.take("weights", dict, "a table of term = number", {}).items():
            good = isinstance(weight, int | float) and not isinstance(weight, bool)
            if not good or not 0 < weight <= 100:
                self._say(f"{place}: weights.{term}: must be a number over 0, at most 100")
            else:
                found.append((term, float(weight)))
        return tuple(found)

    def _query(
        self, reader: TableReader, place: str, groups: Groups, languages: tuple[str, ...]
    ) -> Node | None:
        text = reader.take("query", str, "a query", None)
        lists = {key: self._list(reader, place, key) for key in ("all", "any", "none")}
        parts: list[Node] = []
        before = len(self.problems)
        try:
            if text is not None:
                parts.append(groups.resolve(parse(text)))
        except QueryError as error:
            self._say(f"{place}: query: {error.pointed(text)}")
        for key, items in lists.items():
            terms = [self._resolved(item, groups, f"{place}: {key}") for item in items]
            nodes = tuple(node for node in terms if node is not None)
            if not nodes:
                continue
            if key == "all":
                parts.extend(nodes)
            else:
                either = nodes[0] if len(nodes) == 1 else Or(nodes)
                parts.append(either if key == "any" else Not(either))
        if len(self.problems) > before:
            return None
        if not parts:
            self._say(f'{place}: expected query = "...", or any, all, none = [...]')
            return None
        node = parts[0] if len(parts) == 1 else And(flat(And, tuple(parts)))
        # Places inside groups and lists are no places in the text of the query.
        own = text is not None and "$" not in text and not any(lists.values())
        self._check(node, text if own else None, place, languages)
        return node

    def _check(self, node: Node, text: str | None, place: str, languages: tuple[str, ...]) -> None:
        """Say what makes the whole query useless or impossible."""
        found = lint(node)
        try:
            Compiler().test(node, languages)
        except QueryError as error:
            found.append(error)
        for problem in found:
            message = problem.message if text is None else problem.pointed(text)
            self._say(f"{place}: {'query: ' if text is not None else ''}{message}")

    def _list(self, reader: TableReader, place: str, key: str) -> list[Node]:
        items: list[Node] = []
        for item in reader.words(key):
            exact = item.startswith("=") and len(item) > 1
            if not item.strip():
                self._say(f"{place}: {key}: an empty term")
            elif item.startswith("$"):
                items.append(Group(item[1:]))
            else:
                items.append(Term(" ".join(item[exact:].split()), exact))
        return items

    def _resolved(self, node: Node, groups: Groups, place: str) -> Node | None:
        try:
            return groups.resolve(node)
        except QueryError as error:
            self._say(f"{place}: {error.message}")
            return None


def _written(term: str) -> str:
    """Return one entry of a list as it is written in a query."""
    if term.startswith("$"):
        return term
    return "=" + quoted(term[1:]) if term.startswith("=") else quoted(term)
