"""Fixture sites for every built-in source: a publisher's true hosts and structure, our own prose.

`FakeWorld(sites(presses()))` serves them all through its proxy. The structure of each was written
down from published pages; where a publisher changes it, the fixture is the place to say so first.
"""

from __future__ import annotations

from crawler.world.publishers import chinadaily, government, korea, magazines, people, xinhua
from crawler.world.publishers.press import NOW, Press, Story, sites

__all__ = ["NOW", "Press", "Story", "presses", "sites"]


def presses() -> tuple[Press, ...]:
    """Return the publishers of all built-in sources."""
    return (
        chinadaily.press(),
        xinhua.english(),
        xinhua.chinese(),
        people.chinese(),
        people.english(),
        government.state_council(),
        government.miit(),
        government.ndrc(),
        korea.asiae_english(),
        korea.asiae_korean(),
        korea.yonhap(),
        magazines.technode(),
        magazines.scmp(),
        magazines.besthub(),
    )
