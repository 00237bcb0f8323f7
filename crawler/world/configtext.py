"""The text of a windcatch.toml for scripted or recorded sites. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from crawler.world import documents, templates
from crawler.world.site import Site

#: The Slack channel of every watchlist in the small world.
CHANNEL = "#policy-alerts"

_ZONES = {0: "UTC", 8: "Asia/Shanghai", 9: "Asia/Seoul"}


def source_id(host: str) -> str:
    """Return an id for the source at *host*: letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", host.lower().removeprefix("www.")).strip("-")[:60]


def channels(site: Site) -> list[tuple[str, str]]:
    """Return (kind, URL) of each discovery document *site* offers."""
    known = {
        "rss": ("feed", documents.RSS),
        "atom": ("feed", documents.ATOM),
        "json": ("feed", documents.JSON),
        "sitemap": ("sitemap", documents.SITEMAP_INDEX),
        "news_sitemap": ("sitemap", documents.NEWS_SITEMAP),
        "listing": ("listing", templates.style(site).listing),
        "wordpress": ("wordpress", documents.WORDPRESS),
    }
    return [(kind, site.url(path)) for name, (kind, path) in known.items() if name in site.offers]


def source(
    *,
    id_: str,
    name: str,
    home: str,
    found_in: Sequence[tuple[str, str]],
    language: str | None = None,
    zone: str | None = None,
    links: str | None = None,
    more: Iterable[str] = (),
) -> str:
    """Return one `[sources.<id>]` table.

    Args:
        found_in: (kind, URL) of its discovery documents.
        links: CSS selector of the article links on its listings; None lets the reader find them.
        more: further lines of the table.
    """
    chosen = f", links = {_text(links)}" if links else ""
    rows = [
        f"  {{kind = {_text(kind)}, url = {_text(url)}{chosen if kind == 'listing' else ''}}},"
        for kind, url in found_in
    ]
    lines = [
        f"[sources.{id_}]",
        f"name = {_text(name)}",
        f"home = {_text(home)}",
        *([f"language = {_text(language)}"] if language else []),
        *([f"zone = {_text(zone)}"] if zone else []),
        "channels = [",
        *rows,
        "]",
        'interval = "10m"',
        # Loopback needs no mercy; a real publisher does.
        "politeness = {delay_s = 0, concurrency = 8}",
        *more,
    ]
    return "\n".join(lines) + "\n"


def site_source(site: Site, *, more: Iterable[str] = ()) -> str:
    """Return the `[sources.<id>]` table of a scripted site."""
    return source(
        id_=source_id(site.host),
        name=site.name,
        home=site.url("/"),
        found_in=channels(site),
        language=site.language,
        zone=_ZONES.get(site.zone_h),
        more=more,
    )


def config(
    *, proxy: str, sources: Iterable[str], destination: str = "slack", extra: str = ""
) -> str:
    """Return a whole windcatch.toml; *destination* is slack or console.

    The proxy resolves names, so that the address guard sees the proxy's address only: loopback.
    """
    where = {
        "slack": f'type = "slack"\nchannel = "{CHANNEL}"',
        "console": 'type = "console"',
    }[destination]
    return f"""watchlists = ["watchlists/*.toml"]

[database]
url = "sqlite:///windcatch.db"

[fetch]
proxy = "{proxy}"
allow_private_networks = ["127.0.0.0/8"]
timeout_s = 10.0

[destinations.policy]
{where}

[operator]
destination = "policy"

{extra}
{chr(10).join(sources)}"""


def _text(value: str) -> str:
    # A JSON string is a TOML basic string, but for DEL and lone surrogates, which no site has.
    return json.dumps(value, ensure_ascii=False)
