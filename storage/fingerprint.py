"""Content identity: equal for two versions that a reader could not tell apart. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from storage.noise import body_lines
from storage.normal import fold_line
from storage.said import said
from storage.tokens import joined, printed

#: Bump when `fingerprint` changes meaning, so that old rows are recognised as "computed
#: differently" and not reported as a thousand edits.
VERSION = 1

#: Between two words, and between the title and the text.
_WORD, _TEXT = "\x1f", "\x1e"


def fingerprint(title: str, text: str) -> str:
    """Return "<version>:<SHA-256 in hex>" of what a reader reads.

    Blind to white space, quotes, dashes, soft hyphens, full width, script variant, punctuation
    away from digits, view counters, relative times, share bars and lists of other articles. Every
    number, sign, decimal point, unit, word, letter case and question mark counts.
    """
    # The title ends at a separator of its own: words moved from title to text are a change.
    head = joined(printed(fold_line(title)), _WORD)
    content = head + _TEXT + _WORD.join(filter(None, _parts(text)))
    return f"{VERSION}:{hashlib.sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _parts(text: str) -> Iterator[str]:
    for line, told in zip(body_lines(text), said(text), strict=True):
        if ")-" in line or ")+" in line:
            # Where a sentence ends between the two, "-3" is a figure with a sign; in the line not.
            yield joined(printed(line), _WORD)
        else:
            for sentence in told:
                yield joined(sentence.words, _WORD)
