"""A difference as one web page that needs nothing else and runs nothing. Pure."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from html import escape

from storage.types import Difference, Segment

_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}"
    "h1{font-size:1.3rem}.facts,.verdict{color:#555}.text{white-space:pre-wrap;"
    "overflow-wrap:anywhere}"
    "del{background:#ffdce0;color:#86181d}ins{background:#d3f5da;color:#144620}"
    ".move{background:#fff3c4;color:#5c4400}"
    "@media (prefers-color-scheme:dark){body{background:#161616;color:#e6e6e6}"
    ".facts,.verdict{color:#aaa}del{background:#5d1a1f;color:#ffdce0}"
    "ins{background:#164a26;color:#d3f5da}.move{background:#4d3d00;color:#fff3c4}}"
)
_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
#: Nothing may be fetched, run, framed or sent, whatever an article holds.
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def page(title: str, facts: Sequence[str], difference: Difference) -> str:
    """Return a whole HTML document: *title*, *facts* a line each, the verdict, the marked text.

    Every foreign character is escaped, and the page's own policy forbids scripts and requests.
    """
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in difference.reasons)
    known = "<br>".join(escape(fact) for fact in facts)
    verdict = f"{difference.change_class.value}, score {difference.score:.2f}"
    marked = "".join(_marked(segment) for segment in difference.segments)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f'<h1>{escape(title)}</h1><p class="facts">{known}</p>'
        f'<p class="verdict"><strong>{escape(verdict)}</strong></p><ul>{reasons}</ul>'
        f'<div class="text">{marked}</div></body></html>\n'
    )


def _marked(segment: Segment) -> str:
    gone = f"<del>{escape(segment.old)}</del>" if segment.old else ""
    come = f"<ins>{escape(segment.new)}</ins>" if segment.new else ""
    match segment.op:
        case "equal":
            return escape(segment.new)
        case "move":
            return f'<span class="move">{escape(segment.new or segment.old)}</span>'
        case _:
            return gone + come
