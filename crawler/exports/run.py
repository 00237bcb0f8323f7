"""The export: a few articles at a time from the archive to a writer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from crawler.exports.rows import records
from crawler.exports.writers import Writer
from storage.archive import Archive, Reader

#: Articles read in one transaction.
_CHUNK = 100


def export(archive: Archive, ids: Sequence[int], writer: Writer, *, revisions: bool = False) -> int:
    """Write the articles *ids* and return how many there still were.

    Args:
        revisions: one record for each revision instead of the newest.

    Raises:
        StorageError: the database cannot be read.
        OSError: the output cannot be written.
    """
    written = 0
    for at in range(0, len(ids), _CHUNK):
        with archive.read() as reader:
            for article_id in ids[at : at + _CHUNK]:
                written += _one(reader, article_id, writer, revisions=revisions)
    writer.finish()
    return written


def _one(reader: Reader, article_id: int, writer: Writer, *, revisions: bool) -> bool:
    article = reader.article(article_id)
    if article is None:
        return False
    if writer.evidence:
        views = (reader.capture(id_, with_body=True) for id_ in reader.evidence_ids(article_id))
        found = [view.capture for view in views if view is not None and view.capture is not None]
        writer.captures(article.source_id, [capture for capture in found if capture.body])
        return True
    matches = reader.matches(article_id=article_id)
    versions = reader.revisions(article_id) if revisions else ()
    for record in records(article, matches, versions):
        writer.record(record)
    return True


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that takes the name *path* only when all went well.

    Raises:
        OSError: it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
