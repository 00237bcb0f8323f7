"""The story index made anew: texts are sampled by other rules, so that old hashes meet no new ones."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from alembic import op

from storage.signing import signature
from storage.stories import COMMON

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

logger = logging.getLogger(__name__)

#: Texts in memory at a time.
_CHUNK = 200
#: Stories after which a word is said: about every half minute.
_SAID_EVERY = 10_000

_ORIGINS = sa.text(
    "SELECT story.id, revision.id, article.id, revision.title, revision.text, revision.language"
    " FROM story JOIN article ON article.id = story.origin_id"
    " JOIN revision ON revision.article_id = article.id AND revision.number = article.revision"
    " WHERE story.id > :last ORDER BY story.id LIMIT :many"
)
_SIGN = sa.text("UPDATE revision SET signature = :signature WHERE id = :id")
_INDEX = sa.text("INSERT INTO shingle (hash, article_id) VALUES (:hash, :article)")
_THIN = sa.text(
    "DELETE FROM shingle WHERE hash = :hash AND article_id NOT IN"
    " (SELECT article_id FROM shingle WHERE hash = :hash ORDER BY article_id LIMIT :most)"
)


def upgrade() -> None:
    """Sign the origin of each story again; the signatures of copies are worked out when asked for.

    Some 3 ms an article, which is an hour for a million.
    """
    database = op.get_bind()
    database.execute(sa.text("DELETE FROM shingle"))
    last = done = 0
    stories = database.scalar(sa.text("SELECT count(*) FROM story")) or 0
    while rows := database.execute(_ORIGINS, {"last": last, "many": _CHUNK}).all():
        signed, index = [], []
        for _, revision_id, article_id, title, text, language in rows:
            marks = signature(title, text, language=language)
            signed.append({"signature": marks.pack(), "id": revision_id})
            index += [{"hash": value, "article": article_id} for value in marks.index_hashes]
        last = rows[-1][0]
        if stories > _SAID_EVERY and done % _SAID_EVERY < len(rows):
            # A warning, so that whoever waits sees it: the first command after an update does this.
            logger.warning(
                "bringing the database up to date: %d of %d stories; stopped, it begins anew "
                "and has lost nothing",
                done,
                stories,
            )
        done += len(rows)
        database.execute(_SIGN, signed)
        if index:
            database.execute(_INDEX, index)
    crowded = sa.text("SELECT hash FROM shingle GROUP BY hash HAVING count(*) > :most")
    for (value,) in database.execute(crowded, {"most": COMMON}).all():
        database.execute(_THIN, {"hash": value, "most": COMMON})
