"""What the driver does to the small world: seeded, so that a run can be played again."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from crawler.world import prose
from crawler.world.fakesite import FakeWorld
from crawler.world.pieces import Fate, Piece
from crawler.world.site import Site
from crawler.world.stage import WorldClock

#: What the driver's watchlist follows; half of what is published is about it.
TOPICS = {"en": "battery swapping", "zh": "换电", "ko": "배터리 교환"}

WATCHLIST = """
name = "Driver's desk"
destination = "policy"

[delivery]
cap_per_hour = 0

[[themes]]
id = "battery-swapping"
name = "Battery swapping"
query = '"battery swapping" OR 换电 OR "배터리 교환"'
"""

#: Three kinds of discovery, one of them over TLS.
SITES = (
    Site(
        host="north.example", name="North Wire", style="chinadaily", scheme="http",
        offers=frozenset({"rss"}),
    ),
    Site(
        host="south.example", name="South Tech", style="wordpress",
        offers=frozenset({"sitemap"}),
    ),
    Site(
        host="east.example", name="동쪽일보", style="asiae", scheme="http", language="ko", zone_h=9,
        offers=frozenset({"atom"}),
    ),
)  # fmt: skip


@dataclass(slots=True)
class Operator:
    """Publishes, copies, edits and removes as its dice say."""

    world: FakeWorld
    clock: WorldClock
    dice: random.Random
    #: Where to publish; everywhere when empty.
    hosts: tuple[str, ...] = ()
    #: Numbers of pieces made so far: a piece's text is a function of it.
    made: int = 0
    #: What was done, for people.
    log: list[str] = field(default_factory=list)

    def act(self) -> str:
        """Do one thing and return it in words."""
        doing = self.dice.choices(
            (self.publish, self.copy, self.edit, self.remove), weights=(5, 2, 3, 1)
        )[0]
        done = doing()
        self.log.append(done)
        return done

    def publish(self) -> str:
        """Publish one new piece, most often on what the watchlist follows."""
        site = self._site()
        self.made += 1
        topic = TOPICS[site.language] if self.dice.random() < 0.8 else None
        # The number of the run is in the seed: every run of the driver has other news.
        title, text = prose.compose(self.dice.randrange(10**9), site.language, topic=topic)
        at = self.clock.now()
        piece = Piece(
            path=f"/news/{self.made}.html", title=title, text=text, published_at=at, changed_at=at
        )
        self.world.publish(site.host, piece)
        return f"publish {site.url(piece.path)}"

    def copy(self) -> str:
        """Let another site carry a piece, word for word."""
        found = self._some(lambda piece: piece.revision == 1)
        if found is None:
            return self.publish()
        site, piece = found
        others = [other for other in self._sites() if other.host != site.host]
        to = self.dice.choice(others)
        self.made += 1
        at = self.clock.now()
        copied = replace(piece, path=f"/copy/{self.made}.html", published_at=at, changed_at=at)
        self.world.publish(to.host, copied)
        return f"copy {site.url(piece.path)} to {to.url(copied.path)}"

    def edit(self) -> str:
        """Change a figure of a piece: a change that matters."""
        found = self._some(lambda piece: re.search(r"\d+\.\d", piece.text) is not None)
        if found is None:
            return self.publish()
        site, piece = found
        figure = re.search(r"\d+\.\d", piece.text)
        assert figure is not None
        other = f"{self.dice.randint(100, 999)}.{self.dice.randint(1, 9)}"
        text = piece.text.replace(figure[0], other, 1)
        self.world.edit(site.host, piece.path, text=text)
        return f"edit {site.url(piece.path)}: {figure[0]} to {other}"

    def remove(self) -> str:
        """Take a piece off line."""
        found = self._some(lambda piece: True)
        if found is None:
            return self.publish()
        site, piece = found
        fate = self.dice.choice((Fate.NOT_FOUND, Fate.GONE, Fate.SOFT_GONE, Fate.BLOCKED))
        self.world.remove(site.host, piece.path, fate)
        return f"remove {site.url(piece.path)}: {fate}"

    def _site(self) -> Site:
        return self.dice.choice(self._sites())

    def _sites(self) -> list[Site]:
        return [s for s in self.world.sites.values() if not self.hosts or s.host in self.hosts]

    def _some(self, fits: Callable[[Piece], bool]) -> tuple[Site, Piece] | None:
        """Return one of the pieces that stand and fit; young ones, that rechecks still visit."""
        live = [
            (site, piece)
            for site in self.world.sites.values()
            for piece in site.pieces
            if piece.fate is Fate.LIVE and fits(piece)
        ]
        return self.dice.choice(live[-40:]) if live else None
