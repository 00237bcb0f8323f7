"""From what pydantic says to what a person can act on: "file:line: key: problem". Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from crawler.config_lines import Path, line_of

_EXPECTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list in [brackets]",
    "list_type": "a list in [brackets]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "path_type": "a file's path in quotes",
}
_LIMITS = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "greater_than": ("more than", "gt"),
    "less_than": ("less than", "lt"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend in a file."""

    file: str
    line: int | None
    #: Dotted; empty when it concerns the file as a whole.
    key: str
    text: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}: {self.text}" if self.key else f"{where}: {self.text}"


class ConfigError(Exception):
    """The configuration cannot be used. `problems` holds every one, not only the first."""

    def __init__(self, problems: Iterable[Problem | str]) -> None:
        self.problems = tuple(str(problem) for problem in problems)
        super().__init__("\n".join(self.problems))


def dotted(path: Path) -> str:
    """Return *path* as people write it: `sources.mine.channels[0].url`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean "x"?)` for the known word most like *word*, or an empty string."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f' (did you mean "{close[0]}"?)' if close else ""


def problems_of(
    error: ValidationError,
    model: type[BaseModel],
    prefix: Path,
    *,
    file: str,
    lines: Mapping[Path, int],
) -> list[Problem]:
    """Return one `Problem` for each thing wrong that *error* found under the key *prefix*."""
    found = []
    details = error.errors(include_url=False)
    for detail in details:
        loc = detail["loc"]
        # A list whose every item is wrong is reported as empty too; the items say it better.
        if any(other["loc"][: len(loc)] == loc and other is not detail for other in details):
            continue
        path = (*prefix, *loc)
        found.append(Problem(file, line_of(path, dict(lines)), dotted(path), _text(detail, model)))
    return found


def _text(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return "unknown key" + nearest(str(detail["loc"][-1]), _keys(model, detail["loc"][:-1]))
        case "missing":
            return "required"
        case "value_error":
            return str(context["error"])
        case "enum" | "literal_error":
            return "expected " + str(context["expected"]).replace("'", '"')
        case "too_short":
            return "may not be empty" if context["min_length"] == 1 else str(detail["msg"])
        case "string_too_short":
            return "may not be empty"
        case "string_too_long":
            return f"longer than {context['max_length']} characters"
        case "string_pattern_mismatch":
            return f"does not look right: {_shown(detail['input'])}"
    if kind in _LIMITS:
        words, name = _LIMITS[kind]
        return f"must be {words} {_amount(context[name])}"
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, got {_shown(detail['input'])}"
    return str(detail["msg"])


def _keys(model: type[BaseModel], path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Return the keys of the table at *path* inside *model*, as far as its types tell."""
    current: type[BaseModel] = model
    for part in path:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part)
        inner = _model_in(field.annotation) if field is not None else None
        if inner is None:
            return ()
        current = inner
    return tuple(current.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if (inner := _model_in(argument)) is not None:
            return inner
    return None


def _amount(value: Any) -> str:
    return f"{value:,g}" if isinstance(value, float) else str(value)


def _shown(value: Any) -> str:
    """Return *value* as TOML shows it, short; a wrong value may be a secret in the wrong place."""
    from crawler.secrets import redact

    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = f'"{value}"' if value.isprintable() else repr(value)
        case dict():
            text = "a table"
        case list():
            text = "a list"
        case _:
            text = str(value)
    text = redact(text)
    return text if len(text) <= 60 else text[:57] + "..."
