"""Where sentences and paragraphs end, and where the lead of an article does. Pure."""

from __future__ import annotations

import re

# Latin stops need a blank and then something that can begin a sentence; CJK stops need nothing.
_END = re.compile(
    r"[。！？｡]+[”’」』）)\"']*|[.!?…]+[\"”’)\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9\u00c0-\u00de\u0391-\u042f"
    r"\u2e80-\u9fff\uac00-\ud7a3])|\n+"
)
# What a full stop does not end: initials, titles, months, "No. 5", "U.S. policy".
_SHORT = re.compile(
    r"(?:^|[\s(\"“.])(?:[A-Z]|[Dd]r|[Mm]rs?|[Mm]s|[Pp]rof|[Ss]t|[Nn]os?|[Ii]nc|[Ll]td|[Cc]o|[Cc]orp|"
    r"[Gg]en|[Ss]en|[Rr]ep|[Gg]ov|[Ll]t|[Cc]ol|[Ff]ig|[Aa]rt|[Vv]s|[Jj]an|[Ff]eb|[Mm]ar|[Aa]pr|[Jj]un|"
    r"[Jj]ul|[Aa]ug|[Ss]ept?|[Oo]ct|[Nn]ov|[Dd]ec|[Mm]me|[Mm]lle|[Cc]f|[Ee]tc)$"
)

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")

#: A lead shorter than this (a dateline, a byline) takes the next paragraph too. In characters;
#: a Han character says about as much as three Latin ones.
SHORT_LEAD = 120


def sentence_ends(text: str) -> list[int]:
    """Return the offsets at which a new sentence begins, and the length of *text*."""
    ends = []
    for stop in _END.finditer(text):
        if text[stop.start()] == "." and _SHORT.search(
            text, max(0, stop.start() - 8), stop.start()
        ):
            continue
        ends.append(stop.end())
    if not ends or ends[-1] != len(text):
        ends.append(len(text))
    return ends


def paragraph_ends(text: str) -> list[int]:
    """Return the offsets at which a new paragraph begins, and the length of *text*."""
    ends = [found.end() for found in _BLANK_LINE.finditer(text)]
    if not ends or ends[-1] != len(text):
        ends.append(len(text))
    return ends


def lead_end(text: str) -> int:
    """Return where the lead ends: after the first paragraph, or after a longer one that follows."""
    said = 0
    start = 0
    for blank in _BLANK_LINE.finditer(text):
        end = blank.end()
        said += end - start
        said += 2 * sum("\u2e80" <= char <= "\ud7a3" for char in text[start:end][:SHORT_LEAD])
        if said >= SHORT_LEAD:
            return end
        start = end
    return len(text)
