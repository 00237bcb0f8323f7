"""Content identity: equal for two versions that a reader could not tell apart. Pure."""

from __future__ import annotations

import hashlib

from storage.noise import body_lines
from storage.normal import fold_line
from storage.tokens import values

#: Bump when `fingerprint` changes meaning, so that old rows are recognised as "computed
#: differently" and not reported as a thousand edits.
VERSION = 1


def fingerprint(title: str, text: str) -> str:
    """Return "<version>:<SHA-256 in hex>" of what a reader reads.

    Blind to white space, quotes, dashes, soft hyphens, full width, script variant, punctuation
    away from digits, view counters, relative times, share bars and lists of other articles. Every
    number, sign, decimal point, unit, word, letter case and question mark counts.
    """
    parts = [values(fold_line(title)), *map(values, body_lines(text))]
    # The title ends at a separator of its own: words moved from title to text are a change.
    body = "\x1f".join(value for part in parts[1:] for value in part)
    content = "\x1f".join(parts[0]) + "\x1e" + body
    return f"{VERSION}:{hashlib.sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()}"
