"""Given texts, sorted into stories: what `windcatch stories cluster` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.answers import story_answer
from crawler.inputs import InputProblem, Line, read_lines, text_of
from storage import stories
from storage.types import Attribution, Wire

_LAST = datetime.max.replace(tzinfo=UTC)


def cluster(
    path: str, told: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[dict[str, Any]]:
    """Yield the answer for each text of a JSON Lines input, in the order given.

    *told* hears how many steps of how many are done: a text is read, and later placed.

    They are looked at in order of publication, as far as that is known, as a crawl would meet them.

    Raises:
        InputProblem: a line cannot be used; the message says which.
    """
    ids: list[Any] = []
    documents = []
    lines = list(read_lines(path))
    for number, line in enumerate(lines):
        told(number, 2 * len(lines))
        ids.append(line.data.get("id"))
        documents.append(_document(number, line, path))
    documents.sort(key=lambda document: document.published_at or _LAST)
    seen = _counted(documents, lambda done: told(len(lines) + done, 2 * len(lines)))
    places = {place.article_id: place for place in stories.cluster(seen)}
    for number, id_ in enumerate(ids):
        place = places[number]
        origin = place.leader == number
        yield story_answer(
            id_,
            ids[place.leader],
            place.kind.value,
            None if origin else ids[place.leader],
            place.score,
        )


def _counted(
    documents: Iterable[stories.Document], told: Callable[[int], None]
) -> Iterator[stories.Document]:
    for done, document in enumerate(documents):
        told(done)
        yield document


def _document(number: int, line: Line, path: str) -> stories.Document:
    title = text_of(line, "title", path) or ""
    text = text_of(line, "text", path) or ""
    language = text_of(line, "language", path)
    wire, attribution = line.data.get("wire"), line.data.get("attribution")
    return stories.Document(
        article_id=number,
        title=title,
        text=text,
        signature=stories.signature(title, text, language=language),
        published_at=_published(line, path),
        source_id=_host(text_of(line, "url", path)),
        site=text_of(line, "site", path),
        language=language,
        wire=Wire(**_texts(wire, ("agency", "dateline"))),
        attribution=Attribution(**_texts(attribution, ("source", "author", "editor"))),
    )


def _texts(value: Any, keys: tuple[str, ...]) -> dict[str, str]:
    table = value if isinstance(value, dict) else {}
    return {key: table[key] for key in keys if isinstance(table.get(key), str)}


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def _published(line: Line, path: str) -> datetime | None:
    stated = text_of(line, "published_at", path)
    if not stated:
        return None
    try:
        moment = datetime.fromisoformat(stated)
        # A bare date is a day; a time without zone is taken as UTC, the zone of our own output.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        where = f"{path}:{line.number}"
        raise InputProblem(f'{where}: "published_at": not an ISO 8601 time') from None
