"""One article, or one revision of it, as a flat record: the contract of the exports. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from storage.types import Revision
from storage.views import ArticleView, MatchView

#: Keys of a record, in order. `import` reads them back.
KEYS = (
    *("url", "source", "title", "text", "captured_at", "published_at", "published_precision"),
    *("published_from", "updated_at", "language", "site", "kind", "authors", "wire"),
    *("attribution", "facts", "captions", "id", "revision", "revisions", "status"),
    *("first_seen_at", "last_seen_at", "found_by", "story", "copy_kind", "themes", "aliases"),
)

#: A spreadsheet takes a cell that begins so for a formula and runs it (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def records(
    article: ArticleView,
    matches: Iterable[MatchView],
    revisions: Iterable[Revision] = (),
) -> Iterator[dict[str, Any]]:
    """Yield the record of *article*, or one for each of *revisions* when they are given."""
    details = article.details
    whole: dict[str, Any] = {
        "url": article.url,
        "source": article.source_id,
        "title": article.title,
        "text": article.text or "",
        "captured_at": _time(article.last_changed_at),
        "published_at": _time(article.published_at),
        "published_precision": article.published_precision,
        "published_from": details.get("published_from"),
        "updated_at": _time(article.updated_at),
        "language": article.language,
        "site": article.site,
        "kind": article.kind,
        "authors": details.get("authors", []),
        "wire": details.get("wire", {}),
        "attribution": details.get("attribution", {}),
        "facts": details.get("facts", {}),
        "captions": details.get("captions", []),
        "id": article.id,
        "revision": article.revision,
        "revisions": article.revision,
        "status": article.status,
        "first_seen_at": _time(article.first_seen_at),
        "last_seen_at": _time(article.last_seen_at),
        "found_by": article.found_by,
        "story": article.story_id,
        "copy_kind": article.copy_kind.value,
        "themes": sorted({f"{match.watchlist}/{match.theme}" for match in matches}),
        "aliases": list(article.aliases),
    }
    given = False
    for revision in revisions:
        given = True
        yield whole | {
            "title": revision.title,
            "text": revision.text,
            "captured_at": _time(revision.seen_at),
            "language": revision.language,
            "revision": revision.number,
        }
    if not given:
        yield whole


def flat(record: Mapping[str, Any]) -> dict[str, str]:
    """Return *record* as cells of a table: lists joined, objects as key=value, no formulas."""
    return {key: safe(_cell(record[key])) for key in KEYS}


def safe(cell: str) -> str:
    """Return *cell* as no spreadsheet will run it: an apostrophe before what begins a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}={inner}" for key, inner in value.items() if inner is not None)
    return str(value).replace("\x00", "")


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
