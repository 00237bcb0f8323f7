"""When an article counts as taken away: said several times, over time, and by the publisher. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.types import WithdrawalPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """How often, and since when, an article seemed to be gone."""

    count: int = 0
    since: datetime | None = None


def count_gone(
    absence: Absence, *, now: datetime, policy: WithdrawalPolicy
) -> tuple[Absence, bool]:
    """Return *absence* with one more answer, and whether that makes it a withdrawal.

    An answer older than the first one (a clock stepped back) starts the count anew.
    """
    since = now if absence.since is None or absence.since > now else absence.since
    count = 1 if since == now else absence.count + 1
    confirmed = count >= policy.confirmations and now - since >= policy.spread
    return Absence(count=count, since=since), confirmed
