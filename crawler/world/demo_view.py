"""How the demo looks in a terminal: headings, what Slack would show, the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from alerts.plain import plain
from crawler.world.configtext import CHANNEL
from crawler.world.site import Site
from crawler.world.slackspace import Posted

_LANGUAGES = {"en": "English", "ko": "Korean", "zh": "Chinese"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the verdict looks at."""

    what: str
    expected: object
    found: object

    @property
    def holds(self) -> bool:
        """Whether it came out as expected."""
        return self.expected == self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """How much the database holds."""

    articles: int
    revisions: int
    stories: int
    #: Messages not yet sent.
    waiting: int


def heading(console: Console, text: str) -> None:
    """Print the title of an act."""
    console.print()
    console.rule(Text(text, style="bold"), align="left")


def publishers(console: Console, sites: Iterable[Site]) -> None:
    """Print who publishes, in which language, and how they are discovered."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("publisher", "language", "found by"):
        table.add_column(column, header_style="dim")
    for site in sites:
        ways = ", ".join(sorted(site.offers)).replace("_", " ")
        name = Text(site.name).append(f"  {site.base}", style="dim")
        table.add_row(name, _LANGUAGES[site.language], ways)
    console.print(table)


def line(console: Console, stored: Stored, messages: int, seconds: float) -> None:
    """Print what a pass came to."""
    console.print(
        Text(
            f"crawled and delivered in {seconds:.1f} s: {stored.articles} articles, "
            f"{stored.revisions} revisions, {stored.stories} stories; {messages} messages in Slack",
            style="dim",
        )
    )


def channel(console: Console, ledger: Sequence[Posted], *, since: int = 0) -> None:
    """Print the channel as it stands: threads that have a message from number *since* on."""
    new = {id(posted) for posted in ledger[since:]}
    for post in ledger:
        if post.thread_ts is not None:
            continue
        replies = [reply for reply in ledger if reply.thread_ts == post.ts]
        if not new & {id(post), *map(id, replies)}:
            continue
        console.print()
        _message(console, post, indent=1, is_new=id(post) in new)
        for reply in replies:
            _message(console, reply, indent=6, is_new=id(reply) in new)


def _message(console: Console, posted: Posted, *, indent: int, is_new: bool) -> None:
    edited = f" (edited {len(posted.edits)}×)" if posted.edits else ""
    head = Text("↳ " if posted.thread_ts else "").append("Windcatch", style="bold cyan")
    head.append(f"  {CHANNEL}{edited}", style="dim")
    body = Text(plain(posted.blocks), style="" if is_new else "dim")
    console.print(Padding(head, (0, 0, 0, indent)))
    console.print(Padding(body, (0, 2, 1, indent + 2)))


def title(posted: Posted) -> str:
    """Return the headline of a message: its header block."""
    headers = (b["text"]["text"] for b in posted.blocks if b.get("type") == "header")
    return str(next(headers, ""))


def verdict(console: Console, checks: Sequence[Check], seconds: float) -> None:
    """Print what was expected and what came."""
    heading(console, "Verdict")
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for check in checks:
        mark = Text("ok", style="green") if check.holds else Text("NO", style="bold red")
        found = _brief(check.found)
        if not check.holds:
            found = f"expected {check.expected!r}, found {check.found!r}"
        table.add_row(mark, check.what, Text(found, style="dim" if check.holds else "red"))
    console.print(table)
    wrong = sum(not check.holds for check in checks)
    if wrong:
        console.print(Text(f"{wrong} of {len(checks)} came out otherwise.", style="bold red"))
    else:
        said = f"All {len(checks)} came out as expected, in {seconds:.0f} s."
        console.print(Text(said, style="bold green"))


def broke(console: Console, said: str) -> None:
    """Print that a command failed, and what it said."""
    console.print(Text(f"The demo broke: {said}", style="bold red"))


def _brief(value: object) -> str:
    return str(len(value)) if isinstance(value, list) else str(value)
