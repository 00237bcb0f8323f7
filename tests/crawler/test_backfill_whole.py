"""The story of a backfill that meets articles on two pages: whole, gone, and not there the first time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from backfill_runs import articles, backfill, source, write_config

from crawler.world.archive_site import ArchiveWorld, History
from crawler.world.reply import Reply, Request
from spiders.bound import unbind
from storage.archive import Archive

SITE = History(
    "parts.example.com", 3, datetime(2021, 6, 1, tzinfo=UTC), datetime(2021, 6, 4, tzinfo=UTC)
)
_KIND = (("Content-Type", "text/html; charset=utf-8"),)
_SECOND = "".join(
    f"<p>The second page says that {n} million yuan more will be spent on measure {n} of the plan, "
    "which the council wants to see carried out within the year.</p>"
    for n in range(1, 5)
)


def _two_pages(request: Request) -> Reply | None:
    """Every article goes on on a second page; that of the first one is gone, of the last one late."""
    number, later = SITE.number_of(request.path.replace("_2.html", ".html")), "_2" in request.path
    if number is None:
        return None
    if not later:
        pager = f'<div class="pager"><a href="{SITE.url(number)[:-5]}_2.html">Next page</a></div>'
        body = SITE.page(number).replace(b"</article>", b"</article>" + pager.encode())
        return Reply(headers=_KIND, body=body)
    asked[number] += 1
    if number == 0:
        return Reply(status=404, headers=_KIND, body=b"gone")
    if number == 2 and asked[number] == 1:
        return Reply(status=403, headers=_KIND, body=b"not now")
    title = SITE.title(number)
    page = f"<html><title>{title}</title><body><article><h1>{title}</h1>{_SECOND}</article></body></html>"
    return Reply(headers=_KIND, body=page.encode())


asked: Counter[int] = Counter()


def _texts(folder: Path) -> dict[str, tuple[str, int]]:
    """Return each article's text and the number of its pages, by URL."""
    found = {}
    with Archive(f"sqlite:///{folder / 'windcatch.db'}") as archive, archive.read() as reader:
        for article in articles(folder):
            (revision,) = reader.revisions(article.id)
            view = reader.capture(revision.capture_id, with_body=True)
            assert view is not None
            assert view.capture is not None
            found[article.url] = (revision.text, len(unbind(view.capture)))
    return found


def test_articles_on_two_pages(tmp_path: Path) -> None:
    asked.clear()
    with ArchiveWorld(SITE, trap=_two_pages) as world:
        write_config(tmp_path, world.proxy_url, source("parts", SITE.host, "feed"))
        command = ("parts", "--since", "2021-05-01", "--until", "2021-07-01")
        first = backfill(tmp_path, *command)
        held = _texts(tmp_path)
        assert held.keys() == {SITE.url(0), SITE.url(1)}, "half an article is not stored"
        assert first.code == 1
        assert "page 2 did not come" in first.out + first.err

        again = backfill(tmp_path, *command)
        assert again.code == 0
        held = _texts(tmp_path)
        pages = {url: pages for url, (_, pages) in held.items()}
        assert pages == {SITE.url(0): 1, SITE.url(1): 2, SITE.url(2): 2}
        seconds = {url: text.count("The second page says") for url, (text, _) in held.items()}
        assert seconds == {SITE.url(0): 0, SITE.url(1): 4, SITE.url(2): 4}
