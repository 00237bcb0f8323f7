"""Which of the names that a page states are its authors'. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spiders.byline import correspondent, named_in, people
from spiders.structured import Structured, as_text, names
from storage.types import Attribution

_NOISE = re.compile(r"\W|_|^the\b|\.(?:com|net|org|cn|co\.\w\w)\b|官网|网站$")


def read_authors(
    said: Structured,
    *,
    host: str,
    hinted: Sequence[str] = (),
    notes: Sequence[str] = (),
    dateline: str | None = None,
    taken_from: Attribution = Attribution(),  # noqa: B008 - frozen
) -> tuple[str, ...]:
    """Return the authors by the first signal that names any; the site itself is none.

    *notes* are the short lines round the text; *host* the page's.
    """
    if found := people(hinted):
        return found
    reporter = correspondent(dateline)
    own = _own_names(said, host)
    for candidate in (
        names(said.article.get("author")),
        said.meta.get("author", ()) or said.meta.get("article:author", ()),
        said.meta.get("parsely-author", ()) or said.meta.get("dc.creator", ()),
        tuple(name for note in notes for name in named_in(note)),
        said.items.get("author", ())[:2],
        (reporter,) if reporter else (),
        (taken_from.author,) if taken_from.author else (),
    ):
        if found := tuple(name for name in people(candidate) if _fold(name) not in own):
            return found
    return ()


def _own_names(said: Structured, host: str) -> frozenset[str]:
    """Return what the site calls itself, folded: by its publisher, its marks, its address."""
    publisher = said.article.get("publisher")
    stated = [
        said.site,
        as_text(publisher),
        *(name for key in ("og:site_name", "application-name", "publisher", "copyright")
          for name in said.meta.get(key, ())),
        host.removeprefix("www.").split(".")[0],
        host.removeprefix("www."),
        ".".join(host.split(".")[-2:]),
    ]  # fmt: skip
    return frozenset(filter(None, (_fold(name) for name in stated if name)))


def _fold(name: str) -> str:
    return _NOISE.sub("", name.casefold().strip())
