"""Cuts the text of a query into tokens. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alerts.query.errors import QueryError

#: Longest query read, in code points; the longest hand-written one seen has 30,000.
MAX_LENGTH = 500_000

_BLANK = re.compile(r"\s+")
_OPERATOR = re.compile(r"(AND|OR|NOT|SAMESENT|SAMEPARA|(O?NEAR)(?:/(\w*))?)(?=[\s()（）\"“”]|$)")
_LIKE_OPERATOR = re.compile(
    r"(?i:and|or|not|o?near/\d+|samesent|samepara)(?=[\s()（）]|$)|&&|\|\|?(?=\s|$)"
)
_AT_LEAST = re.compile(r"atleast(\d*)\s*[(（]")
_FIELD = re.compile(r"([A-Za-z_]+)[:：](?!/)")
_GROUP = re.compile(r"\$([A-Za-z_][A-Za-z0-9_-]*)")
_WORD = re.compile(r"[^\s()（）\"“”]+")
_PATTERN = re.compile(r"re:/((?:[^/\\\n]|\\.)*)/([a-z]*)")
_CLOSING = {'"': '"', "“": "”", "”": "”"}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a query. `kind`: word, phrase, pattern, group, field, atleast, op, (, ), end."""

    kind: str
    text: str
    at: int
    #: "=" before a word or phrase.
    exact: bool = False
    #: n of NEAR/n and atleastn.
    number: int | None = None


def tokens(text: str) -> list[Token]:
    """Return the tokens of *text*, the last of kind "end".

    Raises:
        QueryError: at the place of the first piece that cannot be read.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"the query has {len(text):,} characters; at most {MAX_LENGTH:,} are read", MAX_LENGTH
        )
    found: list[Token] = []
    at = 0
    while at < len(text):
        blank = _BLANK.match(text, at)
        if blank:
            at = blank.end()
            continue
        token, at = _next(text, at)
        found.append(token)
    found.append(Token("end", "", len(text)))
    return found


def _next(text: str, at: int) -> tuple[Token, int]:
    char = text[at]
    if char in "(（":
        return Token("(", char, at), at + 1
    if char in ")）":
        return Token(")", char, at), at + 1
    if char in _CLOSING:
        phrase, end = _quoted(text, at)
        return Token("phrase", phrase, at), end
    if char == "=":
        return _exact(text, at)
    if char == "$":
        return _group(text, at)
    if text.startswith("re:/", at):
        return _pattern(text, at)
    operator = _OPERATOR.match(text, at)
    if operator:
        return _operator(operator), operator.end()
    many = _AT_LEAST.match(text, at)
    if many:
        if not many[1] or not 1 <= int(many[1][:6]) <= 100:
            raise QueryError("expected atleast1( to atleast100(", at)
        return Token("atleast", many.group(), at, number=int(many[1])), many.end() - 1
    field = _FIELD.match(text, at)
    if field:
        return Token("field", field[1], at), field.end()
    return _word(text, at)


def _quoted(text: str, at: int) -> tuple[str, int]:
    closing = _CLOSING[text[at]]
    pieces: list[str] = []
    here = at + 1
    while here < len(text):
        char = text[here]
        if char == "\\" and here + 1 < len(text) and text[here + 1] in '"\\':
            pieces.append(text[here + 1])
            here += 2
        elif char in (closing, '"'):
            return "".join(pieces), here + 1
        else:
            pieces.append(char)
            here += 1
    raise QueryError(f"this quotation is not closed: expected {closing}", at)


def _exact(text: str, at: int) -> tuple[Token, int]:
    after = text[at + 1 : at + 2]
    if after and after in _CLOSING:
        phrase, end = _quoted(text, at + 1)
        return Token("phrase", phrase, at, exact=True), end
    word = _WORD.match(text, at + 1)
    if word is None:
        raise QueryError('expected a word or a "phrase" right after =', at)
    return Token("word", word.group(), at, exact=True), word.end()


def _group(text: str, at: int) -> tuple[Token, int]:
    group = _GROUP.match(text, at)
    if group is None:
        raise QueryError("expected the name of a group after $: letters, digits, - and _", at)
    return Token("group", group[1], at), group.end()


def _pattern(text: str, at: int) -> tuple[Token, int]:
    pattern = _PATTERN.match(text, at)
    if pattern is None:
        raise QueryError("this pattern is not closed: expected re:/.../", at)
    if pattern[2] not in ("", "i"):
        raise QueryError(f'unknown flag "{pattern[2]}" after a pattern: only i (any case)', at)
    return Token("pattern", pattern[1], at, exact=pattern[2] == ""), pattern.end()


def _operator(found: re.Match[str]) -> Token:
    if found[2] is None:
        return Token("op", found[1], found.start())
    number = 4  # As Meltwater's bare NEAR.
    if found[3] is not None:
        if not found[3].isascii() or not found[3].isdigit() or not 1 <= int(found[3][:6]) <= 50:
            raise QueryError(f"expected {found[2]}/1 to {found[2]}/50", found.start())
        number = int(found[3])
    return Token("op", found[2], found.start(), number=number)


def _word(text: str, at: int) -> tuple[Token, int]:
    meant = _LIKE_OPERATOR.match(text, at)
    if meant:
        raise QueryError(_advice(meant.group()), at)
    word = _WORD.match(text, at)
    if word is None:  # Every character starts a token: only a defect of the expressions above.
        raise QueryError("cannot read this", at)
    if len(word.group()) > 1 and word.group()[0] in "-+!~^":
        sign = word.group()[0]
        hint = "write NOT instead of the sign" if sign in "-!" else "leave the sign out"
        raise QueryError(f'a term cannot begin with "{sign}": {hint}, or quote the term', at)
    return Token("word", word.group(), at), word.end()


def _advice(word: str) -> str:
    plain = {"&&": "AND", "||": "OR", "|": "OR"}.get(word, word.upper())
    if word in ("&&", "||", "|"):
        return f"expected a term; write {plain} instead of {word}"
    return f'operators are written in capitals: {plain}; to search for the word, quote it: "{word}"'
