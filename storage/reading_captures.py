"""Reading captures: the evidence."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from storage.blobs import unpack
from storage.models import BlobRow, CaptureRow
from storage.part import Part
from storage.types import Capture
from storage.views import CaptureView


class ReadCapturesPart(Part):
    """Captures."""

    def capture(self, capture_id: int, *, with_body: bool = False) -> CaptureView | None:
        """Return one response."""
        found = self._captures(CaptureRow.id == capture_id, with_body=with_body, limit=1)
        return found[0] if found else None

    def captures(self, article_id: int, *, limit: int = 1000) -> tuple[CaptureView, ...]:
        """Return the responses that were read for an article, the first first, without bodies."""
        return self._captures(CaptureRow.article_id == article_id, with_body=False, limit=limit)

    def body(self, capture_id: int) -> bytes | None:
        """Return the body a response had: b"" when it had none, None for an unknown capture.

        Raises:
            StorageCorrupt: what is stored is damaged.
        """
        view = self.capture(capture_id, with_body=True)
        return None if view is None or view.capture is None else view.capture.body

    def _captures(
        self, wanted: ColumnElement[bool], *, with_body: bool, limit: int
    ) -> tuple[CaptureView, ...]:
        packed = (BlobRow.codec, BlobRow.data) if with_body else ()
        rows = self._db.execute(
            select(*CaptureRow.__table__.c, BlobRow.size, *packed)
            .join(BlobRow, BlobRow.hash == CaptureRow.body_hash, isouter=True)
            .where(wanted)
            .order_by(CaptureRow.fetched_at, CaptureRow.id)
            .limit(limit)
        )
        return tuple(_capture(dict(row._mapping), with_body=with_body) for row in rows)


def _capture(fields: dict[str, Any], *, with_body: bool) -> CaptureView:
    codec, data = fields.pop("codec", None), fields.pop("data", None)
    fields["redirects"] = tuple(fields["redirects"])
    fields["headers"] = tuple((name, value) for name, value in fields["headers"])
    capture = None
    if with_body:
        body = b"" if data is None else unpack(data, codec=codec, size=fields["size"])
        shared = ("url", "final_url", "redirects", "status", "headers", "fetched_at")
        capture = Capture(body=body, **{name: fields[name] for name in shared})
    return CaptureView(**fields, capture=capture)
