"""The fourteen situations and sixty edits, each on an article of its own, through the whole program.

Default rules, real commands, scripted sites. The articles share six crawls: what is asked of each
is what was told of it, and when.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from situations import RINGS, SILENT, Edit

from crawler.world import configtext, templates
from crawler.world.fakesite import FakeWorld
from crawler.world.pieces import Fate, Piece
from crawler.world.prose import compose
from crawler.world.site import Declared, Site
from crawler.world.stage import Stage, WorldClock
from storage.archive import Archive

TOPICS = {"en": "battery swapping", "zh": "换电", "ko": "배터리 교환"}
WATCHLIST = """
name = "Desk"
destination = "policy"

[[themes]]
id = "swap"
name = "Battery swapping"
query = '"battery swapping" OR 换电 OR "배터리 교환"'
"""
HOSTS = {"en": "en.example", "zh": "zh.example", "ko": "ko.example"}
GBK, NOISY = "gbk.example", "noisy.example"

#: The published situations (reference: change monitors 6.4): what is to be told, by pass.
FOURTEEN = {
    "nothing": {},
    "markup and classes": {},
    "most read and views": {},
    "most read and views again": {},
    "quotes and blanks": {},
    "a charset appears in the header": {},
    "1.5 to 15 percent": {"edit": "change"},
    "headline": {"edit": "change"},
    "2026 to 2027": {"edit": "change"},
    "30 to 90 days": {"edit": "change"},
    "edit and back": {"edit": "change", "second": "change"},
    "404": {"third": "withdrawn"},
    "soft 404": {"third": "withdrawn"},
    "to the home page": {"third": "withdrawn"},
    "a wall": {},
}  # fmt: skip
#: The project's own, beside the sixty.
FURTHER = {
    "a clock in the text": {"edit": "change"},
    "moved": {},
    "410 and back": {"third": "withdrawn", "back": "restored"},
    "to and fro": {"edit": "change", "second": "change"},
    # Each look at a live report is news; what turns without telling anything is soon learned.
    "a live report": dict.fromkeys(("edit", "second", "third", "back"), "change"),
    "a toll as of an hour": dict.fromkeys(("edit", "second", "third", "back"), "change"),
    "a teaser": {"edit": "change", "second": "change"},
}
#: What stands in some of them, look by look.
LOOKS = {
    "a live report": (
        *("The dam holds.", "The dam leaks badly.", "A village was cleared at noon."),
        *("Two men are missing.", "The army has come."),
    ),
    "a toll as of an hour": (
        *("As of 9:30, 12 people had died.", "As of 11:30, 15 people had died."),
        *("As of 13:30, 21 people had died.", "As of 15:30, 22 people had died."),
        "As of 18:30, 30 people had died.",
    ),
    "a teaser": ("Choir wins prize", "Bread costs more", "Owl found", "Lost hat", "Old map sold"),
    "a clock in the text": tuple(f"It is {hour}:01:30 in the trading room." for hour in range(1, 6)),
}  # fmt: skip


@dataclass
class Told:
    """What was told of each article, by pass."""

    #: (host, path) -> pass -> kinds of alert.
    alerts: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    reasons: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    tracebacks: list[str] = field(default_factory=list)
    template: Counter[str] = field(default_factory=Counter)


def _path(name: str) -> str:
    return "/a/" + re.sub(r"\W", "-", name) + ".html"


def _piece(clock: WorldClock, seed: int, name: str, language: str, passage: str) -> Piece:
    title, text = compose(seed, language, topic=TOPICS[language])
    first, *rest = text.split("\n\n")
    now = clock.now()
    return Piece(
        path="/a/"
        + "".join(f"{ord(char):x}" if ord(char) > 127 else char for char in _path(name)[3:]),
        title=f"{title} ({seed})",
        text="\n\n".join([first, passage, *rest]),
        published_at=now,
        changed_at=now,
    )


class Scene:
    """The world of this story."""

    def __init__(self, world: FakeWorld, stage: Stage) -> None:
        self.world = world
        self.stage = stage
        self.told = Told()
        self.pieces: dict[str, tuple[str, str]] = {}
        self._seen: set[str] = set()

    def publish(self, name: str, language: str, passage: str, *, host: str | None = None) -> None:
        """Put the article of situation *name* on line."""
        piece = _piece(self.stage.clock, len(self.pieces) + 100, name, language, passage)
        where = host or HOSTS[language]
        self.world.publish(where, piece)
        self.pieces[name] = (where, piece.path)

    def replace(self, name: str, old: str, new: str, *, title: bool = False) -> None:
        """Edit the article: *old*, which must be in it, becomes *new*."""
        host, path = self.pieces[name]
        piece = self.world.sites[host].piece(path)
        if title:
            self.world.edit(host, path, title=new)
            return
        assert old in piece.text, name
        self.world.edit(host, path, text=piece.text.replace(old, new, 1))

    def crawl(self, name: str, **gone_by: float) -> None:
        """Run one pass and note what it told."""
        self.stage.later(**gone_by)
        finished = self.stage.windcatch("crawl")
        self.told.codes[name] = finished.code
        if "Traceback" in finished.stderr:
            self.told.tracebacks.append(finished.stderr)
        names = {place: situation for situation, place in self.pieces.items()}
        with Archive(self.stage.database) as archive, archive.read() as reader:
            articles = {one.id: one for one in reader.articles(limit=1000)}
            alerts = reader.alerts(limit=5000)
            for alert in alerts:
                if alert.op == "update" or alert.id in self._seen or alert.article_id is None:
                    continue
                self._seen.add(alert.id)
                article = articles[alert.article_id]
                host, _, path = article.url.split("//", 1)[1].partition("/")
                situation = names.get((host, "/" + path), article.url)
                self.told.alerts.setdefault(situation, {}).setdefault(name, []).append(alert.kind)
                reasons = reader.changes(alert.article_id)[-1].reasons
                self.told.reasons.setdefault(situation, []).extend(reasons)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    clock = WorldClock()
    plain = {"scheme": "http", "offers": frozenset({"rss"}), "feed_size": 200}
    sites = (
        Site(host=HOSTS["en"], name="English Desk", **plain),
        Site(host=HOSTS["zh"], name="中文台", style="govcn", language="zh", **plain),
        Site(host=HOSTS["ko"], name="한국 신문", style="asiae", language="ko", **plain),
        Site(
            host=GBK, name="国标报", style="govcn", language="zh", charset="gbk",
            declared=Declared.META, **plain,
        ),
        Site(host=NOISY, name="Noisy Times", style="chinadaily", noisy=True, **plain),
    )  # fmt: skip
    with FakeWorld(sites, clock=clock.now) as world:
        stage = Stage(
            tmp_path_factory.mktemp("situations"),
            world=world,
            slack=None,
            sources=[configtext.site_source(site) for site in sites],
            watchlist=WATCHLIST,
            clock=clock,
            warm=True,
        )
        try:
            yield _play(Scene(world, stage))
        finally:
            stage.close()


def _play(scene: Scene) -> Told:
    for number, (language, host) in enumerate((*HOSTS.items(), ("zh", GBK), ("en", NOISY))):
        scene.publish(f"old {number}", language, "Old.", host=host)
    scene.crawl("baseline")
    _publish(scene)
    scene.crawl("publish", hours=1)
    _edit(scene)
    scene.crawl("edit", hours=2)
    _second(scene)
    scene.crawl("second", hours=15)
    _look(scene, 3)
    scene.replace("to and fro", "12 yuan", "15 yuan")
    scene.crawl("third", hours=15)
    host, path = scene.pieces["410 and back"]
    scene.world.restore(host, path)
    _look(scene, 4)
    scene.replace("to and fro", "15 yuan", "12 yuan")
    scene.crawl("back", hours=15)
    return scene.told


def _publish(scene: Scene) -> None:
    for edit in (*RINGS, *SILENT):
        scene.publish(edit.name, edit.language, edit.old)
    passages = {
        "1.5 to 15 percent": "The rate is 1.5 percent for all packs.",
        "2026 to 2027": "The rule takes effect on March 1, 2026.",
        "30 to 90 days": "Comments are open for 30 days.",
        "quotes and blanks": "The head called it \u201ca long road\u201d, and went on.",
        "edit and back": "The fee is 12 yuan for each exchange.",
        "to and fro": "The fee is 12 yuan for each exchange.",
        **{name: looks[0] for name, looks in LOOKS.items()},
    }
    elsewhere = {"a charset appears in the header": GBK}
    for name in (*FOURTEEN, *FURTHER):
        if name.startswith("most read"):
            scene.publish(name, "en", "Nothing to add.", host=NOISY)
        elif name in elsewhere:
            scene.publish(name, "zh", "试点继续进行。", host=elsewhere[name])
        else:
            scene.publish(name, "en", passages.get(name, "Nothing to add here."))
    for page in range(7):
        scene.publish(f"template {page}", "ko", f"이 글은 {page + 41}번째 글이다.")


def _edit(scene: Scene) -> None:
    for edit in (*RINGS, *SILENT):
        scene.replace(edit.name, edit.old, edit.new)
    _markup(scene, "markup and classes")
    scene.replace("quotes and blanks", "\u201ca long road\u201d, and", '"a\u00a0long road", and')
    scene.world.change(GBK, declared=Declared.BOTH)
    scene.replace("1.5 to 15 percent", "1.5 percent", "15 percent")
    scene.replace("headline", "", "Ministry bans battery swapping in old towns", title=True)
    scene.replace("2026 to 2027", "2026", "2027")
    scene.replace("30 to 90 days", "30 days", "90 days")
    scene.replace("edit and back", "12 yuan", "15 yuan")
    scene.replace("to and fro", "12 yuan", "15 yuan")
    _look(scene, 1)
    for page in range(7):
        scene.replace(
            f"template {page}", "번째 글이다.", "번째 글이다.\n\n본사는 6월에 울산으로 옮긴다."
        )
    fates = {
        "404": Fate.NOT_FOUND,
        "soft 404": Fate.SOFT_GONE,
        "to the home page": Fate.HOME,
        "a wall": Fate.BLOCKED,
        "410 and back": Fate.GONE,
    }
    for name, fate in fates.items():
        scene.world.remove(*scene.pieces[name], fate)
    host, path = scene.pieces["moved"]
    scene.world.move(host, path, path.replace("/a/", "/b/"))


def _second(scene: Scene) -> None:
    scene.replace("edit and back", "15 yuan", "12 yuan")
    scene.replace("to and fro", "15 yuan", "12 yuan")
    _look(scene, 2)


def _look(scene: Scene, number: int) -> None:
    """What differs at every look, as it stands at look *number* after the first."""
    for name, looks in LOOKS.items():
        scene.replace(name, looks[number - 1], looks[number])


def _markup(scene: Scene, name: str) -> None:
    """Serve the same article with other classes, wrappers and attributes."""
    host, path = scene.pieces[name]
    site = scene.world.sites[host]
    page = templates.article(site, site.piece(path), 0)
    dressed = page.replace("<p>", '<p class="x7 lead" data-n="3"><span>').replace(
        "</p>", "</span></p>"
    )
    assert dressed != page
    extra = (path, "text/html; charset=utf-8", dressed.encode())
    scene.world.change(host, extra=(*site.extra, extra))


def _after(told: Told, name: str) -> dict[str, list[str]]:
    found = {when: kinds for when, kinds in told.alerts.get(name, {}).items() if when != "publish"}
    return {when: sorted(kinds) for when, kinds in found.items()}


def test_every_command_ends_well(told: Told) -> None:
    assert set(told.codes.values()) == {0}, told.codes
    assert told.tracebacks == []


def test_every_article_was_told_when_it_came(told: Told) -> None:
    names = [edit.name for edit in (*RINGS, *SILENT)] + [*FOURTEEN, *FURTHER]
    untold = [name for name in names if told.alerts.get(name, {}).get("publish") != ["story"]]
    assert untold == []


@pytest.mark.parametrize("name", [*FOURTEEN, *FURTHER])
def test_situation(told: Told, name: str) -> None:
    wanted = {**FOURTEEN, **FURTHER}[name]
    assert _after(told, name) == {when: [kind] for when, kind in wanted.items()}


@pytest.mark.parametrize("edit", RINGS, ids=lambda edit: edit.name)
def test_an_edit_that_matters_rings_once(told: Told, edit: Edit) -> None:
    assert _after(told, edit.name) == {"edit": ["change"]}


@pytest.mark.parametrize("edit", SILENT, ids=lambda edit: edit.name)
def test_an_edit_that_does_not_matter_is_silent(told: Told, edit: Edit) -> None:
    assert _after(told, edit.name) == {}


def test_an_edit_of_the_template_is_told_once(told: Told) -> None:
    told_of = [name for name in (f"template {page}" for page in range(7)) if _after(told, name)]
    assert len(told_of) == 1


def test_nothing_else_is_told(told: Told) -> None:
    known = {edit.name for edit in (*RINGS, *SILENT)} | {*FOURTEEN, *FURTHER}
    others = {name for name in told.alerts if name not in known and not name.startswith("template")}
    assert others == set()
