"""Two deaths beside the service: of a migration at its start, and of a backfill."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from crawler.world.stage import Stage
from crawler.world.subject import Subject
from storage import migrations
from storage.archive import Archive
from storage.backup import check
from storage.engine import open_engine, parse_url


def migrate(stage: Stage) -> tuple[bool, list[str]]:
    """Kill a service half-way through the migration of an older database, and start it again (K14).

    Returns:
        Whether it was killed, and what was broken.
    """
    older = migrations.KNOWN[-2]
    folder = stage.folder / "older"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    aside = stage.beside(folder)
    engine = open_engine(parse_url(aside.database), read_only=False)
    try:
        migrations.upgrade(engine, to=older)
    finally:
        engine.dispose()
    subject = Subject(aside)
    subject.arm("migrate.mid:1:kill")
    subject.start()
    killed = not subject.disarm() and not subject.alive
    lines = []
    if (found := _schema(aside)) not in (older, migrations.HEAD):
        lines.append(f"K14 the schema is {found}")
    subject.start()
    if not subject.alive:
        return killed, [*lines, f"K14 it does not start any more: {subject.log[-400:]}"]
    subject.tell(signal.SIGTERM)
    subject.ended(30)
    if (found := _schema(aside)) != migrations.HEAD:
        lines.append(f"K14 the schema is {found} after another start")
    with Archive(aside.database) as archive:
        lines += [f"K14 {line}" for line in check(archive)]
    copy = Path(f"{folder / 'windcatch.db'}.schema-{older}")
    if not copy.exists():
        lines.append("K14 there is no copy of the older database")
    return killed, lines


def _schema(stage: Stage) -> str | None:
    with Archive(stage.database) as archive:
        return archive.schema()


def backfill(stage: Stage, source_id: str) -> tuple[bool, list[str]]:
    """Kill a backfill between a page and its checkpoint, and run it again (K12).

    Returns:
        Whether it was killed, and what was broken.
    """
    since = f"{stage.clock.now().replace(year=stage.clock.now().year - 1):%Y-%m-%d}"
    command = ("backfill", source_id, "--since", since)
    first = stage.windcatch(*command, failpoint="backfill.checkpoint:1:kill")
    again = stage.windcatch(*command)
    lines = []
    if again.code not in (0, 1) or "Traceback" in again.stderr:
        lines.append(f"K12 backfill ended with {again.code}: {again.stderr[-400:]}")
    if not first.killed and first.code not in (0, 1):
        lines.append(f"K12 backfill ended with {first.code}: {first.stderr[-400:]}")
    return first.killed, lines
