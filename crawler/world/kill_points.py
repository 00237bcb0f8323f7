"""Where the service and its children are killed, and what has to happen for them to get there. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Way(enum.Enum):
    """How a process is brought to its end."""

    #: Sources are due: a crawl process dies.
    CRAWL = "crawl"
    #: There is something to send: the service dies.
    SEND = "send"
    #: The last one died unsure of a message, and it is looked up.
    LOOK_UP = "look up"
    #: A digest is due.
    FOLD = "fold"
    #: The configuration is read anew (SIGHUP).
    RELOAD = "reload"
    #: It is told to stop (SIGTERM).
    DRAIN = "drain"
    #: It is night.
    NIGHT = "night"
    #: The database has an older schema.
    MIGRATE = "migrate"
    #: History is fetched by a command beside the service.
    BACKFILL = "backfill"
    #: SIGKILL at any moment, from outside.
    MOMENT = "moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One place to die."""

    name: str
    way: Way
    #: K1 to K16 of the reliability notes; of moments, who is killed.
    label: str
    weight: int


POINTS = (
    Point(name="lease.claimed", way=Way.CRAWL, label="K1", weight=8),
    Point(name="fetch.response_received", way=Way.CRAWL, label="K2", weight=8),
    Point(name="ingest.article_inserted", way=Way.CRAWL, label="K3", weight=8),
    Point(name="ingest.before_commit", way=Way.CRAWL, label="K4", weight=8),
    Point(name="ingest.after_commit", way=Way.CRAWL, label="K5", weight=8),
    Point(name="outbox.claimed", way=Way.SEND, label="K6", weight=7),
    Point(name="outbox.request_written", way=Way.SEND, label="K7", weight=7),
    Point(name="outbox.response_ok", way=Way.SEND, label="K8", weight=7),
    Point(name="outbox.marked", way=Way.SEND, label="K9", weight=7),
    Point(name="outbox.reconcile_found", way=Way.LOOK_UP, label="K10", weight=7),
    Point(name="digest.folded", way=Way.FOLD, label="K11", weight=4),
    Point(name="backfill.checkpoint", way=Way.BACKFILL, label="K12", weight=2),
    Point(name="backup.vacuumed", way=Way.NIGHT, label="K13", weight=2),
    Point(name="migrate.mid", way=Way.MIGRATE, label="K14", weight=2),
    Point(name="shutdown.draining", way=Way.DRAIN, label="K15", weight=4),
    Point(name="config.swapped", way=Way.RELOAD, label="K16", weight=4),
    Point(name="any moment", way=Way.MOMENT, label="service", weight=4),
    Point(name="any moment", way=Way.MOMENT, label="crawl process", weight=4),
    Point(name="any moment", way=Way.MOMENT, label="nursery", weight=1),
)

#: A service that dies at one of these may have sent a message that it has not noted.
UNSURE = ("outbox.request_written", "outbox.response_ok")
#: Once for each point is enough to be passed often: most things come only once a round.
TURNS = (1, 1, 1, 1, 2, 3)
