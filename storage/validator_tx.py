"""What the last stored answer of a URL lets us ask the next time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.clean import MAX_URL, clip
from storage.models import ValidatorRow
from storage.part import Part
from storage.types import Validator

_HELD = select(ValidatorRow).where(ValidatorRow.url.in_(bindparam("urls", expanding=True)))


class ValidatorPart(Part):
    """Validators of conditional requests, one row a URL."""

    def validator(self, url: str) -> Validator | None:
        """Return what to send with the next request for *url*, if an answer of it was stored."""
        return self.validators([url]).get(url)

    def validators(self, urls: Collection[str]) -> dict[str, Validator]:
        """Return what to send with the next requests for *urls*, where an answer was stored."""
        rows = self._db.execute(_HELD, {"urls": list(urls)})
        return {row.url: Validator(**row._mapping) for row in rows}

    def save_validator(self, validator: Validator) -> None:
        """Advance what we ask with. Call it only once what the answer brought is committed.

        Saved earlier, a crash in between would make the server answer 304 for something we lost.
        """
        self.save_validators([validator])

    def save_validators(self, validators: Iterable[Validator]) -> None:
        """Advance what we ask with, as `save_validator` does, for many URLs."""
        rows = [
            {
                "url": validator.url,
                "source_id": validator.source_id,
                "etag": clip(validator.etag, 1000),
                "last_modified": clip(validator.last_modified, 200),
                "body_hash": validator.body_hash,
                "checked_at": validator.checked_at,
                "full_at": validator.full_at,
            }
            for validator in validators
            if len(validator.url.encode(errors="replace")) <= MAX_URL
        ]
        if rows:
            self._db.execute(_saving(postgres=self._postgres), rows)


@cache
def _saving(*, postgres: bool) -> Any:
    dialect: Any = postgresql if postgres else sqlite
    statement = dialect.insert(ValidatorRow.__table__)
    names = [column.name for column in ValidatorRow.__table__.c if column.name != "url"]
    return statement.on_conflict_do_update(
        index_elements=["url"], set_={name: statement.excluded[name] for name in names}
    )
