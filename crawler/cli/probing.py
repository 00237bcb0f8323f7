"""What `windcatch sources test` prints: a site's offer, and a table to paste."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import typer

from crawler.cli import show
from crawler.cli.errors import Exit, UsageProblem
from crawler.cli.opening import config_path, open_config

if TYPE_CHECKING:
    from crawler.options import FetchOptions
    from crawler.siteview import SiteView


def report(url: str, config: Path | None, *, as_json: bool) -> None:
    """Look at the site at *url* and print what was found.

    Raises:
        UsageProblem: *url* is no URL that may be fetched.
    """
    from crawler.config_model import http_url
    from crawler.probe import Look, look_around
    from crawler.siteview import SiteView, view_site

    try:
        http_url(url)
    except ValueError as error:
        raise UsageProblem(f"{url[:200]}: {error}") from None
    found: list[SiteView] = []

    async def work(look: Look) -> None:
        found.append(await view_site(look, url))

    try:
        look_around(work, _options(config), named=[url])
    except TimeoutError:
        found.append(SiteView(url=url, problem="the site took longer than 90 s"))
    view = found[0]
    if as_json:
        show.print_json({**show.plain(view), "toml": _toml(view)})
    else:
        show.say(*_lines(view))
    if view.problem or not view.useful:
        raise typer.Exit(Exit.FAILED)


def _options(config: Path | None) -> FetchOptions:
    """Return the configured limits and proxy; defaults when there is no configuration at all."""
    from crawler.crawling import fetch_options
    from crawler.options import FetchOptions

    if config is None and not config_path(None).exists():
        return FetchOptions()
    return fetch_options(open_config(config))


def _lines(view: SiteView) -> list[Any]:
    if view.problem:
        return [show.foreign(f"{view.url}: {view.problem}", "bold red")]
    lines: list[Any] = []
    for channel in view.channels:
        if channel.problem:
            text = f"no   {channel.kind.value} {channel.url}: {channel.problem}"
            lines.append(show.foreign(text, "dim"))
        else:
            newest = f", newest {show.when(channel.newest_at)}" if channel.newest_at else ""
            text = f"ok   {channel.kind.value} {channel.url}: {channel.entries} entries{newest}"
            lines.append(show.foreign(text, "green"))
    lines.append("")
    for sample in view.samples:
        if sample.problem:
            lines.append(show.foreign(f"no   {sample.url}: {sample.problem}", "yellow"))
            continue
        lines.append(show.foreign(f"ok   {sample.title}", "bold"))
        published = show.when(sample.published_at) if sample.published_at else "no date"
        lines.append(
            show.foreign(
                f"     {published}, {sample.language or 'language unknown'}, "
                f"{sample.length} characters, {sample.url}"
            )
        )
    if view.useful:
        lines += ["", "For windcatch.toml:", "", _toml(view)]
    else:
        lines.append(show.foreign("nothing there that brings articles", "yellow"))
    return lines


def _toml(view: SiteView) -> str | None:
    """Return a `[sources.<id>]` table of what works; a listing only when nothing better does."""
    useful = view.useful
    better = [channel for channel in useful if channel.kind.value != "listing"]
    if not useful:
        return None
    host = urlsplit(view.url).hostname or "site"
    labels = host.removeprefix("www.").split(".")
    id_ = re.sub(r"[^a-z0-9]+", "-", "-".join(labels[:-1]) or host).strip("-")[:64] or "site"
    rows = [
        f"  {{ kind = {_text(channel.kind.value)}, url = {_text(channel.url)} }},"
        for channel in (better or useful)[:4]
    ]
    home = f"{urlsplit(view.url).scheme}://{urlsplit(view.url).netloc}/"
    language = re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", view.language or "")
    lines = [
        f"[sources.{id_}]",
        f"name = {_text(show.line(view.name or host))}",
        f"home = {_text(home)}",
        *([f"language = {_text(language[0])}"] if language else []),
        "channels = [",
        *rows,
        "]",
    ]
    return "\n".join(lines)


def _text(value: str) -> str:
    """Return *value* as a TOML string: JSON's escapes are TOML's too, but for a raw DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
