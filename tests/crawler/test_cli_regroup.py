"""Stories by hand, differences as web pages, and captures read anew, as a user runs them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from cli_runs import Cli
from storage_articles import OTHER, TEXT, article, capture, record

from spiders.extract import extract
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


def _fields(one: Article) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}
