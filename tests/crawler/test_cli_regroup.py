"""Stories by hand, differences as web pages, and captures read anew, as a user runs them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from cli_runs import Cli
from storage_articles import OTHER, TEXT, article, capture, record

from spiders.extract import extract
from spiders.learned import Learned
from storage.archive import Archive
from storage.types import Article

NOW = datetime.now(UTC) - timedelta(hours=2)
HOSTILE = '<script>alert(1)</script> <img src=x onerror=alert(2)> "&'
PAGE = (
    "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    "{body}</article></body></html>"
)


def _page(title: str, text: str) -> bytes:
    body = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    return PAGE.format(title=title, body=body).encode()


@pytest.fixture
def stocked(made: Cli) -> Cli:
    with Archive(f"sqlite:///{made.folder / 'windcatch.db'}") as archive:
        record(archive, article(1, fetched_at=NOW))
        edited = TEXT.replace("170", "999") + f"\n\n{HOSTILE}"
        record(archive, article(1, text=edited, fetched_at=NOW + timedelta(hours=1)))
        record(archive, article(2, fetched_at=NOW, source_id="other"))
        record(archive, article(3, title="Herring", text=OTHER, fetched_at=NOW))
    return made


def test_stories_are_taken_apart_and_put_together(stocked: Cli) -> None:
    (split,) = stocked("stories", "split", "2", "--json").rows
    assert split["article"] == 2
    assert split["story"] not in (1, 2)
    (joined,) = stocked("stories", "join", "1", str(split["story"]), "--json").rows
    assert [member["article_id"] for member in joined["members"]] == [1, 2]
    assert stocked("stories", "split", "2").code == 0


@pytest.mark.parametrize(
    "arguments", [("split", "99"), ("join", "1", "1"), ("join", "1", "99"), ("join", "x", "1")]
)
def test_what_is_not_there_is_said(stocked: Cli, arguments: tuple[str, ...]) -> None:
    said = stocked("stories", *arguments)
    assert said.code == 2
    assert said.err


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)


def test_a_difference_is_a_page_that_runs_nothing(stocked: Cli) -> None:
    said = stocked("articles", "diff", "1", "--html", "-")
    assert said.code == 0
    seen = _Seen()
    seen.feed(said.out)
    assert {"del", "ins", "style"} <= seen.tags
    assert not seen.tags & {"script", "img", "link", "iframe", "a"}
    assert "default-src &#x27;none&#x27;" in said.out
    assert "&lt;script&gt;alert(1)" in said.out
    assert not re.search(r'(?:src|href)="?http', said.out)
    file = stocked.folder / "changes.html"
    assert stocked("articles", "diff", "1", "--html", file).code == 0
    assert file.read_text(encoding="utf-8") == said.out
    assert stocked("articles", "diff", "1", "--html", stocked.folder / "no" / "x.html").code == 2


def _read(body: bytes, seen_at: datetime) -> tuple[Article, object]:
    served = capture(body=body, fetched_at=seen_at)
    return extract(served, source_id="example"), served


def test_a_better_extractor_rewrites_and_does_not_ring(made: Cli) -> None:
    database = f"sqlite:///{made.folder / 'windcatch.db'}"
    title = "Battery swapping grows in the north"
    with Archive(database) as archive:
        for step, text in enumerate((TEXT, TEXT.replace("170", "999"))):
            seen_at = NOW + timedelta(hours=step)
            found, served = _read(_page(title, text), seen_at)
            assert found.is_article, found.refusal
            # What the extractor of yesterday made of it.
            worse = article(1, title=title, text="Share\n\nLogin\n\n" + found.text[:-40])
            recorded = record(
                archive, Article(**{**_fields(worse), "fetched_at": seen_at}), capture=served
            )
            assert recorded.outcome in ("new", "revised")
    (dry,) = made("reextract", "--dry-run", "--json").rows
    assert (dry["rewritten"], dry["dry_run"]) == (2, True)
    (done,) = made("reextract", "--json").rows
    assert (done["rewritten"], done["same"]) == (2, 0)
    assert made("reextract", "--source", "nowhere").code == 2
    (again,) = made("reextract", "--json").rows
    assert (again["rewritten"], again["same"]) == (0, 2)
    with Archive(database) as archive, archive.read() as reader:
        assert reader.alerts() == ()
        first, second = reader.revisions(1)
    assert first.text.startswith("The ministry of section 0")
    assert "999" in second.text
    # The next look, read by the better extractor as well, is no edit.
    with Archive(database) as archive:
        seen_at = NOW + timedelta(hours=9)
        found, served = _read(_page(title, TEXT.replace("170", "999")), seen_at)
        again = record(
            archive, Article(**{**_fields(article(1)), **_fields(found)}), capture=served
        )
        assert (again.outcome, again.change) == ("unchanged", None)


def test_reading_anew_leaves_out_what_the_source_has_taught(made: Cli) -> None:
    database = f"sqlite:///{made.folder / 'windcatch.db'}"
    line = "Readers in the valley hear our bulletin every morning at seven"
    memory = Learned()
    for title in ("One", "Two", "Three"):
        memory = memory.observe(title, [line])
    page = _page("Battery swapping grows in the north", f"{TEXT}\n\n{line}")
    with Archive(database) as archive:
        found, served = _read(page, NOW)
        assert line in found.text
        worse = article(1, title=found.title, text=found.text + "\n\nLogin")
        record(archive, worse, capture=served)
        with archive.begin() as tx:
            tx.sync_sources({"example": timedelta(hours=1)}, now=NOW)
            tx.keep_site_lines("example", memory.to_json())
    (done,) = made("reextract", "--json").rows
    assert done["rewritten"] == 1
    shown = made("articles", "show", "1", "--json").rows[0]
    assert line not in shown["article"]["text"]
    assert shown["left_out"] == {"site": [line], "restless": []}


def test_an_article_shows_what_is_not_compared(made: Cli) -> None:
    with Archive(f"sqlite:///{made.folder / 'windcatch.db'}") as archive:
        for hour, teaser in enumerate(("Rain comes", "Trains stop", "Fair ends", "Bus fares")):
            text = f"It is {hour}:15 in the trading room.\n\n{TEXT}\n\n{teaser}"
            record(archive, article(1, text=text, fetched_at=NOW + timedelta(hours=hour)))
    said = made("articles", "show", "1").out
    assert "not compared" in said
    assert "It is #:# in the trading room." in said
    assert "any stray line after" in said


def _fields(one: Article) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}
